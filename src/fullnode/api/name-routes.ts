/** Names: lists, state, history, zone files of a name (spec 10 A2). */
import type { NameRecord } from "../../ops/record.ts";
import type { Name } from "../../primitives/name.ts";
import { isLiveAt } from "../../rules/lifetime.ts";
import { namespaceOf } from "../../primitives/name.ts";
import type { NodeStore } from "../store/store.ts";
import {
  addressParameter,
  firstPageParameter,
  flagParameter,
  nameParameter,
  pageParameter,
  zonefileHashParameter,
} from "./parameters.ts";
import { didOf, historyJson, lifetimeOf } from "./record-json.ts";
import { type ApiResponse, ok, refuse, type Parameter, route, type Route } from "./route.ts";
import { zonefileAnswer, zonefileText } from "./zonefile-routes.ts";

/** Names on one page of a list. */
export const NAMES_PER_PAGE = 100;
/** Operations on one page of a history. */
const HISTORY_PER_PAGE = 20;

const chainParameter: Parameter<string> = { parse: (text) => text, invalid: "Invalid blockchain" };

/** The rows of a page. */
export function pageOf(page: number, size: number): { readonly offset: number; readonly count: number } {
  return { offset: page * size, count: size };
}

/** What the original's REST server says of a name: its state, not its whole record. */
function nameState(record: NameRecord, store: NodeStore): ApiResponse {
  const life = lifetimeOf(record, store);
  if (life === null || (life.expired && !life.inGrace)) return refuse(404, "Name expired");
  return ok({
    status: record.revoked ? "revoked" : "registered",
    zonefile: zonefileText(record.valueHash, store),
    zonefile_hash: record.valueHash,
    address: record.address,
    last_txid: record.txid,
    blockchain: "bitcoin",
    expire_block: life.expireBlock,
    renewal_deadline: life.renewalDeadline,
    grace_period: life.inGrace,
    resolver: null,
    did: didOf(record, store),
  });
}

function history(name: Name, page: number, store: NodeStore): ApiResponse {
  const { offset, count } = pageOf(page, HISTORY_PER_PAGE);
  const newestFirst = store.queries.historyOf(name).reverse();
  const wanted = newestFirst.slice(offset, offset + count);
  return wanted.length === 0 ? refuse(404, "Not found") : ok(historyJson(wanted));
}

/** Names that an address owns now: live and not revoked. */
export const nameRoutes: readonly Route[] = [
  route("/v1/names", { page: pageParameter, all: flagParameter }, ({ node: { store }, values: { page, all } }) => {
    const height = store.tip()?.height ?? 0;
    const rows = pageOf(page, NAMES_PER_PAGE);
    return ok(all ? store.queries.allNames(rows) : store.queries.liveNames(height, rows));
  }),

  route(
    "/v1/names/:name",
    { name: nameParameter },
    ({ node: { store }, values: { name } }) => {
      const record = store.view.name(name);
      return record === null ? { status: 404, body: { status: "available" } } : nameState(record, store);
    },
    { dependsOn: "more" },
  ),

  route(
    "/v1/names/:name/history",
    { name: nameParameter, page: firstPageParameter },
    ({ node: { store }, values: { name, page } }) => history(name, page, store),
  ),

  route(
    "/v1/names/:name/zonefile",
    { name: nameParameter, raw: flagParameter },
    ({ node: { store }, values: { name, raw } }) => {
      const record = store.view.name(name);
      const life = record === null ? null : lifetimeOf(record, store);
      if (record === null || life === null) return refuse(404, "Name not found");
      if (life.expired && !life.inGrace) return refuse(404, "Name expired");
      if (record.valueHash === null) return refuse(404, "Name has no zone file");
      return zonefileAnswer(record.valueHash, raw, store);
    },
    { dependsOn: "more" },
  ),

  route(
    "/v1/names/:name/zonefile/:hash",
    { name: nameParameter, hash: zonefileHashParameter, raw: flagParameter },
    ({ node: { store }, values: { name, hash, raw } }) =>
      store.queries.isAnnouncedBy(hash, name) ? zonefileAnswer(hash, raw, store) : refuse(404, "No such zonefile"),
    { dependsOn: "more" },
  ),

  route(
    "/v1/addresses/:blockchain/:address",
    { blockchain: chainParameter, address: addressParameter },
    ({ node: { store }, values: { blockchain, address } }) => {
      if (blockchain !== "bitcoin") return refuse(404, "Unsupported blockchain");
      const height = store.tip()?.height ?? 0;
      const owned = store.queries.namesOf(address).filter((record) => {
        const namespace = store.view.namespace(namespaceOf(record.name));
        return !record.revoked && isLiveAt(record, namespace, height, store.network);
      });
      return ok({ names: owned.map(({ name }) => name) });
    },
  ),
];
