/** Opens a namespace on a world's chain, with its wallet: preordered, revealed, ready. */
import type { World } from "../../src/demo/world.ts";
import type { NamespaceId } from "../../src/primitives/name.ts";
import { seenConsensus } from "../../src/spending/consensus-choice.ts";
import { openNamespacePreorder } from "../../src/spending/namespace-preorder.ts";
import { revealedNamespace } from "../../src/spending/ownership.ts";
import { type Interaction, perform } from "../../src/spending/perform.ts";
import { namespaceBurn } from "../../src/wallet/burn.ts";
import type { PlanContext, TxPlan } from "../../src/wallet/plan.ts";
import { planNamespacePreorder, planNamespaceReady, planNamespaceReveal } from "../../src/wallet/plan-namespace.ts";

/** Cheap names of every length. */
const PARAMETERS = {
  lifetime: 10_000,
  coeff: 250,
  base: 4,
  buckets: [6, 5, 4, 3, 2, 1, ...Array<number>(10).fill(1)],
  nonalphaDiscount: 1,
  noVowelDiscount: 1,
  version: 1,
};

/** Where a wallet would wait, a block is mined. */
export function miningInteraction(world: World): Interaction {
  return {
    dryRun: false,
    confirm: () => Promise.resolve(),
    note: () => undefined,
    following: { wait: true, waiting: () => undefined, sleep: () => world.mine() },
  };
}

export async function openNamespace(id: NamespaceId, world: World): Promise<void> {
  const { desk, network } = world;
  const act = async (step: string, plan: (context: PlanContext) => Promise<TxPlan>): Promise<void> => {
    const intent = { kind: "operation", subject: id, purpose: `${step} ${id}`, owner: null, zonefile: null } as const;
    const { state } = await perform(intent, plan, desk, miningInteraction(world));
    if (state !== "done") throw new Error(`${step} of ${id} ended as ${state}`);
  };
  await act("preorder", async (context) =>
    planNamespacePreorder(
      {
        namespaceId: id,
        revealer: await desk.freshRevealer(),
        burn: namespaceBurn(id, network, (await desk.source.tip()).height + 1),
        consensus: await seenConsensus(desk),
      },
      context,
    ),
  );
  await act("reveal", async (context) =>
    planNamespaceReveal(
      { namespaceId: id, parameters: PARAMETERS, ...(await openNamespacePreorder(id, null, context.purse, desk)) },
      context,
    ),
  );
  await act("ready", async (context) =>
    planNamespaceReady({ namespaceId: id, revealer: (await revealedNamespace(id, desk)).revealer }, context),
  );
}
