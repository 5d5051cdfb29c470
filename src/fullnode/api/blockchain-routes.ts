/** What the chain came to: consensus hashes, operations, records, transactions (spec 10 A2). */
import { Buffer } from "node:buffer";
import type { BlockHeight } from "../../primitives/units.ts";
import { isSubdomainName } from "../../primitives/name.ts";
import type { TransactionVerdict } from "../store/queries.ts";
import { atHeight, pastParameter } from "./at-height.ts";
import { LIST_COST } from "./name-routes.ts";
import { pageAnswer, pageOf, ROWS_PER_PAGE } from "../../api/page.ts";
import {
  anyNameParameter,
  consensusHashParameter,
  firstPageParameter,
  flagParameter,
  heightParameter,
  txidParameter,
} from "./parameters.ts";
import { didOf, lifetimeOf, nameJson, recordJson } from "./record-json.ts";
import { type Json, ok, type Parameter, refuse, route, type Route } from "./route.ts";
import { subdomainRecord } from "./subdomain-routes.ts";

const ROOT = "/v1/blockchains/bitcoin";

/** The height of a block that an answer is to be compared with. */
const placeParameter: Parameter<BlockHeight | null> = { ...heightParameter, absent: null };

/** What is not accepted in a block that came from a tile may have been refused: by which rule, no tile says. */
const REFUSALS_UNKNOWN = {
  status: "ignored",
  rule: "refusals-unknown",
  because: "the node took the block from tiles, which hold what was accepted: why the rest was not, it does not know",
} as const;

function verdictJson(verdict: TransactionVerdict | null, refusalsKnown: boolean): Json {
  if (verdict === null) return refusalsKnown ? { status: "ignored" } : REFUSALS_UNKNOWN;
  const { kind, height, vtxindex } = verdict;
  const place = { status: kind, block_height: height, vtxindex };
  return verdict.kind === "accepted"
    ? { ...place, op: verdict.opcode }
    : { ...place, rule: verdict.rule, because: verdict.because };
}

export const blockchainRoutes: readonly Route[] = [
  route(`${ROOT}/consensus`, {}, ({ node: { store } }) =>
    ok({ consensus_hash: store.queries.tip()?.consensusHash ?? null }),
  ),

  // An unknown height is no error to clients of the original.
  route(`${ROOT}/consensus/:height`, { height: heightParameter }, ({ node: { store }, values: { height } }) =>
    ok({ consensus_hash: store.consensusHashAt(height) }),
  ),

  route(`${ROOT}/consensus-block/:hash`, { hash: consensusHashParameter }, ({ node: { store }, values: { hash } }) => {
    const height = store.queries.heightOfConsensusHash(hash);
    return height === null ? refuse(404, "No such consensus hash") : ok({ block_height: height });
  }),

  route(
    `${ROOT}/names/:name`,
    { name: anyNameParameter, height: pastParameter },
    ({ node: { store }, values: { name, height } }) =>
      atHeight(store, height, (state) => {
        if (isSubdomainName(name)) return subdomainRecord(name, store, state.height);
        const record = state.name(name);
        const life = record === null ? null : lifetimeOf(record, state);
        if (record === null || life === null) return refuse(404, "Not found");
        const bytes = record.valueHash === null ? null : store.queries.zonefile(record.valueHash);
        const zonefile = bytes === null ? null : Buffer.from(bytes).toString("base64");
        const answer = ok(
          nameJson(record, life, { did: didOf(store.queries.originOf(name, record.firstRegistered)), zonefile }),
        );
        return zonefile === null && record.valueHash !== null ? { ...answer, incomplete: true } : answer;
      }),
  ),

  route(
    `${ROOT}/operations/:height`,
    { height: heightParameter, page: firstPageParameter },
    ({ node: { store }, values: { height, page }, request }) => {
      const size = ROWS_PER_PAGE;
      const rows = store.queries.operationsAt(height, pageOf(page, size));
      return pageAnswer(rows, { page, size, request }, (all) => all.map(({ record }) => recordJson(record)));
    },
    { cost: 10 },
  ),

  route(
    `${ROOT}/name_count`,
    { all: flagParameter },
    ({ node: { store }, values: { all } }) => {
      const count = all ? store.queries.allNamesCount() : store.queries.liveNamesCount(store.tip()?.height ?? 0);
      return ok({ names_count: count });
    },
    { cost: LIST_COST },
  ),

  route(
    `${ROOT}/transactions/:txid`,
    { txid: txidParameter, height: placeParameter },
    ({ node, values: { txid, height } }) =>
      ok({
        status: true,
        indexing: node.status().indexing,
        lastblock: node.store.tip()?.height ?? null,
        // Says which branch the answer is about, to whoever knows the block that should be there.
        ...(height === null ? {} : { block_hash: node.store.blockHashAt(height) }),
        tx: verdictJson(
          node.store.queries.transaction(txid),
          height === null || node.store.queries.knowsRefusalsAt(height),
        ),
      }),
    { dependsOn: "more" },
  ),
];
