/** The node itself: is it there, how far is it, what does it follow. */
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
      const { indexing, sourceHeight, source, spentScripts, trouble } = node.status();
      const tip = store.queries.tip();
      return ok({
        version,
        network: { id: store.network.id, name: store.network.name, firstBlock: store.network.firstBlock },
        tip:
          tip === null
            ? null
            : { height: tip.height, hash: tip.hash, consensusHash: tip.consensusHash, time: tip.time },
        indexing,
        source: { description: source, height: sourceHeight, spentScripts, trouble },
      });
    },
    { dependsOn: "more" },
  ),

  route(
    "/health",
    {},
    ({ node }) => {
      const { indexing, trouble } = node.status();
      const status = trouble !== null ? "trouble" : indexing ? "indexing" : "ready";
      return { status: status === "trouble" ? 503 : 200, body: { status, trouble } };
    },
    { dependsOn: "more" },
  ),
];
