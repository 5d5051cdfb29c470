/** A plain payment, from plan to receipt. No bsk node is needed: the rules have no say in it. */
import type { ScriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import type { Entry } from "../journal/entry.ts";
import type { Satoshi } from "../primitives/units.ts";
import { planPayment } from "../wallet/plan-payment.ts";
import { beginSingle, findLive, type Intent } from "./carry-out.ts";
import type { Desk } from "./desk.ts";
import { follow } from "./follow.ts";
import { beginOnce, type Proposal } from "./begin-once.ts";
import type { Interaction } from "./perform.ts";
import { planContext } from "./plan-context.ts";
import { plannedReceipt, type Receipt } from "./receipt.ts";

export interface PaymentOrder {
  /** As the user wrote it. */
  readonly address: string;
  readonly destination: ScriptHex;
  readonly amount: Satoshi | "all";
  /** Pay although the same payment is still under way. */
  readonly again: boolean;
}

/** The same payment that no block holds yet is continued instead of paid twice, unless it is meant `again`. */
export async function pay(order: PaymentOrder, desk: Desk, interaction: Interaction): Promise<Receipt> {
  const { address, amount, again } = order;
  const intent: Intent = {
    kind: "payment",
    subject: address,
    purpose: amount === "all" ? `pay everything to ${address}` : `pay ${amount.toString()} satoshis to ${address}`,
    owner: null,
    zonefile: null,
  };
  if (!interaction.dryRun) await settlePayments(desk, interaction);
  const find = (): Entry | null => {
    const live = again ? null : findLive(desk, intent);
    if (live !== null) {
      interaction.note("the same payment is in no block yet: it is not made twice, unless you say --again");
    }
    return live;
  };
  const prepare = async (note: Interaction["note"]): Promise<Proposal> => {
    const plan = planPayment(order, await planContext(desk, note));
    return {
      plans: [plan],
      receipt: () => plannedReceipt(intent, [plan], desk),
      begin: () => beginSingle(plan, intent, desk),
    };
  };
  return beginOnce(find, prepare, desk, interaction);
}

/** Payments that a block holds by now are done: the next one like it is a new one. */
async function settlePayments(desk: Desk, interaction: Interaction): Promise<void> {
  for (const entry of desk.journal.live().filter(({ kind }) => kind === "payment")) {
    try {
      await follow(entry, desk, { ...interaction.following, wait: false });
    } catch (error) {
      if (!(error instanceof BskError) || error.kind !== "rejected") throw error;
      interaction.note(`an earlier payment is stuck: ${entry.purpose}: ${error.message}`);
    }
  }
}
