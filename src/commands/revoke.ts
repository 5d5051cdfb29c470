import { command } from "../cli/command.ts";
import { arg, flag } from "../cli/parameter.ts";
import { receiptCard } from "../cli/receipt.ts";
import { name as parseName } from "../primitives/name.ts";
import { ownedName } from "../spending/ownership.ts";
import { perform } from "../spending/perform.ts";
import { planRevoke } from "../wallet/plan-name.ts";

export const revokeCommand = command({
  path: "revoke",
  summary: "Revoke a name",
  description: [
    "The name resolves to nothing from then on, for everybody, and nobody can register, update or renew it until its term has passed. There is no way back.",
  ],
  examples: [{ text: "Revoke a name whose key was stolen", command: "bsk revoke alice.demo --network regtest" }],
  spends: true,
  options: {
    name: arg(parseName, "the name, which this wallet owns"),
    noWait: flag("return as soon as it is sent"),
  },
  run: async ({ name, noWait }, ports) => {
    const desk = await ports.desk();
    return perform(
      { kind: "operation", subject: name, purpose: `revoke ${name}`, owner: null, zonefile: null },
      async (context) => planRevoke({ name, owner: (await ownedName(name, desk)).owner }, context),
      desk,
      await ports.interaction({ wait: !noWait }),
    );
  },
  text: receiptCard,
});
