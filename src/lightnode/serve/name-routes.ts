/** Names out of the log: lists, state, history, zone files of a name, the names of an address (spec 10 A2). */
import { Buffer } from "node:buffer";
import { pageAnswer, pageOf, ROWS_PER_PAGE } from "../../api/page.ts";
import {
  firstPageParameter,
  flagParameter,
  nameParameter,
  pageParameter,
  zonefileHashParameter,
} from "../../api/parameters.ts";
import { type ApiResponse, ok, refuse } from "../../api/route.ts";
import { textOf, zonefileResponse } from "../../api/zonefile-body.ts";
import { type Address, address } from "../../bitcoin/address.ts";
import { isNameRecord } from "../../ops/hashed-record.ts";
import type { ZonefileHash } from "../../primitives/hash.ts";
import type { Name } from "../../primitives/name.ts";
import { type LightNode, type Parameter, route, type Route } from "./light-node.ts";
import { atHeight, type LogState, pastParameter } from "./log-state.ts";
import type { NameLists } from "./log-lists.ts";
import { historyJson, lifeFields, nameFields } from "./record-json.ts";

/** Names on one page of a list, and operations on one of a history. */
export const NAMES_PER_PAGE = 100;
const HISTORY_PER_PAGE = 20;
/** The first question makes the lists. */
export const LIST_COST = 20;

const addressParameter: Parameter<Address> = {
  parse: (text, { network }) => address(text, network.bitcoin),
  invalid: "Invalid address",
};
const chainParameter: Parameter<string> = { parse: (text) => text, invalid: "Invalid blockchain" };

/** The zone file if it is at hand; else it is asked for, and the answer made again. */
function zonefileOf(hash: ZonefileHash, node: LightNode): Uint8Array | null {
  const bytes = node.zonefile(hash);
  if (bytes === null) node.lacks(() => node.fetchZonefile(hash));
  return bytes;
}

export function zonefileAnswer(hash: ZonefileHash, raw: boolean, node: LightNode): ApiResponse {
  return zonefileResponse(zonefileOf(hash, node), raw);
}

/** Answers from the lists, which the first who asks has made. */
export function fromLists(node: LightNode, answer: (lists: NameLists) => ApiResponse): ApiResponse {
  const { lists } = node;
  return atHeight(node, null, () => {
    const made = lists?.made ?? null;
    if (made !== null) return answer(made);
    if (lists !== null) node.lacks(() => lists.make());
    return refuse(503, "the lists are being made");
  });
}

/** What the original's REST server says of a name: its state, not its whole record. */
function nameState(name: Name, state: LogState, node: LightNode): ApiResponse {
  const found = state.name(name);
  if (found === null) {
    const isGone = state.history(name).length > 0;
    return isGone ? refuse(404, "Name expired") : { status: 404, body: { status: "available" } };
  }
  const { record, life } = found;
  if (life.expired && !life.inGrace) return refuse(404, "Name expired");
  const zonefile = record.valueHash === null ? null : zonefileOf(record.valueHash, node);
  const answer = ok({
    status: record.revoked ? "revoked" : "registered",
    zonefile: zonefile === null ? null : textOf(zonefile),
    zonefile_hash: record.valueHash,
    address: record.address,
    last_txid: record.txid,
    blockchain: "bitcoin",
    ...lifeFields(life),
    resolver: null,
    did: state.didOf(record),
  });
  return zonefile === null && record.valueHash !== null ? { ...answer, incomplete: true } : answer;
}

export const nameRoutes: readonly Route[] = [
  route(
    "/v1/names",
    { page: pageParameter, all: flagParameter },
    ({ node, values: { page, all }, request }) =>
      fromLists(node, (lists) => {
        const size = NAMES_PER_PAGE;
        const { offset, count } = pageOf(page, size);
        const names = (all ? lists.all : lists.live).slice(offset, offset + count);
        return pageAnswer(names, { page, size, request });
      }),
    { cost: LIST_COST },
  ),

  route("/v1/names/:name", { name: nameParameter, height: pastParameter }, ({ node, values: { name, height } }) =>
    atHeight(node, height, (state) => nameState(name, state, node)),
  ),

  route(
    "/v1/names/:name/history",
    { name: nameParameter, page: firstPageParameter, height: pastParameter },
    ({ node, values: { name, page, height }, request }) =>
      atHeight(node, height, (state) => {
        const size = HISTORY_PER_PAGE;
        const { offset, count } = pageOf(page, size);
        const rows = state
          .history(name)
          .toReversed()
          .slice(offset, offset + count);
        return rows.length === 0 ? refuse(404, "Not found") : pageAnswer(rows, { page, size, request }, historyJson);
      }),
    { cost: 2 },
  ),

  route(
    "/v1/names/:name/zonefile",
    { name: nameParameter, raw: flagParameter, height: pastParameter },
    ({ node, values: { name, raw, height } }) =>
      atHeight(node, height, (state) => {
        const found = state.name(name);
        if (found === null) return refuse(404, "Name not found");
        const { record, life } = found;
        if (life.expired && !life.inGrace) return refuse(404, "Name expired");
        if (record.valueHash === null) return refuse(404, "Name has no zone file");
        return zonefileAnswer(record.valueHash, raw, node);
      }),
  ),

  route(
    "/v1/names/:name/zonefile/:hash",
    { name: nameParameter, hash: zonefileHashParameter, raw: flagParameter },
    ({ node, values: { name, hash, raw } }) =>
      atHeight(node, null, (state) => {
        const carried = state.history(name).some(({ record }) => isNameRecord(record) && record.valueHash === hash);
        return carried ? zonefileAnswer(hash, raw, node) : refuse(404, "No such zonefile");
      }),
  ),

  route(
    "/v1/addresses/:blockchain/:address",
    { blockchain: chainParameter, address: addressParameter, page: firstPageParameter, height: pastParameter },
    ({ node, values: { blockchain, address, page, height }, request }) => {
      if (blockchain !== "bitcoin") return refuse(404, "Unsupported blockchain", "blockchain");
      return atHeight(node, height, (state) => {
        const size = ROWS_PER_PAGE;
        const { offset, count } = pageOf(page, size);
        const names = state.namesOf(address).slice(offset, offset + count);
        return pageAnswer(names, { page, size, request }, (rows) => ({ names: [...rows] }));
      });
    },
    { cost: 5 },
  ),

  route("/v1/blockchains/bitcoin/names/:name", { name: nameParameter, height: pastParameter }, ({ node, values }) =>
    atHeight(node, values.height, (state) => {
      const found = state.name(values.name);
      if (found === null) return refuse(404, "Not found");
      const { record, life } = found;
      const bytes = record.valueHash === null ? null : zonefileOf(record.valueHash, node);
      const answer = ok({
        ...nameFields(record),
        ...lifeFields(life),
        expired: life.expired,
        resolver: null,
        did: state.didOf(record),
        zonefile: bytes === null ? null : Buffer.from(bytes).toString("base64"),
      });
      return bytes === null && record.valueHash !== null ? { ...answer, incomplete: true } : answer;
    }),
  ),

  ...["v1", "v2"].map((version) =>
    route(`/${version}/users/:name`, { name: nameParameter }, ({ node, values: { name } }) =>
      atHeight(node, null, (state) =>
        state.name(name) === null
          ? refuse(404, "Not found", "name")
          : refuse(
              501,
              `profiles are not fetched by this server: ask the URL in the zone file, /v1/names/${name}/zonefile`,
            ),
      ),
    ),
  ),
];
