import { command } from "../cli/command.ts";
import { arg, flag, path, requiredOption } from "../cli/parameter.ts";
import { receiptCard } from "../cli/receipt.ts";
import { announcementHash } from "../primitives/hash.ts";
import { name as parseName } from "../primitives/name.ts";
import { ownedName } from "../spending/ownership.ts";
import { perform } from "../spending/perform.ts";
import { zonefileToAnnounce } from "../spending/zonefile.ts";
import { planAnnounce } from "../wallet/plan-name.ts";

export const announceCommand = command({
  path: "announce",
  summary: "Announce a message to the operators of nodes",
  description: [
    "Puts the hash of a message on the chain, signed by the owner of a name. Nodes whose operators listen to that name keep it. It changes no name and enters no consensus hash.",
  ],
  examples: [{ text: "Announce a release", command: "bsk announce release.txt --as alice.demo --network regtest" }],
  spends: true,
  options: {
    file: arg(path, "the message", { completes: "file" }),
    as: requiredOption(parseName, "name of the announcer, which this wallet owns", { placeholder: "NAME" }),
    noWait: flag("return as soon as it is sent"),
  },
  run: async ({ file, as: name, noWait }, ports) => {
    const { hash } = zonefileToAnnounce(await ports.files.readBytes(file));
    const desk = await ports.desk();
    return perform(
      // No rule takes part in an announcement's fate, so that it ends with its block, as a payment does.
      { kind: "payment", subject: name, purpose: `announce message ${hash} as ${name}`, owner: null, zonefile: null },
      async (context) =>
        planAnnounce(
          { sender: (await ownedName(name, desk)).owner, announcementHash: announcementHash(hash) },
          context,
        ),
      desk,
      await ports.interaction({ wait: !noWait }),
    );
  },
  text: receiptCard,
});
