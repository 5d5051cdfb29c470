/** Consensus hashes, counts, zone files by hash, and the server itself (spec 10 A2). */
import { consensusHashParameter, flagParameter, heightParameter, zonefileHashParameter } from "../../api/parameters.ts";
import { metricsAnswer, one, serverMetrics } from "../../api/metrics.ts";
import { ok, refuse } from "../../api/route.ts";
import { zonefileIn } from "../../api/zonefile-body.ts";
import { ParseError } from "../../errors.ts";
import { hash160 } from "../../primitives/digest.ts";
import { zonefileHash } from "../../primitives/hash.ts";
import { isAttested, shownPin } from "../pin.ts";
import { type LightNode, route, type Route } from "./light-node.ts";
import { atHeight } from "./log-state.ts";
import { fromLists, LIST_COST, zonefileAnswer } from "./name-routes.ts";

const ROOT = "/v1/blockchains/bitcoin";
/** A hash may be that of any block. */
const SEARCH_COST = 50;
/** More than a zone file may have (spec 09 §2). */
const MAX_ZONEFILE_BYTES = 40_960;
const RETRY_SECONDS = "5";

function stateOf(node: LightNode): "ready" | "syncing" | "trouble" {
  const { syncing, trouble } = node.status();
  if (trouble !== null) return "trouble";
  return node.pinned === null || syncing ? "syncing" : "ready";
}

/** The consensus hash after a block, null where the log does not have it under the pin. */
export function consensusHashAt({ pinned, network }: Pick<LightNode, "pinned" | "network">, height: number) {
  if (pinned === null || height < network.firstBlock || height > pinned.pin.height) return null;
  return pinned.log.spine.consensusHashAt(height);
}

export const chainRoutes: readonly Route[] = [
  route(`${ROOT}/consensus`, {}, ({ node }) => ok({ consensus_hash: node.pinned?.pin.consensusHash ?? null })),

  route(`${ROOT}/consensus/:height`, { height: heightParameter }, ({ node, values: { height } }) =>
    ok({ consensus_hash: consensusHashAt(node, height) }),
  ),

  route(
    `${ROOT}/consensus-block/:hash`,
    { hash: consensusHashParameter },
    ({ node, values: { hash } }) =>
      atHeight(node, null, ({ height: last, network }) => {
        for (let height = last; height >= network.firstBlock; height--) {
          if (consensusHashAt(node, height) === hash) return ok({ block_height: height });
        }
        return refuse(404, "No such consensus hash");
      }),
    { cost: SEARCH_COST },
  ),

  route(
    `${ROOT}/name_count`,
    { all: flagParameter },
    ({ node, values: { all } }) =>
      fromLists(node, (lists) => ok({ names_count: (all ? lists.all : lists.live).length })),
    { cost: LIST_COST },
  ),

  route(
    "/v1/zonefiles/:hash",
    { hash: zonefileHashParameter },
    ({ node, values: { hash } }) => zonefileAnswer(hash, true, node),
    { dependsOn: "more" },
  ),

  // Whether the chain announced it is for the nodes to say: the log's last blocks are behind theirs.
  route(
    "/v1/zonefile",
    {},
    ({ node, request }) => {
      let bytes: Uint8Array;
      try {
        bytes = zonefileIn(request);
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        return refuse(400, error.message);
      }
      const hash = zonefileHash.of(hash160(bytes));
      if (bytes.length > MAX_ZONEFILE_BYTES) {
        return refuse(413, `Zone file is too large: at most ${MAX_ZONEFILE_BYTES} bytes`);
      }
      if (node.zonefile(hash) !== null) return ok({ status: true, servers: [], zonefile_hash: hash });
      node.lacks(() => node.publishZonefile(bytes));
      return refuse(404, `Zone file not saved: no node took it; has an operation announced its hash ${hash}?`);
    },
    { method: "POST", dependsOn: "more", cost: 10 },
  ),

  ...["/v1/node/ping", "/v1/ping"].map((path) =>
    route(path, {}, ({ node: { version } }) => ok({ status: "alive", version }), { dependsOn: "more" }),
  ),

  route(
    "/v1/info",
    {},
    ({ node }) => {
      const { pinned, network, version } = node;
      const { nodesHeight, syncing } = node.status();
      return ok({
        last_block_seen: nodesHeight ?? pinned?.pin.height ?? null,
        last_block_processed: pinned?.pin.height ?? null,
        consensus: pinned?.pin.consensusHash ?? null,
        server_version: version,
        server_alive: true,
        indexing: pinned === null || syncing,
        testnet: !network.bitcoin.carriesValue,
        first_block: network.firstBlock,
      });
    },
    { dependsOn: "more" },
  ),

  // It has no index and no blocks: what asks for a full node's tip finds none, and what knows light servers finds the pin.
  route(
    "/v2/info",
    {},
    ({ node }) => {
      const { pinned, network, version } = node;
      const { nodesHeight, syncing, trouble } = node.status();
      return ok({
        version,
        network: { id: network.id, name: network.name, firstBlock: network.firstBlock },
        tip: null,
        indexing: pinned === null || syncing,
        source: { description: "tiles of a verified log", height: nodesHeight, trouble },
        ...(pinned === null ? {} : { light: { pin: { ...shownPin(pinned.pin) }, time: null } }),
      });
    },
    { dependsOn: "more" },
  ),

  route(
    "/health",
    {},
    ({ node }) =>
      ok({ status: stateOf(node), height: node.pinned?.pin.height ?? null, trouble: node.status().trouble }),
    { dependsOn: "more" },
  ),

  route(
    "/ready",
    {},
    ({ node }) => {
      const status = stateOf(node);
      const answer = ok({ status, height: node.pinned?.pin.height ?? null, trouble: node.status().trouble });
      return status === "ready" ? answer : { ...answer, status: 503, headers: { "retry-after": RETRY_SECONDS } };
    },
    { dependsOn: "more" },
  ),

  route(
    "/metrics",
    {},
    ({ node }) => {
      const { pinned, tally } = node;
      const { nodesHeight, syncing, trouble } = node.status();
      return metricsAnswer([
        one("gauge", "bsk_light_pin_height", "Height of the pin that answers rest on.", pinned?.pin.height ?? null),
        one(
          "gauge",
          "bsk_light_pin_attested",
          "0 where the pin is one node's word.",
          pinned === null ? null : Number(isAttested(pinned.pin)),
        ),
        one("gauge", "bsk_light_nodes_height", "Height of the last block of the nodes that were asked.", nodesHeight),
        one("gauge", "bsk_light_syncing", "1 while the log is behind the pin.", Number(syncing)),
        one("gauge", "bsk_light_trouble", "1 while pin or log cannot be kept current.", Number(trouble !== null)),
        ...serverMetrics(tally),
      ]);
    },
    { dependsOn: "more" },
  ),
];
