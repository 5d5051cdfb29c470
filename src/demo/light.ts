/** The end of the story: a light node hashes every operation up to a pin of its own full node, and catches a node that lies. */
import { join } from "node:path";
import { lockDirectory } from "../cli/lock.ts";
import type { Caught } from "../lightnode/caught.ts";
import { coldSource } from "../lightnode/cold-source.ts";
import { syncLight } from "../lightnode/light-sync.ts";
import { logSource } from "../lightnode/log-source.ts";
import { nodeClient } from "../lightnode/node-client.ts";
import type { Pin } from "../lightnode/pin.ts";
import { resolveFrom } from "../lightnode/resolve-from.ts";
import type { Resolved } from "../lightnode/resolved.ts";
import { tileSource } from "../lightnode/tile-source.ts";
import type { Name } from "../primitives/name.ts";
import { startLiar } from "./liar.ts";
import type { World } from "./world.ts";

/** A node that was caught, and what it was caught at. */
export interface CaughtNode {
  readonly node: string;
  readonly because: string;
  /** The file that `bsk verify` checks. */
  readonly evidence: string | null;
}

/** The name by the verified log, as of the pin: level `complete`. @throws BskError */
export async function resolveByLight(name: Name, pin: Pin, world: World, signal: AbortSignal): Promise<Resolved> {
  const { network, node } = world;
  const directory = join(world.directory, "light");
  const release = lockDirectory(directory, "bsk demo");
  try {
    const { light } = await syncLight({ directory, network, pin, sources: [tileSource(node.url)], signal });
    if (light.log === null) throw new Error("a sync that ends well leaves a log");
    return await resolveFrom(name, logSource({ log: light.log, pin }, network), { store: null, nodes: [node] });
  } finally {
    release();
  }
}

/** Asks a node that lies and an honest one as strangers, neither of them believed. @throws BskError */
export async function catchLiar(
  name: Name,
  pin: Pin,
  { network, node, store, evidence, now }: World,
): Promise<readonly CaughtNode[]> {
  const liar = await startLiar(store);
  try {
    const stranger = (url: string) => nodeClient({ url, own: false, direct: true }, network);
    const nodes = [stranger(liar.url), stranger(node.url)] as const;
    const strangers = () => Promise.resolve({ nodes, caught: (found: Caught) => evidence.keep(found.evidence) });
    const { cold } = await coldSource(name, { pin, network, strangers }, { now: now() });
    return cold.strangers.caught;
  } finally {
    await liar.stop();
  }
}
