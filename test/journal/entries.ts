/** A registration as the journal keeps it, and chain facts about it that a test chooses. */
import type { OutpointFate, TransactionStatus } from "../../src/chain/source.ts";
import { type Entry, registrationId, type Variant } from "../../src/journal/entry.ts";
import type { ChainFacts, OperationVerdict } from "../../src/journal/facts.ts";
import { blockHash, networkId, type Txid, txid } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";

export const networkFor = networkId("22".repeat(32));

/** A transaction whose coin has its own id, followed by the step's letter. */
function variant(id: number, coin: number, changes: Partial<Variant>): Variant {
  return {
    txid: txid(id.toString(16).padStart(2, "0").repeat(32)),
    raw: "00",
    does: "operation",
    spends: [{ txid: txid(coin.toString(16).padStart(2, "0").repeat(32)), index: 0 }],
    returns: [],
    fee: 250,
    size: 250,
    burned: 0,
    deathHeight: null,
    plan: null,
    sent: null,
    ...changes,
  };
}

/** The preorder dies at 121; all of a step spend the coin whose id is that of the step's first transaction plus 0x80. */
export const VARIANTS = {
  split: variant(1, 0x81, {}),
  preorder: variant(2, 0x82, { burned: 6400, deathHeight: 121 }),
  raised: variant(3, 0x82, { burned: 6400, deathHeight: 121, fee: 500 }),
  raisedAgain: variant(4, 0x82, { burned: 6400, deathHeight: 121, fee: 1000 }),
  cancel: variant(5, 0x82, { does: "cancel", fee: 1250, size: 200 }),
  register: variant(6, 0x86, {}),
  registerRaised: variant(7, 0x86, { fee: 500 }),
  spare: variant(8, 0x88, {}),
};

const { preorder, raised, raisedAgain, cancel, register, registerRaised, spare } = VARIANTS;

export const REGISTRATION: Entry = {
  id: registrationId(networkFor, "alice.test", "mnyW"),
  networkId: networkFor,
  kind: "registration",
  subject: "alice.test",
  purpose: "register alice.test",
  owner: "mnyW",
  zonefile: null,
  steps: [
    { role: "preorder", variants: [preorder, raised, raisedAgain, cancel] },
    { role: "register", variants: [register, registerRaised] },
    { role: "spare", variants: [spare] },
  ],
  state: "planned",
  because: null,
  spent: { fees: 0, burned: 0 },
  endedAt: null,
  earlier: [],
  createdAt: "2026-01-01T00:00:00.000Z",
};

export const confirmedAt = (height: number): TransactionStatus => ({
  kind: "confirmed",
  height: blockHeight(height),
  blockHash: blockHash("00".repeat(32)),
});

interface More extends Partial<Pick<ChainFacts, "refusal" | "owned" | "keysAtHand" | "feeRate">> {
  readonly verdicts?: Partial<Record<string, OperationVerdict>>;
  /** By the first transaction of the step whose coin it is. */
  readonly fates?: Partial<Record<string, OutpointFate>>;
}

/** Verdicts are "accepted" and coins unspent where nothing else is said. */
export function factsOf(
  tipHeight: number,
  statuses: Partial<Record<string, TransactionStatus>>,
  { verdicts = {}, fates = {}, ...more }: More = {},
): ChainFacts {
  const coinOf = (of: Txid): string => (parseInt(of.slice(0, 2), 16) + 0x80).toString(16).repeat(32);
  const fateOf = new Map(Object.entries(fates).map(([of, fate]) => [coinOf(of as Txid), fate]));
  return {
    tipHeight,
    status: (id) => statuses[id] ?? { kind: "unknown" },
    verdict: (id) => verdicts[id] ?? "accepted",
    fate: ({ txid: coin }) => fateOf.get(coin) ?? "unspent",
    preorderConfirmations: 2,
    feeRate: null,
    refusal: null,
    owned: false,
    keysAtHand: false,
    ...more,
  };
}
