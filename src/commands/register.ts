import { command } from "../cli/command.ts";
import { arg, flag, option, path, text } from "../cli/parameter.ts";
import { receiptCard } from "../cli/receipt.ts";
import { name as parseName } from "../primitives/name.ts";
import { ownerAddress } from "../spending/ownership.ts";
import { register } from "../spending/registration.ts";
import { zonefileToAnnounce } from "../spending/zonefile.ts";

export const registerCommand = command({
  path: "register",
  summary: "Register a name, both phases",
  description: [
    "Plans, funds and signs the preorder and the register before the first of them is sent, asks the rules for both, and writes them to the journal. Then it sends the preorder, waits for its block, sends the register, waits for its block, and publishes the zone file.",
    "It may be interrupted at any moment, also by a power cut: the same command goes on from there. A name whose registration is under way is never paid twice.",
    "Before anything is paid, the mempool and the last blocks are searched for registers of the same name by others. One that can count stops the registration (exit code 5), unless --race is given. Preorders hide their name: how many there are is said.",
    "Without --owner the name goes to a fresh address of the wallet, which hides it until it is registered.",
  ],
  examples: [
    {
      text: "Register a name with a zone file",
      command: "bsk register alice.demo --zonefile alice.txt --network regtest",
    },
    { text: "What it would cost", command: "bsk register alice.demo --dry-run --network regtest" },
  ],
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
    const request = {
      name,
      owner: owner === undefined ? null : ownerAddress(owner, desk.network),
      zonefile: zonefile === undefined ? null : zonefileToAnnounce(await ports.files.readBytes(zonefile)).bytes,
      race,
    };
    return register(request, desk, await ports.interaction({ wait: !noWait }));
  },
  text: receiptCard,
});
