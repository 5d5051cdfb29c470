import { command } from "../cli/command.ts";
import { arg, flag, option, path, text } from "../cli/parameter.ts";
import { receiptCard } from "../cli/receipt.ts";
import { name as parseName } from "../primitives/name.ts";
import { ownerAddress } from "../spending/ownership.ts";
import { register } from "../spending/registration.ts";
import { zonefileWarning, zonefileToAnnounce } from "../spending/zonefile.ts";

export const preorderCommand = command({
  path: "preorder",
  summary: "Preorder a name, the first phase of its registration",
  description: [
    "The first half of a registration, for those who want to send the second half at another time. Both transactions are planned, funded and signed now, since a preorder whose register cannot be paid is money lost; only the preorder is sent.",
    "bsk register NAME goes on with the second half, in this process or another.",
  ],
  examples: [{ text: "Preorder now, register later", command: "bsk preorder alice.demo --network regtest" }],
  spends: true,
  options: {
    name: arg(parseName, "the name, like alice.demo"),
    zonefile: option(path, "zone file that the name shall announce", { placeholder: "FILE", completes: "file" }),
    owner: option(text, "address that shall own the name; a fresh one of the wallet if left out", {
      placeholder: "ADDRESS",
    }),
    race: flag("go on although somebody else is registering the name"),
    noWait: flag("return as soon as there is nothing to do but wait; the same command goes on later"),
  },
  run: async ({ name, zonefile, owner, race, noWait }, ports) => {
    const desk = await ports.desk();
    const file = zonefile === undefined ? null : zonefileToAnnounce(await ports.files.readBytes(zonefile));
    const warning = file === null ? null : zonefileWarning(file.bytes, name);
    if (warning !== null) ports.terminal.warn(warning);
    const request = {
      name,
      owner: owner === undefined ? null : ownerAddress(owner, desk.network),
      zonefile: file?.bytes ?? null,
      race,
    };
    return register(request, desk, await ports.interaction({ wait: !noWait, until: "preorder-confirmed" }));
  },
  text: receiptCard,
});
