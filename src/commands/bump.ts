import { command } from "../cli/command.ts";
import { arg, flag } from "../cli/parameter.ts";
import { receiptCard } from "../cli/receipt.ts";
import { variantsOf } from "../journal/entry.ts";
import { txid as parseTxid } from "../primitives/hash.ts";
import { bump, bumpForeign } from "../spending/bump.ts";

export const bumpCommand = command({
  path: "bump",
  summary: "Pay more for a transaction that waits for a block",
  description: [
    "A transaction of this wallet is replaced by the same one with a higher fee: inputs, operation and outputs stay, only its change gets less. One of somebody else that pays this wallet gets a child that pays for both.",
  ],
  examples: [
    {
      text: "At the present rate",
      command: "bsk bump 5c2f7d6a6a3f0a5e1c6bf8f4a3c0d9e8b7a6f5e4d3c2b1a0998877665544332211 --network regtest",
    },
  ],
  spends: true,
  options: {
    txid: arg(parseTxid, "the transaction"),
    wait: flag("return only when a block holds it"),
  },
  run: async ({ txid, wait }, ports) => {
    const desk = await ports.desk();
    const interaction = await ports.interaction({ wait });
    const entry = desk.journal.entries().find((each) => variantsOf(each).some((variant) => variant.txid === txid));
    return entry === undefined ? bumpForeign(txid, desk, interaction) : bump(entry, desk, interaction);
  },
  text: receiptCard,
});
