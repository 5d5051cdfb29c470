/** Asks chain, node and rules for all that decides where an entry stands. */
import type { OutpointFate, TransactionStatus } from "../chain/source.ts";
import { BskError } from "../errors.ts";
import { type Entry, type EntryStep, type Variant } from "../journal/entry.ts";
import type { ChainFacts, OperationVerdict } from "../journal/facts.ts";
import { recallPlan } from "../journal/stored-plan.ts";
import type { Txid } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import { outpointText } from "../wallet/coins.ts";
import type { TxPlan } from "../wallet/plan.ts";
import type { Desk } from "./desk.ts";
import { feeRateOf } from "./fee-rate.ts";
import { askNode, askRules } from "./judge.ts";

/** Blocks that hold a preorder before its register goes out, the first included: a reorg of one block takes nothing back. */
const PREORDER_CONFIRMATIONS = { regtest: 1, other: 2 };

interface Found {
  readonly statuses: Map<Txid, TransactionStatus>;
  readonly verdicts: Map<Txid, OperationVerdict>;
  readonly fates: Map<string, OutpointFate>;
}

/** `canSign`: may this look count on the keys? */
export async function factsOf(entry: Entry, desk: Desk, canSign: boolean): Promise<ChainFacts> {
  const first = await gather(entry, desk);
  // Ours by now: by a register that was looked for a moment too early, perhaps. What it cost must not be missed.
  const { height, found, name } = first.name?.owned === true ? await gather(entry, desk) : first;
  const { chain } = desk.network.bitcoin;
  return {
    tipHeight: height,
    status: (txid) => found.statuses.get(txid) ?? { kind: "unknown" },
    verdict: (txid) => found.verdicts.get(txid) ?? "not-indexed",
    fate: (outpoint) => found.fates.get(outpointText(outpoint)) ?? "unknown",
    preorderConfirmations: chain === "regtest" ? PREORDER_CONFIRMATIONS.regtest : PREORDER_CONFIRMATIONS.other,
    feeRate: await usualRate(entry, height, desk),
    refusal: name?.refusal ?? null,
    owned: name?.owned ?? false,
    keysAtHand: canSign && desk.canSign(),
  };
}

interface Gathered {
  readonly height: number;
  readonly found: Found;
  readonly name: NameFact | null;
}

async function gather(entry: Entry, desk: Desk): Promise<Gathered> {
  const { height } = await desk.source.tip();
  const found: Found = { statuses: new Map(), verdicts: new Map(), fates: new Map() };
  for (const step of entry.steps) await look(step, entry, desk, found);
  return { height, found, name: entry.kind === "registration" ? await nameRefusal(entry, desk, found) : null };
}

/** All variants spend the same first coin: as long as it is unspent, none of them is anywhere. */
async function look({ variants }: EntryStep, entry: Entry, { source, node }: Desk, found: Found): Promise<void> {
  const first = variants[0]?.spends[0];
  if (first !== undefined && (await source.outpointFate(first)) === "unspent") {
    found.fates.set(outpointText(first), "unspent");
  } else {
    for (const { txid } of variants) {
      const status = await source.transactionStatus(txid);
      if (status.kind === "unknown") continue;
      found.statuses.set(txid, status);
      if (status.kind === "confirmed" && entry.kind !== "payment") {
        found.verdicts.set(txid, await node.verdict(txid, status.height, status.blockHash));
      }
      return;
    }
  }
  for (const outpoint of variants.flatMap(({ spends }) => spends)) {
    const text = outpointText(outpoint);
    if (!found.fates.has(text)) found.fates.set(text, await source.outpointFate(outpoint));
  }
}

/** What confirms soon, for the time that is left; null where nobody can say. */
async function usualRate({ steps }: Entry, height: number, desk: Desk): Promise<number | null> {
  const deaths = steps.flatMap(({ variants }) =>
    variants.flatMap(({ deathHeight, sent }) => (sent === null ? [] : (deathHeight ?? []))),
  );
  const left = deaths.length === 0 ? null : Math.max(1, Math.max(...deaths) - height);
  try {
    return (await feeRateOf(desk, left)).feeRate;
  } catch (error) {
    if (error instanceof BskError && error.rule === "no-fee-estimate") return null;
    throw error;
  }
}

type NameFact = Pick<ChainFacts, "refusal" | "owned">;

/** Rules whose refusal says nothing of the name: it is about the moment, or about what we just did ourselves. */
const OF_THE_MOMENT = ["consensus-hash-expired", "preorder-exists", "name-collision"];

/** Asks the rules for what comes next, and if they refuse it, whether that is because the name is ours already. */
async function nameRefusal(entry: Entry, desk: Desk, { statuses, verdicts }: Found): Promise<NameFact | null> {
  const stepPlans = (role: string): TxPlan[] => plansOf(entry.steps.filter((step) => step.role === role));
  const [register] = [...stepPlans("register"), ...stepPlans("spare")];
  const [preorder] = stepPlans("preorder");
  if (register === undefined || preorder === undefined) return null;
  const placeOf = (roles: readonly string[]) =>
    entry.steps
      .filter(({ role }) => roles.includes(role))
      .flatMap(({ variants }) => variants.flatMap(({ txid }) => statuses.get(txid)?.kind ?? []));
  const registers = entry.steps.filter(({ role }) => role === "register" || role === "spare");
  const settled = registers.some(({ variants }) =>
    variants.some(({ txid }) => ["accepted", "not-indexed"].includes(verdicts.get(txid) ?? "")),
  );
  if (settled || placeOf(["register", "spare"]).includes("mempool")) return null;
  const preordered = placeOf(["preorder"]).includes("confirmed");
  const wanted = preordered ? [register] : [preorder, register];
  try {
    await askRules(wanted, desk);
    return null;
  } catch (error) {
    if (!(error instanceof BskError)) throw error;
    if (error.kind === "unproven") return null; // nobody can tell: what was begun goes on
    if (error.kind !== "rejected" || OF_THE_MOMENT.includes(error.rule ?? "")) {
      if (error.kind === "rejected") return null;
      throw error;
    }
    const owned = await isOurs(entry, desk);
    return { refusal: owned ? null : error.message, owned };
  }
}

function plansOf(steps: readonly EntryStep[]): TxPlan[] {
  const operations = steps.flatMap(({ variants }) =>
    variants.filter((variant: Variant) => variant.does === "operation"),
  );
  return operations.toReversed().flatMap(({ plan }) => (plan === null ? [] : [recallPlan(plan)]));
}

async function isOurs({ subject, owner }: Entry, desk: Desk): Promise<boolean> {
  const { names } = await askNode(desk, { names: [subject as Name] });
  return (
    owner !== null && names.some(({ name, address, revoked }) => name === subject && address === owner && !revoked)
  );
}
