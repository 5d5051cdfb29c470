import { command } from "../cli/command.ts";
import { arg, flag, option, path, text } from "../cli/parameter.ts";
import { receiptCard } from "../cli/receipt.ts";
import { name as parseName } from "../primitives/name.ts";
import { ownedName, ownerAddress } from "../spending/ownership.ts";
import { perform } from "../spending/perform.ts";
import { zonefileWarning, zonefileToAnnounce } from "../spending/zonefile.ts";
import { nameBurn } from "../wallet/burn.ts";
import { planRenew } from "../wallet/plan-name.ts";

export const renewCommand = command({
  path: "renew",
  summary: "Renew a name for another term",
  description: [
    "Pays the price of the name again. The term starts anew with the block that holds the renewal; what was left of the old term is not added. The zone file stays unless --zonefile is given.",
  ],
  examples: [{ text: "Renew", command: "bsk renew alice.demo --network regtest" }],
  spends: true,
  options: {
    name: arg(parseName, "the name, which this wallet owns"),
    zonefile: option(path, "another zone file at the same time", { placeholder: "FILE", completes: "file" }),
    owner: option(text, "another owner at the same time", { placeholder: "ADDRESS" }),
    noWait: flag("return as soon as it is sent"),
  },
  run: async ({ name, zonefile, owner: newOwner, noWait }, ports) => {
    const file = zonefile === undefined ? null : zonefileToAnnounce(await ports.files.readBytes(zonefile));
    const warning = file === null ? null : zonefileWarning(file.bytes, name);
    if (warning !== null) ports.terminal.warn(warning);
    const desk = await ports.desk();
    const to = newOwner === undefined ? null : ownerAddress(newOwner, desk.network);
    const purpose = [`renew ${name}`, to && `for ${to}`, file && `with zone file ${file.hash}`]
      .filter(Boolean)
      .join(" ");
    return perform(
      { kind: "operation", subject: name, purpose, owner: to, zonefile: file?.bytes ?? null },
      async (context) => {
        const { owner, record, namespace } = await ownedName(name, desk);
        const next = (await desk.source.tip()).height + 1;
        return planRenew(
          {
            name,
            owner,
            newOwner: to ?? record.address,
            burn: nameBurn(name, namespace, desk.network, { pricedAt: next, paidAt: next }),
            zonefileHash: file?.hash ?? null,
          },
          context,
        );
      },
      desk,
      await ports.interaction({ wait: !noWait }),
    );
  },
  text: receiptCard,
});
