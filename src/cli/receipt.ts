/** A receipt for people. */
import type { Receipt } from "../spending/receipt.ts";
import { showAmount } from "./amount.ts";
import { planText } from "./plan.ts";
import { card } from "./layout.ts";
import type { Style } from "./style.ts";

const STATES: Readonly<Record<Receipt["state"], string>> = {
  "dry-run": "planned only: nothing was signed or sent",
  planned: "signed and in the journal, not sent yet",
  preordered: "the preorder is on its way",
  "preorder-confirmed": "the preorder is in a block; the register comes next",
  registered: "the register is on its way",
  sent: "on its way",
  done: "done: the network accepted it",
  failed: "failed",
};

/** The plans of a dry run; purpose, state and every transaction with its costs. */
export function receiptCard(receipt: Receipt, style: Style): string {
  const total = receipt.transactions.reduce((sum, { fee, burned }) => sum + fee + burned, 0);
  const summary = card(
    [
      ["purpose", receipt.purpose],
      ["owner", receipt.owner],
      ["state", STATES[receipt.state]],
      ...receipt.transactions.flatMap(({ role, txid, height, deathHeight }): [string, string | null][] => [
        [role === "single" ? "transaction" : role, txid],
        ["in block", height === null ? null : String(height)],
        ["valid up to", height !== null || deathHeight === null ? null : `block ${deathHeight}`],
      ]),
      ["fees and burns", showAmount(BigInt(total))],
    ],
    style,
  );
  return [...(receipt.plans ?? []).map(planText), summary].join("\n\n");
}
