/** Every route, and the one function that answers a request: no socket needed. */
import { find, type Found } from "../../api/answer.ts";
import { routerOf } from "../../api/router.ts";
import { accountRoutes } from "./account-routes.ts";
import { answerRoutes } from "./answer-routes.ts";
import type { ApiNode } from "./api-node.ts";
import { blockRoutes } from "./block-routes.ts";
import { blockchainRoutes } from "./blockchain-routes.ts";
import { nameRoutes } from "./name-routes.ts";
import { namespaceRoutes } from "./namespace-routes.ts";
import { nodeRoutes } from "./node-routes.ts";
import { preflightRoutes } from "./preflight-routes.ts";
import { profileRoutes } from "./profile-routes.ts";
import { proofRoutes } from "./proof-routes.ts";
import type { ApiRequest, ApiResponse } from "./route.ts";
import { tileRoutes } from "./tile-routes.ts";
import { walkRoutes } from "./walk-routes.ts";
import { subdomainRoutes } from "./subdomain-routes.ts";
import { zonefileRoutes } from "./zonefile-routes.ts";

const router = routerOf([
  ...nodeRoutes,
  ...nameRoutes,
  ...subdomainRoutes,
  ...zonefileRoutes,
  ...profileRoutes,
  ...namespaceRoutes,
  ...blockchainRoutes,
  ...blockRoutes,
  ...preflightRoutes,
  ...proofRoutes,
  ...tileRoutes,
  ...answerRoutes,
  ...walkRoutes,
  ...accountRoutes,
]);

/** Finds the route of a request to the API. Never throws for what a client sent. */
export function findRoute(request: ApiRequest, node: ApiNode): Found {
  const { store } = node;
  const consensusHashAt = (height?: number) =>
    height === undefined ? (store.queries.tip()?.consensusHash ?? null) : store.consensusHashAt(height);
  return find({ router, node, consensusHashAt }, request);
}

/** Answers a request to the API. Never throws for what a client sent. */
export function answerRequest(request: ApiRequest, node: ApiNode): ApiResponse {
  return findRoute(request, node).answer();
}
