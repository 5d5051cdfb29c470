/** Does a new pin fit those that are held? Needed to trust it, and not enough: anybody can extend a history. */
import { BskError } from "../errors.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Anchor } from "../verify/anchor.ts";
import { type Reach, verifyReach } from "../verify/reach.ts";
import type { NodeClient } from "./node-client.ts";
import { contradiction, type Pin } from "./pin.ts";

type Asked = Pick<NodeClient, "url" | "walk">;

/**
 * Proves, by what the nodes send, that the nearest pin held below the new one is part of its history, and that it is part
 * of that of the nearest one above. Resolves to those pins, and to one that is the same.
 * @throws BskError `refuted`, rule `pin-other-fork-set` or `pin-contradiction`, where it is of another history; `unproven`, rule
 * `pin-unreachable`, where no node proves it
 */
export async function reachedPins(
  found: Anchor,
  held: readonly Pin[],
  nodes: readonly Asked[],
  network: Pick<Network, "firstBlock">,
): Promise<readonly Pin[]> {
  const same = held.find(({ height }) => height === found.height) ?? null;
  if (same !== null && same.consensusHash !== found.consensusHash) throw contradiction(same, found, "the new one");
  const below = held.filter(({ height }) => height < found.height).reduce(higher, null);
  const above = held.filter(({ height }) => height > found.height).reduce(lower, null);
  if (below !== null) await mustReach(found, below, below, nodes, network);
  if (above !== null) await mustReach(above, found, above, nodes, network);
  return [below, same, above].filter((pin) => pin !== null);
}

const higher = (a: Pin | null, b: Pin): Pin => (a !== null && a.height > b.height ? a : b);
const lower = (a: Pin | null, b: Pin): Pin => (a !== null && a.height < b.height ? a : b);

async function mustReach(
  newer: Anchor,
  older: Anchor,
  pin: Pin,
  nodes: readonly Asked[],
  network: Pick<Network, "firstBlock">,
): Promise<void> {
  const reach = await reachOf(newer, older, nodes, network);
  if (reach.kind === "kept") return;
  const [from, to] = [older.height, newer.height];
  throw new BskError(
    "refuted",
    `the history of ${newer.consensusHash} (block ${to}) has ${reach.has} at block ${from}, not ${older.consensusHash}`,
    {
      rule: "pin-other-fork-set",
      hint: `the pin held of block ${pin.height} (${pin.source.kind}) and the new one are of different fork-sets; nothing was stored. If the one held is wrong: bsk pin remove ${pin.height}`,
    },
  );
}

/** A pin stands in the history. @throws BskError `usage`, rule `pin-before-first` */
export function requireCovered({ height }: Anchor, firstBlock: number): void {
  if (height >= firstBlock) return;
  throw new BskError("usage", `no pin can be of block ${height}: the network starts at block ${firstBlock}`, {
    rule: "pin-before-first",
    hint: "bsk pin list shows those held, bsk pin remove HEIGHT removes one",
  });
}

/** @throws BskError `unproven`, rule `pin-unreachable`; `usage` as `requireCovered` */
async function reachOf(
  newer: Anchor,
  older: Anchor,
  nodes: readonly Asked[],
  { firstBlock }: Pick<Network, "firstBlock">,
): Promise<Reach> {
  requireCovered(older, firstBlock);
  const because: string[] = [];
  for (const { url, walk } of nodes) {
    const proof = await walk(older.height, newer.height);
    if (proof === null) {
      because.push(`${url} does not have both blocks`);
      continue;
    }
    const outcome = verifyReach(newer, older, firstBlock, proof);
    if (outcome.kind === "proven") return outcome.value;
    because.push(
      `${url} proved nothing: ${outcome.kind === "refuted" ? outcome.because : `missing ${outcome.missing}`}`,
    );
  }
  throw new BskError(
    "unproven",
    `nothing shows that block ${older.height} and block ${newer.height} are of one history: ${because.join("; ")}`,
    { rule: "pin-unreachable", hint: "ask a node that has indexed both; nothing was stored" },
  );
}
