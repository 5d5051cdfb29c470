import { parseAmount } from "../../cli/amount.ts";
import { command } from "../../cli/command.ts";
import { arg, flag, text } from "../../cli/parameter.ts";
import { receiptCard } from "../../cli/receipt.ts";
import type { Satoshi } from "../../primitives/units.ts";
import { pay } from "../../spending/payment.ts";
import { destinationScript } from "../../wallet/destination.ts";

/** An amount, or everything. @throws ParseError */
function amountOrAll(value: string): Satoshi | "all" {
  return value === "all" ? "all" : parseAmount(value);
}

export const walletPayCommand = command({
  path: "wallet pay",
  summary: "Pay bitcoin to an address",
  description: [
    "Coins on the addresses of names and namespaces are never spent. With the amount all, every other coin is sent and the fee comes out of what arrives.",
    "The transaction is signed, written to the journal and then sent; the command returns as soon as it is sent.",
  ],
  examples: [
    {
      text: "Pay an amount in satoshis",
      command: "bsk wallet pay mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn 40000 --network regtest",
    },
    {
      text: "The same amount in BTC, and only the plan",
      command: "bsk wallet pay mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn 0.0004btc --dry-run --network regtest",
    },
  ],
  spends: true,
  options: {
    address: arg(text, "where to: any kind of address of the chain"),
    amount: arg(amountOrAll, "satoshis, or BTC like 0.001btc, or all"),
    wait: flag("return only when a block holds it"),
    again: flag("pay although the same payment is still in no block"),
  },
  run: async ({ address, amount, wait, again }, ports) => {
    const { bitcoin } = await ports.network();
    const destination = destinationScript(address, bitcoin);
    return pay({ address, destination, amount, again }, await ports.desk(), await ports.interaction({ wait }));
  },
  text: receiptCard,
});
