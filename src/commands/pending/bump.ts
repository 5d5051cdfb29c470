import { command } from "../../cli/command.ts";
import { arg, flag, text } from "../../cli/parameter.ts";
import { receiptCard } from "../../cli/receipt.ts";
import { bump } from "../../spending/bump.ts";
import { findEntry } from "../../spending/pending.ts";

export const pendingBumpCommand = command({
  path: "pending bump",
  summary: "Pay more for what an entry waits for",
  description: [
    "Replaces the transaction that waits for a block by the same one with a higher fee; where that cannot be, a child pays for it too. An operation whose consensus hash is about to die is replaced by one with a fresh hash, for the same name, owner and value. Only one of the versions can confirm; the rules are asked before it is signed.",
  ],
  examples: [{ text: "At a rate of one's own", command: "bsk pending bump 3f2a --fee-rate 40 --network regtest" }],
  spends: true,
  options: {
    id: arg(text, "id of the entry, or the beginning of it"),
    wait: flag("return only when it has ended"),
  },
  run: async ({ id, wait }, ports) => {
    const desk = await ports.desk();
    return bump(findEntry(desk, id), desk, await ports.interaction({ wait }));
  },
  text: receiptCard,
});
