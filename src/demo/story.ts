/** The life of a namespace and its names, told on a real chain: every step is one transaction that the network accepts. */
import { blockHeight } from "../primitives/units.ts";
import { fromUtf8 } from "../primitives/bytes.ts";
import type { ZonefileHash } from "../primitives/hash.ts";
import { name, namespaceId } from "../primitives/name.ts";
import type { Resolved } from "../lightnode/resolved.ts";
import type { Pin } from "../lightnode/pin.ts";
import { pinFromNodes } from "../lightnode/pin-from-nodes.ts";
import { seenConsensus } from "../spending/consensus-choice.ts";
import { openNamespacePreorder } from "../spending/namespace-preorder.ts";
import { ownedName, revealedNamespace } from "../spending/ownership.ts";
import { type Interaction, perform } from "../spending/perform.ts";
import type { Receipt } from "../spending/receipt.ts";
import { register } from "../spending/registration.ts";
import { zonefileToAnnounce } from "../spending/zonefile.ts";
import { namespaceBurn, nameBurn } from "../wallet/burn.ts";
import { planRenew, planRevoke, planTransfer, planUpdate } from "../wallet/plan-name.ts";
import type { PlanContext, TxPlan } from "../wallet/plan.ts";
import {
  planImport,
  planNamespacePreorder,
  planNamespaceReady,
  planNamespaceReveal,
} from "../wallet/plan-namespace.ts";
import { type CaughtNode, catchLiar, resolveByLight } from "./light.ts";
import type { World } from "./world.ts";

/** One transaction of the story. */
export interface Step {
  readonly name: string;
  readonly txid: string;
  /** Height of the block that holds it. */
  readonly height: number;
  /** Did the network accept it? */
  readonly ok: boolean;
}

export interface Story {
  readonly network: string;
  readonly tip: { readonly height: number; readonly consensusHash: string };
  readonly steps: readonly Step[];
  readonly resolved: Pick<Resolved, "name" | "address" | "zonefileHash" | "level"> & { readonly zonefile: string };
  /** Nodes that said otherwise. */
  readonly caught: readonly CaughtNode[];
}

const NAMESPACE = namespaceId("demo");
const ALICE = name("alice.demo");
const BOB = name("bob.demo");
const CAROL = name("carol.demo");

const zonefileOf = (of: string): Uint8Array =>
  fromUtf8(`$ORIGIN ${of}\n$TTL 3600\n_https._tcp URI 10 1 "https://example.com/${of}"\n`);

/** What names cost and how long they live in the story: the prices of the first namespace of BNS. */
const PARAMETERS = {
  lifetime: 52_595,
  coeff: 250,
  base: 4,
  buckets: [6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  nonalphaDiscount: 10,
  noVowelDiscount: 10,
  version: 1,
};

/** Tells it. `told` hears each step as it is in a block. @throws BskError whatever goes wrong */
export async function tellStory(world: World, told: (step: Step) => void, signal: AbortSignal): Promise<Story> {
  const { desk, network } = world;
  const steps: Step[] = [];
  const interaction: Interaction = {
    dryRun: false,
    confirm: () => Promise.resolve(),
    note: () => undefined,
    // Nobody else mines on this chain: where a wallet waits, time passes here by one block.
    following: { wait: true, waiting: () => undefined, sleep: () => world.mine() },
  };
  const tell = (step: string, { state, transactions }: Receipt): void => {
    for (const { role, txid, height } of transactions) {
      const named = role === "single" ? step : `${role} ${step}`;
      steps.push({ name: named, txid: txid ?? "", height: height ?? 0, ok: state === "done" && height !== null });
      told(steps[steps.length - 1] as Step);
    }
  };
  const act = async (
    step: string,
    subject: string,
    plan: (context: PlanContext) => Promise<TxPlan>,
    zonefile: Uint8Array | null = null,
  ): Promise<void> => {
    const intent = { kind: "operation", subject, purpose: step, owner: null, zonefile } as const;
    tell(step, await perform(intent, plan, desk, interaction));
  };
  const settle = async (of: typeof ALICE): Promise<void> => {
    tell(of, await register({ name: of, owner: null, zonefile: null }, desk, interaction));
  };
  const nextHeight = async (): Promise<number> => (await desk.source.tip()).height + 1;
  const announced = (of: typeof ALICE): { bytes: Uint8Array; hash: ZonefileHash } => zonefileToAnnounce(zonefileOf(of));

  await act("preorder the namespace demo", NAMESPACE, async (context) =>
    planNamespacePreorder(
      {
        namespaceId: NAMESPACE,
        revealer: await desk.freshRevealer(),
        burn: namespaceBurn(NAMESPACE, network, await nextHeight()),
        consensus: await seenConsensus(desk),
      },
      context,
    ),
  );
  await act("reveal the namespace demo", NAMESPACE, async (context) =>
    planNamespaceReveal(
      {
        namespaceId: NAMESPACE,
        parameters: PARAMETERS,
        ...(await openNamespacePreorder(NAMESPACE, null, context.purse, desk)),
      },
      context,
    ),
  );
  const carols = announced(CAROL);
  await act(
    `import ${CAROL}`,
    CAROL,
    async (context) =>
      planImport(
        {
          name: CAROL,
          importer: (await revealedNamespace(NAMESPACE, desk)).revealer,
          recipient: desk.freshOwner(),
          zonefileHash: carols.hash,
        },
        context,
      ),
    carols.bytes,
  );
  await act("make the namespace demo ready", NAMESPACE, async (context) =>
    planNamespaceReady(
      { namespaceId: NAMESPACE, revealer: (await revealedNamespace(NAMESPACE, desk)).revealer },
      context,
    ),
  );

  await settle(ALICE);
  const alices = announced(ALICE);
  await act(
    `update ${ALICE}`,
    ALICE,
    async (context) => {
      const { owner } = await ownedName(ALICE, desk);
      return planUpdate(
        { name: ALICE, owner, zonefileHash: alices.hash, consensus: await seenConsensus(desk) },
        context,
      );
    },
    alices.bytes,
  );
  await act(`transfer ${ALICE}`, ALICE, async (context) => {
    const { owner } = await ownedName(ALICE, desk);
    const newOwner = desk.freshOwner();
    return planTransfer(
      { name: ALICE, owner, newOwner, keepZonefile: true, consensus: await seenConsensus(desk) },
      context,
    );
  });
  await act(`renew ${ALICE}`, ALICE, async (context) => {
    const { owner, record, namespace } = await ownedName(ALICE, desk);
    const next = await nextHeight();
    const burn = nameBurn(ALICE, namespace, network, { pricedAt: next, paidAt: next });
    return planRenew({ name: ALICE, owner, newOwner: record.address, burn, zonefileHash: null }, context);
  });

  await settle(BOB);
  await act(`revoke ${BOB}`, BOB, async (context) =>
    planRevoke({ name: BOB, owner: (await ownedName(BOB, desk)).owner }, context),
  );

  const { height } = await world.node.tip();
  const { anchor, source } = await pinFromNodes([world.node], network, blockHeight(height));
  const pin: Pin = { ...anchor, network: network.id, source, since: world.now().toISOString() };
  const found = await resolveByLight(ALICE, pin, world, signal);
  const { name: resolvedName, address, zonefileHash, zonefile, level } = found;
  return {
    network: network.name,
    tip: { height, consensusHash: pin.consensusHash },
    steps,
    resolved: { name: resolvedName, address, zonefileHash, zonefile: zonefile ?? "", level },
    caught: await catchLiar(ALICE, pin, world),
  };
}
