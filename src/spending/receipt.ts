/** What a command that spends tells of it: the shape of its `--json`. */
import type { TransactionStatus } from "../chain/source.ts";
import type { Entry, EntryState, StepRole, Variant } from "../journal/entry.ts";
import type { PlanPurpose, TxPlan } from "../wallet/plan.ts";
import { type PlanData, planData } from "../wallet/plan-data.ts";
import type { Intent } from "./carry-out.ts";
import type { Desk } from "./desk.ts";
import type { Races } from "./races.ts";

/** A transaction of a receipt. Amounts in satoshis. */
export interface ReceiptTransaction {
  readonly role: StepRole | "cancel";
  /** Null for a plan that was not signed. */
  readonly txid: string | null;
  readonly fee: number;
  readonly burned: number;
  /** A block above this height would ignore it; null: it carries no consensus hash. */
  readonly deathHeight: number | null;
  /** Height of the block that holds it, null before. */
  readonly height: number | null;
}

export interface Receipt {
  readonly purpose: string;
  readonly subject: string;
  readonly owner: string | null;
  /** `dry-run`: nothing was signed or sent. */
  readonly state: EntryState | "dry-run";
  readonly transactions: readonly ReceiptTransaction[];
  /** Plans of a dry run, in full. */
  readonly plans?: readonly PlanData[];
  /** Who else registers the name, as far as can be seen; of a dry run. */
  readonly races?: Races;
}

/** The receipt of an entry as it stands: of each step the version that counts. */
export async function receiptOf(entry: Entry, { source }: Pick<Desk, "source">): Promise<Receipt> {
  const transactions: ReceiptTransaction[] = [];
  for (const { role, variants } of entry.steps) {
    const { variant, status } = await standIn(variants, source);
    // A spare that nobody needed costs nothing, and is nothing to tell of.
    if (variant === undefined || (role === "spare" && variant.sent === null && status.kind === "unknown")) continue;
    const { txid, does, fee, burned, deathHeight } = variant;
    const height = status.kind === "confirmed" ? status.height : null;
    transactions.push({ role: does === "cancel" ? "cancel" : role, txid, fee, burned, deathHeight, height });
  }
  return { purpose: entry.purpose, subject: entry.subject, owner: entry.owner, state: entry.state, transactions };
}

/** The variant that the chain or the mempool has, else the last that was sent, else the first. */
async function standIn(
  variants: readonly Variant[],
  source: Desk["source"],
): Promise<{ readonly variant: Variant | undefined; readonly status: TransactionStatus }> {
  const sent = variants.filter((variant) => variant.sent !== null).toSorted(lastSentFirst);
  for (const variant of sent.length === 0 ? variants.slice(0, 1) : sent) {
    const status = await source.transactionStatus(variant.txid);
    if (status.kind !== "unknown") return { variant, status };
  }
  return { variant: sent[0] ?? variants[0], status: { kind: "unknown" } };
}

function lastSentFirst(a: Variant, b: Variant): number {
  return (b.sent?.height ?? 0) - (a.sent?.height ?? 0) || b.fee - a.fee;
}

const ROLES: Partial<Record<PlanPurpose, StepRole>> = {
  split: "split",
  preorder: "preorder",
  register: "register",
};

/** The receipt of plans that were only looked at. */
export async function plannedReceipt(
  { purpose, subject, owner }: Omit<Intent, "kind" | "zonefile">,
  plans: readonly TxPlan[],
  { network, source, now }: Pick<Desk, "network" | "source" | "now">,
): Promise<Receipt> {
  const dating = { height: (await source.tip()).height, time: now() };
  return {
    purpose,
    subject,
    owner,
    state: "dry-run",
    transactions: plans.map((plan) => ({
      role: ROLES[plan.purpose] ?? "single",
      txid: null,
      fee: Number(plan.fee),
      burned: Number(plan.cost.burned),
      deathHeight: plan.deathHeight,
      height: null,
    })),
    plans: plans.map((plan) => planData(plan, network, dating)),
  };
}
