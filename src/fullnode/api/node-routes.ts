/** The node itself: is it there, how far is it, what does it follow. */
import { exactWithoutAllocation } from "../../rules/machine.ts";
import type { ApiNode } from "./api-node.ts";
import { metricsRoute } from "./metrics.ts";
import { ok, route, type Route } from "./route.ts";

export const nodeRoutes: readonly Route[] = [
  ...["/v1/node/ping", "/v1/ping"].map((path) =>
    route(path, {}, ({ node: { version } }) => ok({ status: "alive", version }), { dependsOn: "more" }),
  ),

  // The shape of the original's `getinfo` (spec 09 §2), whose zone file count is one too many; ours is not.
  route(
    "/v1/info",
    {},
    ({ node }) => {
      const { store, version } = node;
      const { indexing, sourceHeight } = node.status();
      const tip = store.queries.tip();
      return ok({
        last_block_seen: sourceHeight ?? tip?.height ?? null,
        last_block_processed: tip?.height ?? null,
        consensus: tip?.consensusHash ?? null,
        server_version: version,
        server_alive: true,
        indexing,
        testnet: !store.network.bitcoin.carriesValue,
        first_block: store.network.firstBlock,
        zonefile_count: store.queries.announcementsCount(),
      });
    },
    { dependsOn: "more" },
  ),

  route(
    "/v2/info",
    {},
    ({ node }) => {
      const { store, version } = node;
      const { indexing, sourceHeight, source, spentScripts, trouble, forkWatch } = node.status();
      const tip = store.queries.tip();
      return ok({
        version,
        network: { id: store.network.id, name: store.network.name, firstBlock: store.network.firstBlock },
        tip:
          tip === null
            ? null
            : { height: tip.height, hash: tip.hash, consensusHash: tip.consensusHash, time: tip.time },
        indexing,
        exactThrough: store.knowsAccounts ? null : exactWithoutAllocation(store.network),
        source: { description: source, height: sourceHeight, spentScripts, trouble },
        forkWatch: {
          ...forkWatch,
          lastReorg: forkWatch.lastReorg === null ? null : { ...forkWatch.lastReorg },
          witnesses: forkWatch.witnesses.map((witness) => ({ ...witness })),
        },
      });
    },
    { dependsOn: "more" },
  ),

  // Alive: it answers, and the database does. A restart would not help against what else is wrong.
  route(
    "/health",
    {},
    ({ node }) => {
      const { trouble } = node.status();
      return ok({ status: stateOf(node), height: node.store.tip()?.height ?? null, trouble });
    },
    { dependsOn: "more" },
  ),

  // Ready for traffic: it has all that its source has.
  route(
    "/ready",
    {},
    ({ node }) => {
      const status = stateOf(node);
      const { sourceHeight, trouble } = node.status();
      const height = node.store.tip()?.height ?? null;
      const answer = ok({ status, height, source_height: sourceHeight, trouble });
      return status === "ready" ? answer : { ...answer, status: 503, headers: { "retry-after": RETRY_SECONDS } };
    },
    { dependsOn: "more" },
  ),

  metricsRoute,
];

/** Seconds after which a node that is not ready may be: the next look at its source. */
const RETRY_SECONDS = "5";

function stateOf(node: ApiNode): "ready" | "indexing" | "trouble" {
  const { indexing, trouble, sourceHeight } = node.status();
  if (trouble !== null) return "trouble";
  return indexing || sourceHeight === null || node.store.tip() === null ? "indexing" : "ready";
}
