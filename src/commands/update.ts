import { command } from "../cli/command.ts";
import { arg, flag, path, requiredOption } from "../cli/parameter.ts";
import { receiptCard } from "../cli/receipt.ts";
import { name as parseName } from "../primitives/name.ts";
import { seenConsensus } from "../spending/consensus-choice.ts";
import { ownedName } from "../spending/ownership.ts";
import { perform } from "../spending/perform.ts";
import { zonefileToAnnounce } from "../spending/zonefile.ts";
import { planUpdate } from "../wallet/plan-name.ts";

export const updateCommand = command({
  path: "update",
  summary: "Give a name another zone file",
  description: [
    "Announces the hash of the zone file on the chain, and hands the file to the node once the network has accepted the announcement.",
  ],
  examples: [{ text: "A new zone file", command: "bsk update alice.demo --zonefile alice.txt --network regtest" }],
  spends: true,
  options: {
    name: arg(parseName, "the name, which this wallet owns"),
    zonefile: requiredOption(path, "the zone file", { placeholder: "FILE", completes: "file" }),
    noWait: flag("return as soon as it is sent; the same command goes on later"),
  },
  run: async ({ name, zonefile, noWait }, ports) => {
    const { bytes, hash } = zonefileToAnnounce(await ports.files.readBytes(zonefile));
    const desk = await ports.desk();
    const intent = {
      kind: "operation",
      subject: name,
      purpose: `update ${name} to zone file ${hash}`,
      owner: null,
      zonefile: bytes,
    } as const;
    return perform(
      intent,
      async (context) => {
        const { owner } = await ownedName(name, desk);
        return planUpdate({ name, owner, zonefileHash: hash, consensus: await seenConsensus(desk) }, context);
      },
      desk,
      await ports.interaction({ wait: !noWait }),
    );
  },
  text: receiptCard,
});
