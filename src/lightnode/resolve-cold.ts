/** A name resolved with nothing on this machine but the addresses of nodes that may be strangers. */
import type { Name } from "../primitives/name.ts";
import type { NodeClient } from "./node-client.ts";
import type { Resolved } from "./resolved.ts";
import { resolveAtNode } from "./resolve-node.ts";
import { requireLevel, type TrustLevel } from "./trust-level.ts";

/** @throws BskError as `resolveAtNode`, and before anything is asked where no answer could satisfy what is required */
export async function resolveCold(
  name: Name,
  [first]: readonly [NodeClient, ...NodeClient[]],
  required: TrustLevel,
): Promise<Resolved> {
  requireLevel("claimed", required, first.url);
  return resolveAtNode(name, first);
}
