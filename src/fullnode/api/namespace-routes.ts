/** Namespaces, and what names and namespaces cost (spec 10 A2). */
import type { NamespaceRecord } from "../../ops/record.ts";
import { STACKS } from "../../primitives/token-amount.ts";
import { labelOf, type Name, type NamespaceId, namespaceOf } from "../../primitives/name.ts";
import { isNamespaceReady, isNamespaceRevealedAt } from "../../protocol/lifetime.ts";
import { namePrice, namespacePrice } from "../../rules/price.ts";
import { namespaceTokenPrice, nameTokenPrice } from "../../rules/token-price.ts";
import type { StateAt } from "../store/past.ts";
import { atHeight, pastParameter } from "./at-height.ts";
import { LIST_COST, NAMES_PER_PAGE } from "./name-routes.ts";
import { pageAnswer, pageOf, ROWS_PER_PAGE } from "../../api/page.ts";
import { firstPageParameter, nameParameter, namespaceParameter, pageParameter } from "./parameters.ts";
import { namespaceJson } from "./record-json.ts";
import { type ApiResponse, type Json, ok, refuse, route, type Route } from "./route.ts";

/** The height that a preorder sent now would be judged at the earliest is one more; the original asks at the last block. */
function priceHeight({ height, network }: StateAt): number {
  return Math.max(height, network.firstBlock);
}

/** Is the namespace ready, or revealed and still within its time? */
function isThere(namespace: NamespaceRecord, state: StateAt): boolean {
  return isNamespaceReady(namespace) || isNamespaceRevealedAt(namespace, state.height, state.network);
}

/**
 * Prices are shown in whole satoshis, rounded up: what is paid must not be less than the price. In millionths of a token
 * where bitcoin is not taken.
 */
function priceJson(satoshis: number | null, tokens: bigint | null): Readonly<Record<string, Json>> | null {
  if (satoshis !== null) {
    const amount = Math.ceil(satoshis);
    return { amount: BigInt(amount).toString(), units: "BTC", satoshis: amount };
  }
  return tokens === null ? null : { amount: tokens.toString(), units: STACKS };
}

const NO_PRICE = "It has no price in this epoch";

function priceOfName(name: Name, state: StateAt): ApiResponse {
  const namespace = state.namespace(namespaceOf(name));
  if (namespace === null || !isThere(namespace, state)) return refuse(404, "Unknown/invalid namespace");
  const of = [labelOf(name), namespace, state.network, priceHeight(state)] as const;
  const price = priceJson(namePrice(...of), nameTokenPrice(...of));
  return price === null ? refuse(404, NO_PRICE) : ok({ name_price: price });
}

function priceOfNamespace(id: NamespaceId, state: StateAt): ApiResponse {
  const of = [id, state.network, priceHeight(state)] as const;
  const price = priceJson(namespacePrice(...of), namespaceTokenPrice(...of));
  if (price === null) return refuse(404, NO_PRICE);
  const namespace = state.namespace(id);
  const opened = namespace !== null && isNamespaceReady(namespace);
  const warning = opened ? { warning: "Namespace already exists" } : {};
  return ok({ ...price, ...warning });
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
