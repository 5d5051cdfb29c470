/** One wish with one transaction, from plan to receipt. Commands say what; this says how, the same way for all. */
import type { Entry } from "../journal/entry.ts";
import type { PlanContext, TxPlan } from "../wallet/plan.ts";
import { beginSingle, findLive, type Intent } from "./carry-out.ts";
import type { Desk } from "./desk.ts";
import { follow, type FollowOptions } from "./follow.ts";
import { judge, requireLiving } from "./judge.ts";
import { planContext } from "./plan-context.ts";
import { lookBack } from "./look-back.ts";
import { plannedReceipt, type Receipt, receiptOf } from "./receipt.ts";

/** How far to go, and who is asked on the way. */
export interface Interaction {
  /** Plan and judge, but sign and send nothing. */
  readonly dryRun: boolean;
  /** Shows the plans and asks whether to go on; of a dry run the receipt shows them. @throws BskError `cancelled` */
  confirm(plans: readonly TxPlan[]): Promise<void>;
  readonly following: FollowOptions;
  /** Told what happens, on the side. */
  readonly note: (text: string) => void;
}

/**
 * Plans, asks the rules, asks the user, signs, journals, sends and follows. The same wish that is still under way is
 * continued instead: asking twice never pays twice.
 */
export async function perform(
  intent: Intent,
  plan: (context: PlanContext) => Promise<TxPlan> | TxPlan,
  desk: Desk,
  interaction: Interaction,
): Promise<Receipt> {
  await requireLiving(desk);
  const begin = async (): Promise<Entry | Receipt> => {
    const made = await plan(await planContext(desk, interaction.note));
    await judge([made], desk);
    await interaction.confirm([made]);
    if (interaction.dryRun) return plannedReceipt(intent, [made], desk);
    return beginSingle(made, intent, desk);
  };
  return beginOnce(() => findLive(desk, intent), begin, desk, interaction);
}

/**
 * Continues what is under way, or begins it while no other process of this wallet can: of two that want the same at
 * once, one begins it, and the other goes on with it.
 */
export async function beginOnce(
  find: () => Entry | null,
  begin: () => Promise<Entry | Receipt>,
  desk: Desk,
  interaction: Interaction,
): Promise<Receipt> {
  if (!interaction.dryRun) await lookBack(desk, interaction.following, interaction.note);
  for (;;) {
    const live = find();
    if (live !== null) return resume(live, desk, interaction);
    // Looked for again under the lock: while this process waited for it, another may have begun.
    const begun = await desk.alone(async () => (find() === null ? begin() : null));
    if (begun === null) continue;
    return isEntry(begun) ? receiptOf(await follow(begun, desk, interaction.following), desk) : begun;
  }
}

/** A dry run ends with a receipt, everything else in the journal. */
function isEntry(begun: Entry | Receipt): begun is Entry {
  return "networkId" in begun;
}

/** Goes on with what was begun earlier. */
async function resume(entry: Entry, desk: Desk, interaction: Interaction): Promise<Receipt> {
  interaction.note(`already under way since ${entry.createdAt}: ${entry.purpose}; going on with it`);
  return receiptOf(interaction.dryRun ? entry : await follow(entry, desk, interaction.following), desk);
}
