/** Names: lists, state, history, zone files of a name, the names of an address (spec 10 A2). */
import type { NameRecord } from "../../ops/record.ts";
import { isSubdomainName, namespaceOf } from "../../primitives/name.ts";
import { isLiveAt } from "../../protocol/lifetime.ts";
import type { StateAt } from "../store/past.ts";
import type { NameStanding } from "../store/queries.ts";
import { atHeight, pastParameter } from "./at-height.ts";
import { pageAnswer, pageOf, ROWS_PER_PAGE } from "../../api/page.ts";
import {
  addressParameter,
  anyNameParameter,
  firstPageParameter,
  flagParameter,
  pageParameter,
  zonefileHashParameter,
} from "./parameters.ts";
import { didOf, historyJson, lifetimeOf } from "./record-json.ts";
import { type ApiResponse, ok, refuse, type Parameter, route, type Route } from "./route.ts";
import { subdomainHistory, subdomainState, subdomainZonefile } from "./subdomain-routes.ts";
import { textOf } from "../../api/zonefile-body.ts";
import { zonefileAnswer } from "./zonefile-routes.ts";

/** Names on one page of a list. */
export const NAMES_PER_PAGE = 100;
/** Operations on one page of a history. */
const HISTORY_PER_PAGE = 20;
/** A page of a list of all names is looked for from the first name on. */
export const LIST_COST = 20;

const chainParameter: Parameter<string> = { parse: (text) => text, invalid: "Invalid blockchain" };

/** What the original's REST server says of a name: its state, not its whole record. */
function nameState(of: NameStanding | null, state: StateAt): ApiResponse {
  if (of === null) return { status: 404, body: { status: "available" } };
  const life = lifetimeOf(of, state);
  if (life === null || (life.expired && !life.inGrace)) return refuse(404, "Name expired");
  const answer = ok({
    status: of.revoked ? "revoked" : "registered",
    zonefile: of.zonefile instanceof Uint8Array ? textOf(of.zonefile) : of.zonefile,
    zonefile_hash: of.valueHash,
    address: of.address,
    last_txid: of.txid,
    blockchain: "bitcoin",
    expire_block: life.expireBlock,
    renewal_deadline: life.renewalDeadline,
    grace_period: life.inGrace,
    resolver: null,
    did: didOf(of),
  });
  return of.zonefile === null && of.valueHash !== null ? { ...answer, incomplete: true } : answer;
}

/** Names that an address owns after a block: live and not revoked. */
function ownedBy(records: readonly NameRecord[], state: StateAt): NameRecord[] {
  return records.filter((record) => {
    const namespace = state.namespace(namespaceOf(record.name));
    return !record.revoked && isLiveAt(record, namespace, state.height, state.network);
  });
}

export const nameRoutes: readonly Route[] = [
  route(
    "/v1/names",
    { page: pageParameter, all: flagParameter },
    ({ node: { store }, values: { page, all }, request }) => {
      const size = NAMES_PER_PAGE;
      const wanted = pageOf(page, size);
      const { queries } = store;
      const rows = all ? queries.allNames(wanted) : queries.liveNames(store.tip()?.height ?? 0, wanted);
      return pageAnswer(rows, { page, size, request });
    },
    { cost: LIST_COST },
  ),

  route(
    "/v1/names/:name",
    { name: anyNameParameter, height: pastParameter },
    ({ node: { store }, values: { name, height } }) =>
      atHeight(store, height, (state) =>
        isSubdomainName(name) ? subdomainState(name, store, state.height) : nameState(state.standing(name), state),
      ),
  ),

  route(
    "/v1/names/:name/history",
    { name: anyNameParameter, page: firstPageParameter, height: pastParameter },
    ({ node: { store }, values: { name, page, height }, request }) =>
      atHeight(store, height, (state) => {
        if (isSubdomainName(name)) return subdomainHistory(name, store, { height: state.height, page, request });
        const size = HISTORY_PER_PAGE;
        const rows = store.queries.historyOf(name, state.height, pageOf(page, size));
        return rows.length === 0 ? refuse(404, "Not found") : pageAnswer(rows, { page, size, request }, historyJson);
      }),
    { cost: 2 },
  ),

  route(
    "/v1/names/:name/zonefile",
    { name: anyNameParameter, raw: flagParameter, height: pastParameter },
    ({ node: { store }, values: { name, raw, height } }) =>
      atHeight(store, height, (state) => {
        if (isSubdomainName(name)) return subdomainZonefile(name, store, { height: state.height, raw, hash: null });
        const record = state.name(name);
        const life = record === null ? null : lifetimeOf(record, state);
        if (record === null || life === null) return refuse(404, "Name not found");
        if (life.expired && !life.inGrace) return refuse(404, "Name expired");
        if (record.valueHash === null) return refuse(404, "Name has no zone file");
        return zonefileAnswer(record.valueHash, raw, store);
      }),
  ),

  // A hash says what the bytes are: once they are there, no block changes them.
  route(
    "/v1/names/:name/zonefile/:hash",
    { name: anyNameParameter, hash: zonefileHashParameter, raw: flagParameter },
    ({ node: { store }, values: { name, hash, raw } }) => {
      if (isSubdomainName(name)) return subdomainZonefile(name, store, { height: Infinity, raw, hash });
      return store.queries.isAnnouncedBy(hash, name)
        ? zonefileAnswer(hash, raw, store)
        : refuse(404, "No such zonefile");
    },
  ),

  route(
    "/v1/addresses/:blockchain/:address",
    { blockchain: chainParameter, address: addressParameter, page: firstPageParameter, height: pastParameter },
    ({ node: { store }, values: { blockchain, address, page, height }, request }) => {
      if (blockchain !== "bitcoin") return refuse(404, "Unsupported blockchain", "blockchain");
      return atHeight(store, height, (state) => {
        const size = ROWS_PER_PAGE;
        const { offset, count } = pageOf(page, size);
        const owned = [
          ...ownedBy(state.namesOf(address), state).map(({ name }) => name),
          ...store.queries.subdomainsOf(address, state.height),
        ].slice(offset, offset + count);
        return pageAnswer(owned, { page, size, request }, (names) => ({ names }));
      });
    },
    // A zone file that comes without a block may carry a subdomain.
    { cost: 5, dependsOn: "more" },
  ),
];
