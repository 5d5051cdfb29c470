/** Namespaces, and what names and namespaces cost (spec 10 A2). */
import { isThere, namePriceAnswer, namespacePriceAnswer } from "../../api/price-answer.ts";
import { pageAnswer, pageOf, ROWS_PER_PAGE } from "../../api/page.ts";
import { type Name, type NamespaceId, namespaceOf } from "../../primitives/name.ts";
import type { StateAt } from "../store/past.ts";
import { atHeight, pastParameter } from "./at-height.ts";
import { LIST_COST, NAMES_PER_PAGE } from "./name-routes.ts";
import { firstPageParameter, nameParameter, namespaceParameter, pageParameter } from "./parameters.ts";
import { namespaceJson } from "./record-json.ts";
import { type ApiResponse, ok, refuse, route, type Route } from "./route.ts";

function priceOfName(name: Name, state: StateAt): ApiResponse {
  return namePriceAnswer(name, state.namespace(namespaceOf(name)), state);
}

function priceOfNamespace(id: NamespaceId, state: StateAt): ApiResponse {
  return namespacePriceAnswer(id, state.namespace(id), state);
}

function priceRoutes(version: string): readonly Route[] {
  return [
    route(
      `/${version}/prices/names/:name`,
      { name: nameParameter, height: pastParameter },
      ({ node: { store }, values: { name, height } }) => atHeight(store, height, (state) => priceOfName(name, state)),
    ),
    route(
      `/${version}/prices/namespaces/:namespace`,
      { namespace: namespaceParameter, height: pastParameter },
      ({ node: { store }, values: { namespace, height } }) =>
        atHeight(store, height, (state) => priceOfNamespace(namespace, state)),
    ),
  ];
}

/** Preorder, reveal and opening, and as many reveals that lapsed: each costs its price again. */
const HISTORY_ROWS = 1000;

export const namespaceRoutes: readonly Route[] = [
  route("/v1/namespaces", { page: firstPageParameter }, ({ node: { store }, values: { page }, request }) => {
    const size = ROWS_PER_PAGE;
    return pageAnswer(store.queries.readyNamespaces(pageOf(page, size)), { page, size, request });
  }),

  route(
    "/v1/namespaces/:namespace",
    { namespace: namespaceParameter, height: pastParameter },
    ({ node: { store }, values: { namespace: id, height } }) =>
      atHeight(store, height, (state) => {
        const record = state.namespace(id);
        if (record === null || !isThere(record, state)) return refuse(404, "No such namespace");
        const newestFirst = store.queries.historyOf(id, state.height, { offset: 0, count: HISTORY_ROWS });
        return ok(namespaceJson(record, newestFirst.reverse()));
      }),
  ),

  route(
    "/v1/namespaces/:namespace/names",
    { namespace: namespaceParameter, page: pageParameter },
    ({ node: { store }, values: { namespace, page }, request }) => {
      if (store.view.namespace(namespace) === null) return refuse(404, "No such namespace");
      const size = NAMES_PER_PAGE;
      const rows = store.queries.liveNamesIn(namespace, store.stateAt().height, pageOf(page, size));
      return pageAnswer(rows, { page, size, request });
    },
    { cost: LIST_COST },
  ),

  route(
    "/v1/namespaces/:namespace/name_count",
    { namespace: namespaceParameter },
    ({ node: { store }, values: { namespace } }) =>
      store.view.namespace(namespace) !== null
        ? ok({ names_count: store.queries.liveNamesCountIn(namespace, store.stateAt().height) })
        : refuse(404, "No such namespace"),
    { cost: LIST_COST },
  ),

  ...priceRoutes("v1"),
  ...priceRoutes("v2"),
];
