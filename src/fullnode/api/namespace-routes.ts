/** Namespaces, and what names and namespaces cost (spec 10 A2). */
import { labelOf, type Name, type NamespaceId, namespaceOf } from "../../primitives/name.ts";
import { isNamespaceReady, isNamespaceRevealedAt } from "../../rules/lifetime.ts";
import { namePrice, namespacePrice } from "../../rules/price.ts";
import type { NodeStore } from "../store/store.ts";
import { NAMES_PER_PAGE, pageOf } from "./name-routes.ts";
import { nameParameter, namespaceParameter, pageParameter } from "./parameters.ts";
import { namespaceJson } from "./record-json.ts";
import { type ApiResponse, ok, refuse, route, type Route } from "./route.ts";

/** The height that a preorder sent now would be judged at the earliest is one more; the original asks at the last block. */
function lastHeight(store: NodeStore): number {
  return store.tip()?.height ?? store.network.firstBlock;
}

/** Is the namespace ready, or revealed and still within its time? */
function isThere(id: NamespaceId, store: NodeStore): boolean {
  const namespace = store.view.namespace(id);
  if (namespace === null) return false;
  return isNamespaceReady(namespace) || isNamespaceRevealedAt(namespace, lastHeight(store), store.network);
}

/** Prices are shown in whole satoshis, rounded up: what is paid must not be less than the price. */
function priceJson(satoshis: number) {
  const amount = Math.ceil(satoshis);
  return { amount: String(amount), units: "BTC", satoshis: amount };
}

const PRICED_IN_TOKENS = "Prices of this epoch are in tokens";

function priceOfName(name: Name, store: NodeStore): ApiResponse {
  const namespace = store.view.namespace(namespaceOf(name));
  if (namespace === null || !isThere(namespace.namespaceId, store)) return refuse(404, "Unknown/invalid namespace");
  const price = namePrice(labelOf(name), namespace, store.network, lastHeight(store));
  return price === null ? refuse(404, PRICED_IN_TOKENS) : ok({ name_price: priceJson(price) });
}

function priceOfNamespace(id: NamespaceId, store: NodeStore): ApiResponse {
  const price = namespacePrice(id, store.network, lastHeight(store));
  if (price === null) return refuse(404, PRICED_IN_TOKENS);
  const namespace = store.view.namespace(id);
  const opened = namespace !== null && isNamespaceReady(namespace);
  const warning = opened ? { warning: "Namespace already exists" } : {};
  return ok({ ...priceJson(price), ...warning });
}

function priceRoutes(version: string): readonly Route[] {
  return [
    route(`/${version}/prices/names/:name`, { name: nameParameter }, ({ node, values }) =>
      priceOfName(values.name, node.store),
    ),
    route(`/${version}/prices/namespaces/:namespace`, { namespace: namespaceParameter }, ({ node, values }) =>
      priceOfNamespace(values.namespace, node.store),
    ),
  ];
}

export const namespaceRoutes: readonly Route[] = [
  route("/v1/namespaces", {}, ({ node: { store } }) =>
    ok(
      store.queries
        .namespaces()
        .filter(isNamespaceReady)
        .map(({ namespaceId }) => namespaceId),
    ),
  ),

  route("/v1/namespaces/:namespace", { namespace: namespaceParameter }, ({ node: { store }, values }) => {
    const record = store.view.namespace(values.namespace);
    if (record === null || !isThere(values.namespace, store)) return refuse(404, "No such namespace");
    return ok(namespaceJson(record, store.queries.historyOf(values.namespace)));
  }),

  route(
    "/v1/namespaces/:namespace/names",
    { namespace: namespaceParameter, page: pageParameter },
    ({ node: { store }, values: { namespace, page } }) =>
      store.view.namespace(namespace) !== null
        ? ok(store.queries.liveNamesIn(namespace, lastHeight(store), pageOf(page, NAMES_PER_PAGE)))
        : refuse(404, "No such namespace"),
  ),

  route(
    "/v1/namespaces/:namespace/name_count",
    { namespace: namespaceParameter },
    ({ node: { store }, values: { namespace } }) =>
      store.view.namespace(namespace) !== null
        ? ok({ names_count: store.queries.liveNamesCountIn(namespace, lastHeight(store)) })
        : refuse(404, "No such namespace"),
  ),

  ...priceRoutes("v1"),
  ...priceRoutes("v2"),
];
