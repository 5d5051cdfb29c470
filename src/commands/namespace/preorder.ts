import { command } from "../../cli/command.ts";
import { arg, flag, option, text } from "../../cli/parameter.ts";
import { receiptCard } from "../../cli/receipt.ts";
import { namespaceId } from "../../primitives/name.ts";
import { seenConsensus } from "../../spending/consensus-choice.ts";
import { requireNoOpenPreorder } from "../../spending/namespace-preorder.ts";
import { ownerAddress } from "../../spending/ownership.ts";
import { perform } from "../../spending/perform.ts";
import { namespaceBurn } from "../../wallet/burn.ts";
import { planNamespacePreorder } from "../../wallet/plan-namespace.ts";

export const namespacePreorderCommand = command({
  path: "namespace preorder",
  summary: "Preorder a namespace, the first of three steps",
  description: [
    "Burns the price of the namespace and hides its id until it is revealed. The revealer, a fresh address of the wallet unless --revealer is given, imports names and makes the namespace ready.",
    "While a preorder of this wallet can still be revealed, the namespace is not preordered again.",
  ],
  examples: [{ text: "Begin a namespace", command: "bsk namespace preorder demo --network regtest" }],
  spends: true,
  options: {
    id: arg(namespaceId, "the namespace, like demo"),
    revealer: option(text, "p2pkh address that shall import and make ready", { placeholder: "ADDRESS" }),
    noWait: flag("return as soon as it is sent"),
  },
  run: async ({ id, revealer, noWait }, ports) => {
    const desk = await ports.desk();
    const given = revealer === undefined ? null : ownerAddress(revealer, desk.network);
    return perform(
      { kind: "operation", subject: id, purpose: `preorder namespace ${id}`, owner: given, zonefile: null },
      async (context) => {
        await requireNoOpenPreorder(id, given, context.purse, desk);
        const next = (await desk.source.tip()).height + 1;
        return planNamespacePreorder(
          {
            namespaceId: id,
            revealer: given ?? (await desk.freshRevealer()),
            burn: namespaceBurn(id, desk.network, next),
            consensus: await seenConsensus(desk),
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
