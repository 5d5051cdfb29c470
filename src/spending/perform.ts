/** One wish with one transaction, from plan to receipt. Commands say what; this says how, the same way for all. */
import type { PlanContext, TxPlan } from "../wallet/plan.ts";
import { beginOnce, type Proposal } from "./begin-once.ts";
import { beginSingle, findLive, type Intent } from "./carry-out.ts";
import type { Desk } from "./desk.ts";
import type { FollowOptions } from "./follow.ts";
import { judge, requireLiving } from "./judge.ts";
import { planContext } from "./plan-context.ts";
import { plannedReceipt, type Receipt } from "./receipt.ts";

/** How far to go, and who is asked on the way. */
export interface Interaction {
  /** Plan and judge, but sign and send nothing. */
  readonly dryRun: boolean;
  /** `confirm` waits for a person: then nobody else is kept from the wallet meanwhile. */
  readonly asks?: boolean;
  /** Shows the plans and asks whether to go on; of a dry run the receipt shows them. @throws BskError `cancelled` */
  confirm(plans: readonly TxPlan[]): Promise<void>;
  readonly following: FollowOptions;
  /** Told what happens, on the side. */
  readonly note: (text: string) => void;
}

/**
 * Plans, asks the rules, asks the user, signs, journals, sends and follows. The same wish that is still under way is
 * continued instead: asking twice never pays twice. `plan`: a receipt where there is nothing to do.
 */
export async function perform(
  intent: Intent,
  plan: (context: PlanContext) => Promise<TxPlan | Receipt> | TxPlan | Receipt,
  desk: Desk,
  interaction: Interaction,
): Promise<Receipt> {
  await requireLiving(desk);
  const prepare = async (note: Interaction["note"]): Promise<Proposal | Receipt> => {
    const made = await plan(await planContext(desk, note));
    if ("state" in made) return made;
    await judge([made], desk);
    return {
      plans: [made],
      receipt: () => plannedReceipt(intent, [made], desk),
      begin: () => beginSingle(made, intent, desk),
    };
  };
  return beginOnce(() => findLive(desk, intent), prepare, desk, interaction);
}
