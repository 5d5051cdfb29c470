import { command } from "../../cli/command.ts";
import { arg, flag, path, requiredOption, text } from "../../cli/parameter.ts";
import { receiptCard } from "../../cli/receipt.ts";
import { name as parseName, namespaceOf } from "../../primitives/name.ts";
import { ownerAddress, revealedNamespace } from "../../spending/ownership.ts";
import { perform } from "../../spending/perform.ts";
import { zonefileToAnnounce } from "../../spending/zonefile.ts";
import { planImport } from "../../wallet/plan-namespace.ts";

export const namespaceImportCommand = command({
  path: "namespace import",
  summary: "Import a name into a revealed namespace",
  description: [
    "Gives a name to an owner before the namespace is ready. Names that are imported cost nothing but fees, and live from the day on which the namespace becomes ready.",
  ],
  examples: [
    {
      text: "A name for somebody who had it elsewhere",
      command:
        "bsk namespace import bob.demo --owner mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r --zonefile bob.txt --network regtest",
    },
  ],
  spends: true,
  options: {
    name: arg(parseName, "the name"),
    owner: requiredOption(text, "address that shall own it", { placeholder: "ADDRESS" }),
    zonefile: requiredOption(path, "its zone file", { placeholder: "FILE", completes: "file" }),
    noWait: flag("return as soon as it is sent; the same command goes on later"),
  },
  run: async ({ name, owner, zonefile, noWait }, ports) => {
    const { bytes, hash } = zonefileToAnnounce(await ports.files.readBytes(zonefile));
    const desk = await ports.desk();
    const recipient = ownerAddress(owner, desk.network);
    const purpose = `import ${name} for ${recipient} with zone file ${hash}`;
    return perform(
      { kind: "operation", subject: name, purpose, owner: recipient, zonefile: bytes },
      async (context) => {
        const { revealer } = await revealedNamespace(namespaceOf(name), desk);
        return planImport({ name, importer: revealer, recipient, zonefileHash: hash }, context);
      },
      desk,
      await ports.interaction({ wait: !noWait }),
    );
  },
  text: receiptCard,
});
