/**
 * May one transaction take the place of others in a mempool? The rules of BIP 125, and the two that Bitcoin Core added
 * (policy/rbf.cpp), as arithmetic: nothing is asked, nothing is sent.
 */
import type { Txid } from "../primitives/hash.ts";
import { type OutpointText, outpointText } from "./coins.ts";
import { feeFor } from "./size.ts";

/** A transaction that waits in a mempool. */
export interface Waiting {
  readonly txid: Txid;
  /** Satoshis. */
  readonly fee: bigint;
  /** Virtual bytes. */
  readonly size: number;
}

/** An input, and whether a block holds the output that it spends. */
export interface ReplacementInput {
  readonly txid: Txid;
  readonly index: number;
  readonly confirmed: boolean;
}

/** A transaction that the replacement conflicts with: both spend one output. */
export interface Original extends Waiting {
  readonly inputs: readonly ReplacementInput[];
  /** It says that it may be replaced, itself or through an unconfirmed ancestor (see `signalsReplacement`). */
  readonly signals: boolean;
}

export interface Conflict {
  readonly originals: readonly Original[];
  /** What the mempool drops with them: everything that spends their outputs, directly or not, each once. */
  readonly descendants: readonly Waiting[];
}

export interface Replacement {
  readonly fee: bigint;
  readonly size: number;
  readonly inputs: readonly ReplacementInput[];
}

/** What a node asks. Satoshis per virtual byte; both are 1 in Bitcoin Core unless its operator said otherwise. */
export interface RelayPolicy {
  /** Least rate that is relayed at all (`minrelaytxfee`). */
  readonly floor: number;
  /** Rate that the bytes of a replacement pay on top of what they replace (`incrementalrelayfee`). */
  readonly increment: number;
}

export const RELAY_POLICY: RelayPolicy = { floor: 1, increment: 1 };

/** BIP 125 rule 5: so many transactions may leave the mempool at once. */
const MOST_REPLACED = 100;

/** Rules 1 to 5 are those of BIP 125; Bitcoin Core adds that outputs of what is replaced cannot be spent, and a rate. */
export type ReplacementRule =
  "no-signal" | "spends-replaced" | "new-unconfirmed" | "too-many-replaced" | "fee-rate" | "total-fee" | "bandwidth";

export type ReplacementVerdict =
  | { readonly kind: "passes" }
  | {
      readonly kind: "fails";
      readonly rule: ReplacementRule;
      readonly because: string;
      /** Satoshis that this rule misses; null where no fee helps. */
      readonly missing: bigint | null;
      /** The least fee at which all rules pass, for this size and these inputs; null where none does. */
      readonly leastFee: bigint | null;
    };

/** BIP 125 rule 1: an input with a sequence below this signals. */
const FIRST_FINAL_SEQUENCE = 0xfffffffe;

/** Does a transaction with these input sequences say itself that it may be replaced? */
export function signalsReplacement(sequences: readonly number[]): boolean {
  return sequences.some((sequence) => sequence < FIRST_FINAL_SEQUENCE);
}

/** The first rule that a replacement breaks, in the order in which Bitcoin Core asks them. */
export function checkReplacement(
  conflict: Conflict,
  replacement: Replacement,
  policy: RelayPolicy = RELAY_POLICY,
): ReplacementVerdict {
  const forGood = whatNoFeeHelps(conflict, replacement);
  if (forGood !== null) return { kind: "fails", ...forGood, missing: null, leastFee: null };
  const leastFee = leastReplacementFee(conflict, replacement.size, policy);
  for (const { rule, least, because } of demands(conflict, replacement.size, policy)) {
    if (replacement.fee >= least) continue;
    return { kind: "fails", rule, because, missing: least - replacement.fee, leastFee };
  }
  return { kind: "passes" };
}

/** The least fee in satoshis at which a replacement of this size passes the rules about fees. */
export function leastReplacementFee(conflict: Conflict, size: number, policy: RelayPolicy = RELAY_POLICY): bigint {
  return demands(conflict, size, policy).reduce((most, { least }) => (least > most ? least : most), 0n);
}

type Broken = Pick<Extract<ReplacementVerdict, { kind: "fails" }>, "rule" | "because">;

function whatNoFeeHelps({ originals, descendants }: Conflict, { inputs }: Replacement): Broken | null {
  const silent = originals.find(({ signals }) => !signals);
  if (silent !== undefined)
    return { rule: "no-signal", because: `${silent.txid} does not say that it may be replaced` };

  const replaced = new Set([...originals, ...descendants].map(({ txid }) => txid));
  const own = inputs.find(({ txid }) => replaced.has(txid));
  if (own !== undefined)
    return { rule: "spends-replaced", because: `${outpointText(own)} is an output of what it replaces` };

  const before = new Set<OutpointText>(originals.flatMap((original) => original.inputs.map(outpointText)));
  const fresh = inputs.find((input) => !input.confirmed && !before.has(outpointText(input)));
  if (fresh !== undefined)
    return {
      rule: "new-unconfirmed",
      because: `no block holds ${outpointText(fresh)}, and the original did not spend it`,
    };

  if (replaced.size > MOST_REPLACED)
    return {
      rule: "too-many-replaced",
      because: `${replaced.size} transactions would leave the mempool, at most ${MOST_REPLACED} may`,
    };
  return null;
}

interface Demand {
  readonly rule: ReplacementRule;
  /** Satoshis. */
  readonly least: bigint;
  readonly because: string;
}

function demands({ originals, descendants }: Conflict, size: number, { floor, increment }: RelayPolicy): Demand[] {
  const total = [...originals, ...descendants].reduce((sum, { fee }) => sum + fee, 0n);
  const aboveRates = originals.map((each) => above(each, size)).reduce((most, fee) => (fee > most ? fee : most), 0n);
  const relayed = feeFor(size, floor);
  return [
    {
      rule: "fee-rate",
      least: aboveRates > relayed ? aboveRates : relayed,
      because: "its rate is not above that of each transaction that it conflicts with",
    },
    {
      rule: "total-fee",
      least: total,
      because: `it pays less than the ${total.toString()} satoshis of all that it replaces`,
    },
    {
      rule: "bandwidth",
      least: total + feeFor(size, increment),
      because: `it does not pay its own ${size} virtual bytes on top of what it replaces`,
    },
  ];
}

/** The least fee whose rate over `size` is strictly above the rate of `original`, by whole numbers: no rounding. */
function above(original: Waiting, size: number): bigint {
  return (original.fee * BigInt(size)) / BigInt(original.size) + 1n;
}
