/** Subdomains: names that zone files of the chain carry (spec 10 A2, spec 06 §7.5 and §7.6). */
import { Buffer } from "node:buffer";
import type { ZonefileHash } from "../../primitives/hash.ts";
import { stemOf, type SubdomainName } from "../../primitives/name.ts";
import { pageAnswer, pageOf } from "../../api/page.ts";
import type { NodeStore } from "../store/store.ts";
import type { StoredSubdomain, SubdomainStanding } from "../store/subdomains.ts";
import { pageParameter, txidParameter } from "./parameters.ts";
import { type ApiRequest, type ApiResponse, type Json, ok, refuse, route, type Route } from "./route.ts";
import { textOf, zonefileResponse } from "../../api/zonefile-body.ts";

/** Subdomains on one page of a list. */
const SUBDOMAINS_PER_PAGE = 100;
/** Records on one page of a history. */
const HISTORY_PER_PAGE = 20;

/** No block has to come for another answer, only a zone file: no `ETag` stands for it. */
const asZonefilesAre = (answer: ApiResponse): ApiResponse => ({ ...answer, incomplete: true });

/** A subdomain that is not here; who may know more is told by a redirect, as in the original. */
function unknown(name: SubdomainName, { queries }: NodeStore): ApiResponse {
  const resolver = queries.resolverOf(stemOf(name));
  if (resolver === null) return { status: 404, body: { status: "available", more: "no zone file here carries it" } };
  const location = `${resolver.replace(/\/+$/u, "")}/v1/names/${name}`;
  return { status: 301, body: { status: "redirect", resolver }, headers: { location } };
}

/** Answers from a subdomain as it stood after the block of a height. */
function withSubdomain(
  name: SubdomainName,
  store: NodeStore,
  height: number,
  answer: (of: SubdomainStanding) => ApiResponse,
  otherwise: () => ApiResponse = () => refuse(404, "Not found"),
): ApiResponse {
  const standing = store.queries.subdomain(name, height);
  return asZonefilesAre(standing === null ? otherwise() : answer(standing));
}

/** What the original's REST server says of a subdomain. */
export function subdomainState(name: SubdomainName, store: NodeStore, height: number): ApiResponse {
  const answer = (standing: SubdomainStanding): ApiResponse => {
    const { current } = standing;
    return ok({
      status: "registered_subdomain",
      zonefile: textOf(current.zonefile),
      zonefile_hash: current.zonefileHash,
      address: current.owner,
      blockchain: "bitcoin",
      last_txid: current.txid,
      did: store.queries.subdomainDid(standing),
    });
  };
  return withSubdomain(name, store, height, answer, () => unknown(name, store));
}

function recordFields(of: StoredSubdomain): Readonly<Record<string, Json>> {
  return {
    name: of.name,
    address: of.owner,
    domain: of.domain,
    block_number: of.height,
    sequence: of.sequence,
    txid: of.txid,
    value_hash: of.zonefileHash,
    zonefile: Buffer.from(of.zonefile).toString("base64"),
    ...(of.resolver === null ? {} : { resolver: of.resolver }),
  };
}

/** The full record of a subdomain. */
export function subdomainRecord(name: SubdomainName, store: NodeStore, height: number): ApiResponse {
  return withSubdomain(name, store, height, (standing) =>
    ok({
      ...recordFields(standing.current),
      pending: store.queries.isSubdomainPending(name),
      did: store.queries.subdomainDid(standing),
    }),
  );
}

/** The records that count, under the height of their block, newest pages first. */
export function subdomainHistory(
  name: SubdomainName,
  store: NodeStore,
  {
    height,
    page,
    request,
  }: {
    readonly height: number;
    readonly page: number;
    readonly request: ApiRequest;
  },
): ApiResponse {
  const { offset, count } = pageOf(page, HISTORY_PER_PAGE);
  return withSubdomain(name, store, height, ({ accepted }) => {
    const rows = [...accepted].reverse().slice(offset, offset + count);
    if (rows.length === 0) return refuse(404, "Not found");
    return pageAnswer(rows, { page, size: HISTORY_PER_PAGE, request }, (all) => {
      const byHeight: Record<string, Json[]> = {};
      for (const record of all) (byHeight[String(record.height)] ??= []).push(recordFields(record));
      return byHeight;
    });
  });
}

/** The zone file of a subdomain, or one that it had. */
export function subdomainZonefile(
  name: SubdomainName,
  store: NodeStore,
  { height, raw, hash }: { readonly height: number; readonly raw: boolean; readonly hash: ZonefileHash | null },
): ApiResponse {
  return withSubdomain(name, store, height, ({ current, accepted }) => {
    const of = hash === null ? current : accepted.find((record) => record.zonefileHash === hash);
    return of === undefined ? refuse(404, "No such zonefile") : zonefileResponse(of.zonefile, raw);
  });
}

/** A row of the original's table. */
function rowOf(of: StoredSubdomain, { queries }: NodeStore): Json {
  const accepted = queries.subdomain(of.name, Infinity)?.accepted ?? [];
  const counts = accepted.some(({ position, offset }) => position === of.position && offset === of.offset);
  return {
    accepted: counts ? 1 : 0,
    block_height: of.height,
    domain: of.domain,
    fully_qualified_subdomain: of.name,
    missing: of.missing.join(","),
    owner: of.owner,
    parent_zonefile_hash: of.carrier,
    parent_zonefile_index: queries.subdomainPlace(of.position),
    resolver: of.resolver,
    sequence: of.sequence,
    signature: of.signature ?? "None",
    txid: of.txid,
    zonefile_hash: of.zonefileHash,
    zonefile_offset: of.offset,
  };
}

export const subdomainRoutes: readonly Route[] = [
  route(
    "/v1/subdomains",
    { page: pageParameter },
    ({ node: { store }, values: { page }, request }) => {
      const size = SUBDOMAINS_PER_PAGE;
      return asZonefilesAre(pageAnswer(store.queries.allSubdomains(pageOf(page, size)), { page, size, request }));
    },
    { cost: 20 },
  ),

  route(
    "/v1/subdomains/:txid",
    { txid: txidParameter },
    ({ node: { store }, values: { txid } }) =>
      asZonefilesAre(ok(store.queries.subdomainsOfTransaction(txid).map((record) => rowOf(record, store)))),
    { cost: 20 },
  ),

  route(
    "/v1/blockchains/bitcoin/subdomains_count",
    {},
    ({ node: { store } }) => asZonefilesAre(ok({ names_count: store.queries.subdomainsCount() })),
    { cost: 20 },
  ),
];
