import { command } from "../../cli/command.ts";
import { arg, flag } from "../../cli/parameter.ts";
import { receiptCard } from "../../cli/receipt.ts";
import { namespaceId } from "../../primitives/name.ts";
import { revealedNamespace } from "../../spending/ownership.ts";
import { perform } from "../../spending/perform.ts";
import { planNamespaceReady } from "../../wallet/plan-namespace.ts";

export const namespaceReadyCommand = command({
  path: "namespace ready",
  summary: "Make a namespace ready: everybody can register in it",
  description: ["The last of the three steps. Names can no longer be imported afterwards."],
  examples: [{ text: "Launch", command: "bsk namespace ready demo --network regtest" }],
  spends: true,
  options: {
    id: arg(namespaceId, "the namespace, which this wallet revealed"),
    noWait: flag("return as soon as it is sent"),
  },
  run: async ({ id, noWait }, ports) => {
    const desk = await ports.desk();
    return perform(
      { kind: "operation", subject: id, purpose: `make namespace ${id} ready`, owner: null, zonefile: null },
      async (context) => {
        const { revealer } = await revealedNamespace(id, desk);
        return planNamespaceReady({ namespaceId: id, revealer }, context);
      },
      desk,
      await ports.interaction({ wait: !noWait }),
    );
  },
  text: receiptCard,
});
