/** Asks the rules, with the state of a node, what the network will make of plans that nobody has signed yet. */
import { BskError } from "../errors.ts";
import { LEAST_BLOCKS_LEFT } from "../journal/pursue.ts";
import type { Operation } from "../ops/operation.ts";
import type { NetworkId } from "../primitives/hash.ts";
import { blockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import { type Question, questionOf, type Snapshot, snapshotView } from "../rules/snapshot.ts";
import type { TxPlan } from "../wallet/plan.ts";
import { operationOf, preflightPlans, refuseEnded } from "../wallet/preflight.ts";
import { witnessesOf } from "./consensus-choice.ts";
import type { Desk } from "./desk.ts";

type Judge = Pick<Desk, "network" | "node" | "nodes" | "source" | "publicKeyOf">;

/**
 * Refuses what an ended network would ignore, by the height of Bitcoin itself. Asked before coins and passphrase.
 * @throws BskError `rejected`, rule `chain-ended`
 */
export async function requireLiving({ network, source }: Pick<Desk, "network" | "source">): Promise<void> {
  if (network.endHeight === null) return;
  const { height } = await source.tip();
  refuseEnded(network, blockHeight(height + 1));
}

/**
 * The state that a question is about. It decides what is burned and who is paid, so that it comes from whom a consensus
 * hash may come from: the user's own node, or others that agree.
 * @throws BskError `usage` if a node follows another network, `unproven` with one stranger, `refuted` where they differ.
 */
export async function askNode(
  { network, nodes }: Pick<Desk, "network" | "nodes">,
  question: Partial<Question>,
): Promise<Snapshot> {
  const asked = witnessesOf("the state of names", nodes, "state-unproven");
  const answers = await Promise.all(
    asked.map(async (node) => ({ node, snapshot: await node.preflight({ ...NOTHING, ...question }) })),
  );
  const [first] = answers;
  if (first === undefined) throw new BskError("bug", "nobody was asked");
  for (const { node, snapshot } of answers) {
    if (snapshot.networkId !== network.id) throw wrongNetwork(node.url, network, snapshot.networkId);
    if (records(snapshot) === records(first.snapshot)) continue;
    throw new BskError("refuted", `two nodes contradict each other: ${first.node.url} and ${node.url}`, {
      rule: "state-contradicted",
      hint: "one of them is wrong or behind; ask again after the next block, or ask your own node",
    });
  }
  return first.snapshot;
}

/** What nodes must agree on; heights may differ by the block that just came. */
function records({ names, namespaces, preorders, importKeys }: Snapshot): string {
  return JSON.stringify([names, namespaces, preorders, importKeys]);
}

function wrongNetwork(url: string, network: Network, theirs: NetworkId): BskError {
  return new BskError("usage", `the node at ${url} follows another network than "${network.name}"`, {
    rule: "wrong-network",
    hint: `its network id is ${theirs}, ours is ${network.id}`,
  });
}

const NOTHING: Question = { names: [], namespaces: [], preorderHashes: [], owners: [], nameHashes: [] };

/**
 * Would the network take these plans, one after the other, in its next block?
 * @throws BskError `rejected` with the rule that fires, `unproven` if the node cannot tell.
 */
export async function judge(plans: readonly TxPlan[], desk: Judge): Promise<void> {
  await requireLiving(desk);
  await askRules(plans, desk);
  await requireTime(plans, desk);
}

/** As `judge`, whatever time is left. */
export async function askRules(plans: readonly TxPlan[], desk: Judge): Promise<void> {
  const { network, publicKeyOf } = desk;
  const at = await nextHeight(desk);
  const ops = plans.flatMap((plan) => {
    const read = operationOf(plan, { network, at, publicKeyOf });
    return read?.kind === "ok" ? [read.value] : [];
  });
  const snapshot = await askNode(desk, merged(ops));
  preflightPlans(plans, {
    network,
    at: blockHeight(snapshot.height + 1),
    view: snapshotView(snapshot),
    publicKeyOf,
    // Whom nodes listen to is their operators' choice; that the sender owns a living name is not.
    announcers: snapshot.names.map(({ name }) => name),
  });
}

/** A node far behind Bitcoin gives hashes that are almost dead: the burn would be paid for nothing. */
async function requireTime(plans: readonly TxPlan[], { source, node }: Judge): Promise<void> {
  const deaths = plans.flatMap(({ deathHeight }) => deathHeight ?? []);
  const left = Math.min(...deaths) - (await source.tip()).height;
  if (left >= LEAST_BLOCKS_LEFT) return;
  throw new BskError("unproven", `the node at ${node.url} is behind: its consensus hash is valid for ${left} blocks`, {
    rule: "node-behind",
    hint: "wait until it has caught up: bsk node status",
  });
}

async function nextHeight({ node }: Judge): Promise<ReturnType<typeof blockHeight>> {
  return blockHeight((await node.tip()).height + 1);
}

function merged(ops: readonly Operation[]): Question {
  const questions = ops.map((op) => (op.kind === "ANNOUNCE" ? { ...NOTHING, owners: [op.sender] } : questionOf(op)));
  const all = <K extends Exclude<keyof Question, "accounts">>(key: K): Question[K][number][] => [
    ...new Set(questions.flatMap((question) => question[key] as Question[K][number][])),
  ];
  const accounts = questions.flatMap((question) => question.accounts ?? []);
  return {
    names: all("names"),
    namespaces: all("namespaces"),
    preorderHashes: all("preorderHashes"),
    owners: all("owners"),
    nameHashes: all("nameHashes"),
    ...(accounts.length === 0 ? {} : { accounts }),
  };
}
