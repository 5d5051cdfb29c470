/**
 * From plans that the rules would take to transactions on their way: signed, asked of the node's mempool, written to the
 * journal, and only then sent.
 */
import { Buffer } from "node:buffer";
import type { ScriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import { type Entry, type EntryStep, operationId, type Variant } from "../journal/entry.ts";
import { storePlan } from "../journal/stored-plan.ts";
import { fromHex, toHex } from "../primitives/bytes.ts";
import type { Txid } from "../primitives/hash.ts";
import { readied } from "./readied.ts";
import { checkFee, type PreviousTransactions, type SignedTransaction, signPlan } from "../wallet/sign.ts";
import type { TxPlan } from "../wallet/plan.ts";
import type { KeyFinder } from "../wallet/keys.ts";
import type { Desk } from "./desk.ts";

/** What the user wants, as the journal keeps it. */
export interface Intent {
  readonly kind: Entry["kind"];
  /** Name, namespace or destination. */
  readonly subject: string;
  /** One line; the same line is the same intent, so that asking twice never pays twice. */
  readonly purpose: string;
  readonly owner: string | null;
  /** Published as soon as the chain has announced its hash. */
  readonly zonefile: Uint8Array | null;
}

/** The live entry of an intent that was begun earlier, here or in another process. */
export function findLive(
  { journal }: Pick<Desk, "journal">,
  intent: Pick<Intent, "kind" | "subject" | "purpose">,
): Entry | null {
  const same = (entry: Entry): boolean =>
    entry.kind === intent.kind && entry.subject === intent.subject && entry.purpose === intent.purpose;
  return journal.live().find(same) ?? null;
}

type Signing = Pick<Desk, "source" | "limits" | "scripts">;

/** Signs one plan. `fresh`: transactions of ours that are signed but not sent, whose outputs it may spend. */
export async function sign(
  plan: TxPlan,
  keys: KeyFinder,
  desk: Signing,
  fresh: PreviousTransactions = new Map(),
): Promise<SignedTransaction> {
  checkFee(plan, desk.limits);
  const previous = new Map(fresh);
  for (const { txid } of plan.inputs) {
    if (!previous.has(txid)) previous.set(txid, await previousTransaction(txid, desk));
  }
  return signPlan(plan, previous, keys, desk.limits);
}

async function previousTransaction(txid: Txid, { source }: Signing): Promise<Uint8Array> {
  const raw = await source.rawTransaction(txid);
  if (raw !== null) return raw;
  throw new BskError(
    "machine",
    `${source.description} does not give transaction ${txid}, which holds a coin to spend`,
    {
      rule: "no-previous-transaction",
      hint: "a Bitcoin Core node needs txindex=1 for it",
    },
  );
}

/** A signed plan as the journal keeps it. */
export function variantOf(plan: TxPlan, signed: SignedTransaction, desk: Pick<Desk, "scripts">): Variant {
  const own = new Set(desk.scripts().map(({ script }) => script));
  return {
    txid: signed.txid,
    raw: toHex(signed.raw),
    does: plan.purpose === "cancel" ? "cancel" : "operation",
    spends: plan.inputs.map(({ txid, index }) => ({ txid, index })),
    returns: plan.outputs.flatMap(({ script, value }, index) =>
      own.has(script) ? [{ index, value: Number(value), script }] : [],
    ),
    fee: Number(signed.fee),
    size: signed.size,
    burned: Number(plan.cost.burned),
    deathHeight: plan.deathHeight,
    plan: storePlan(plan),
    sent: null,
  };
}

/** Signs versions of one transaction. */
export async function signAll(
  plans: readonly TxPlan[],
  keys: KeyFinder,
  desk: Signing,
  fresh: PreviousTransactions = new Map(),
): Promise<readonly Variant[]> {
  const variants: Variant[] = [];
  for (const plan of plans) variants.push(variantOf(plan, await sign(plan, keys, desk, fresh), desk));
  return variants;
}

/**
 * Asks the node's mempool for all of them before the first is sent.
 * @throws BskError `rejected` with the node's reason
 */
export async function requireAcceptable(
  signed: readonly Pick<Variant, "txid" | "raw">[],
  { source }: Pick<Desk, "source">,
): Promise<void> {
  const verdicts = await source.testAccept(signed.map(({ raw }) => fromHex(raw)));
  for (const [i, verdict] of (verdicts ?? []).entries()) {
    if (verdict.kind === "allowed") continue;
    const what = `${source.description} would not relay ${signed[i]?.txid ?? ""}: ${verdict.reason}`;
    // Bitcoin Core: too-long-mempool-chain, and in other words for packages
    if (/mempool-chain|unconfirmed (ancestors|parents)|exceeds (ancestor|descendant)/u.test(verdict.reason)) {
      throw new BskError("rejected", what, {
        rule: "mempool-chain",
        hint: "nodes relay 25 transactions behind each other: wait for a block, or name confirmed coins with --coin",
      });
    }
    throw new BskError("rejected", what, { rule: "broadcast-refused" });
  }
}

/** Writes a new entry: from here on it survives a crash. */
export function begin(
  id: string | null,
  intent: Intent,
  steps: readonly EntryStep[],
  { journal, network, now }: Pick<Desk, "journal" | "network" | "now">,
): Entry {
  const first = steps[0]?.variants[0];
  if (first === undefined) throw new BskError("bug", "an entry without a transaction");
  const entry: Entry = {
    id: id ?? operationId(network.id, first.txid),
    networkId: network.id,
    kind: intent.kind,
    subject: intent.subject,
    purpose: intent.purpose,
    owner: intent.owner,
    zonefile: intent.zonefile === null ? null : Buffer.from(intent.zonefile).toString("base64"),
    steps,
    state: "planned",
    because: null,
    spent: { fees: 0, burned: 0 },
    endedAt: null,
    earlier: [],
    createdAt: now().toISOString(),
  };
  return journal.begin(entry);
}

/** Everything that plans pay or commit to: what is ours of it is in use from now on. */
export function scriptsOf(plans: readonly TxPlan[]): readonly ScriptHex[] {
  return plans.flatMap(({ outputs, hides }) => [...outputs.map(({ script }) => script), ...hides]);
}

/** Signs and journals a plan that stands alone. Nothing is sent yet: `follow` does that. */
export async function beginSingle(plan: TxPlan, intent: Intent, desk: Desk): Promise<Entry> {
  const keys = await desk.unlock();
  await desk.use(scriptsOf([plan]));
  const variants = await signAll(readied(plan, desk), keys, desk);
  await requireAcceptable(variants.slice(0, 1), desk);
  return begin(null, intent, [{ role: "single", variants }], desk);
}
