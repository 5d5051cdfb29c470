/** Namespaces out of the log, and what names and namespaces cost (spec 10 A2). */
import { pageAnswer, pageOf, ROWS_PER_PAGE } from "../../api/page.ts";
import { firstPageParameter, nameParameter, namespaceParameter, pageParameter } from "../../api/parameters.ts";
import { isThere, namePriceAnswer, namespacePriceAnswer } from "../../api/price-answer.ts";
import { ok, refuse } from "../../api/route.ts";
import type { HashedNamespaceRecord } from "../../ops/hashed-record.ts";
import { namespaceOf } from "../../primitives/name.ts";
import { lifeOf } from "../log-source.ts";
import { route, type Route } from "./light-node.ts";
import { atHeight, pastParameter } from "./log-state.ts";
import { fromLists, LIST_COST, NAMES_PER_PAGE } from "./name-routes.ts";
import { historyJson, namespaceFields } from "./record-json.ts";

/** A record with what decides how long its names live. */
function priced(record: HashedNamespaceRecord | null) {
  return record === null ? null : { ...record, ...lifeOf(record) };
}

function priceRoutes(version: string): readonly Route[] {
  return [
    route(
      `/${version}/prices/names/:name`,
      { name: nameParameter, height: pastParameter },
      ({ node, values: { name, height } }) =>
        atHeight(node, height, (state) => namePriceAnswer(name, priced(state.namespace(namespaceOf(name))), state)),
    ),
    route(
      `/${version}/prices/namespaces/:namespace`,
      { namespace: namespaceParameter, height: pastParameter },
      ({ node, values: { namespace, height } }) =>
        atHeight(node, height, (state) => namespacePriceAnswer(namespace, priced(state.namespace(namespace)), state)),
    ),
  ];
}

export const namespaceRoutes: readonly Route[] = [
  route("/v1/namespaces", { page: firstPageParameter }, ({ node, values: { page }, request }) =>
    fromLists(node, ({ ready }) => {
      const { offset, count } = pageOf(page, ROWS_PER_PAGE);
      return pageAnswer(ready.slice(offset, offset + count), { page, size: ROWS_PER_PAGE, request });
    }),
  ),

  route(
    "/v1/namespaces/:namespace",
    { namespace: namespaceParameter, height: pastParameter },
    ({ node, values: { namespace: id, height } }) =>
      atHeight(node, height, (state) => {
        const record = state.namespace(id);
        if (record === null || !isThere(lifeOf(record), state)) return refuse(404, "No such namespace");
        return ok({ ...namespaceFields(record), ready: record.op === "!", history: historyJson(state.history(id)) });
      }),
  ),

  route(
    "/v1/namespaces/:namespace/names",
    { namespace: namespaceParameter, page: pageParameter },
    ({ node, values: { namespace, page }, request }) =>
      atHeight(node, null, (state) => {
        if (state.namespace(namespace) === null) return refuse(404, "No such namespace");
        return fromLists(node, ({ liveIn }) => {
          const { offset, count } = pageOf(page, NAMES_PER_PAGE);
          const names = (liveIn.get(namespace) ?? []).slice(offset, offset + count);
          return pageAnswer(names, { page, size: NAMES_PER_PAGE, request });
        });
      }),
    { cost: LIST_COST },
  ),

  route(
    "/v1/namespaces/:namespace/name_count",
    { namespace: namespaceParameter },
    ({ node, values: { namespace } }) =>
      atHeight(node, null, (state) =>
        state.namespace(namespace) === null
          ? refuse(404, "No such namespace")
          : fromLists(node, ({ liveIn }) => ok({ names_count: liveIn.get(namespace)?.length ?? 0 })),
      ),
    { cost: LIST_COST },
  ),

  ...priceRoutes("v1"),
  ...priceRoutes("v2"),
];
