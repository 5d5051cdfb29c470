import { command } from "../cli/command.ts";
import { arg, flag, text } from "../cli/parameter.ts";
import { receiptCard } from "../cli/receipt.ts";
import { name as parseName } from "../primitives/name.ts";
import { seenConsensus } from "../spending/consensus-choice.ts";
import { ownedName, ownerAddress } from "../spending/ownership.ts";
import { perform } from "../spending/perform.ts";
import { planTransfer } from "../wallet/plan-name.ts";

export const transferCommand = command({
  path: "transfer",
  summary: "Give a name to another owner",
  description: [
    "The name goes to the address for good: only the new owner can give it back. Its zone file stays unless --drop-zonefile is given.",
  ],
  examples: [
    {
      text: "Give a name away",
      command: "bsk transfer alice.demo mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r --network regtest",
    },
  ],
  spends: true,
  options: {
    name: arg(parseName, "the name, which this wallet owns"),
    address: arg(text, "address of the new owner"),
    dropZonefile: flag("the new owner starts without a zone file"),
    noWait: flag("return as soon as it is sent"),
  },
  run: async ({ name, address, dropZonefile, noWait }, ports) => {
    const desk = await ports.desk();
    const newOwner = ownerAddress(address, desk.network);
    const how = dropZonefile ? "without" : "with";
    const intent = {
      kind: "operation",
      subject: name,
      purpose: `transfer ${name} to ${newOwner} ${how} its zone file`,
      owner: newOwner,
      zonefile: null,
    } as const;
    return perform(
      intent,
      async (context) => {
        const { owner } = await ownedName(name, desk);
        const consensus = await seenConsensus(desk);
        return planTransfer({ name, owner, newOwner, keepZonefile: !dropZonefile, consensus }, context);
      },
      desk,
      await ports.interaction({ wait: !noWait }),
    );
  },
  text: receiptCard,
});
