/**
 * Name -> record -> zone file, by the best way that there is.
 *
 * 1. A full node of one's own: it replayed the chain (`indexed`).
 * 2. Else strangers, each checked as far as it can be.
 */
import type { Name } from "../primitives/name.ts";
import { requireFresh } from "./as-of.ts";
import type { NodeClient } from "./node-client.ts";
import { resolveAtNode } from "./resolve-node.ts";
import { resolveCold } from "./resolve-cold.ts";
import type { Resolved } from "./resolved.ts";
import { requireLevel, type TrustLevel } from "./trust-level.ts";

/** Who can be asked. */
export interface Ways {
  /** Nodes of the call or of the settings, else the one on this machine. */
  readonly nodes: readonly [NodeClient, ...NodeClient[]];
}

/** With which answers the user is content. */
export interface Terms {
  /** The least level. */
  readonly require: TrustLevel;
  /** The most milliseconds since the answer's last block; absent: any. */
  readonly maxAgeMs?: number | undefined;
  readonly now: Date;
}

/**
 * @throws BskError `unproven` where the level is less than required (rule `level`), the answer is older than allowed
 * (rule `stale`) or the zone file is missing; `refuted` where the zone file does not have the record's hash; and where the
 * name does not resolve (rule `name-not-registered`, `name-revoked`, `name-expired`, `no-zonefile`): `rejected` by our own
 * node, `unproven` by a stranger, who may hide it.
 */
export async function resolve(name: Name, { nodes }: Ways, { require, maxAgeMs, now }: Terms): Promise<Resolved> {
  const own = nodes.find((node) => node.own);
  const found = own === undefined ? await resolveCold(name, nodes, require) : await resolveAtNode(name, own);
  requireLevel(found.level, require, found.node ?? "this machine");
  requireFresh(found, maxAgeMs, now);
  return found;
}
