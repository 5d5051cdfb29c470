/** A name resolved by the word of one node: `indexed` where it is our own, `claimed` where it is not. */
import type { Name } from "../primitives/name.ts";
import { nodeSource } from "./name-source.ts";
import type { NodeClient } from "./node-client.ts";
import { resolveFrom } from "./resolve-from.ts";
import type { Resolved } from "./resolved.ts";

/** @throws BskError as `standingOf` and `resolveFrom` */
export async function resolveAtNode(name: Name, node: NodeClient): Promise<Resolved> {
  return resolveFrom(name, await nodeSource(node), { store: null, nodes: [node] });
}
