import { command } from "../cli/command.ts";
import { arg, flag, path, requiredOption } from "../cli/parameter.ts";
import { receiptCard } from "../cli/receipt.ts";
import { name as parseName } from "../primitives/name.ts";
import { seenConsensus } from "../spending/consensus-choice.ts";
import { ownedName } from "../spending/ownership.ts";
import { perform } from "../spending/perform.ts";
import { zonefileWarning, zonefileToAnnounce } from "../spending/zonefile.ts";
import { planUpdate } from "../wallet/plan-name.ts";

export const updateCommand = command({
  path: "update",
  summary: "Give a name another zone file",
  description: [
    "Announces the hash of the zone file on the chain, and hands the file to the node once the network has accepted the announcement.",
    "Where the name has that zone file already, nothing is sent to the chain, and the node gets the file once more.",
  ],
  examples: [{ text: "A new zone file", command: "bsk update alice.demo --zonefile alice.txt --network regtest" }],
  spends: true,
  options: {
    name: arg(parseName, "the name, which this wallet owns"),
    zonefile: requiredOption(path, "the zone file", { placeholder: "FILE", completes: "file" }),
    force: flag("announce it although the name has this zone file already"),
    noWait: flag("return as soon as it is sent; the same command goes on later"),
  },
  run: async ({ name, zonefile, force, noWait }, ports) => {
    const { bytes, hash } = zonefileToAnnounce(await ports.files.readBytes(zonefile));
    const warning = zonefileWarning(bytes, name);
    if (warning !== null) ports.terminal.warn(warning);
    const desk = await ports.desk();
    const interaction = await ports.interaction({ wait: !noWait });
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
        const { owner, record } = await ownedName(name, desk);
        if (record.valueHash === hash && !force) {
          interaction.note(`"${name}" has this zone file already: nothing is sent, unless you say --force`);
          if (!interaction.dryRun) await desk.node.putZonefile(bytes);
          return { purpose: intent.purpose, subject: name, owner: null, state: "done", transactions: [] } as const;
        }
        return planUpdate({ name, owner, zonefileHash: hash, consensus: await seenConsensus(desk) }, context);
      },
      desk,
      interaction,
    );
  },
  text: receiptCard,
});
