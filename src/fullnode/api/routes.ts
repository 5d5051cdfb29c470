/** Every route, and the one function that answers a request: no socket needed. */
import type { ApiNode } from "./api-node.ts";
import { blockchainRoutes } from "./blockchain-routes.ts";
import { nameRoutes } from "./name-routes.ts";
import { namespaceRoutes } from "./namespace-routes.ts";
import { nodeRoutes } from "./node-routes.ts";
import { preflightRoutes } from "./preflight-routes.ts";
import { answerFrom, type ApiRequest, type ApiResponse, type Route } from "./route.ts";
import { zonefileRoutes } from "./zonefile-routes.ts";

const ROUTES: readonly Route[] = [
  ...nodeRoutes,
  ...nameRoutes,
  ...zonefileRoutes,
  ...namespaceRoutes,
  ...blockchainRoutes,
  ...preflightRoutes,
];

/** Answers a request to the API. Never throws for what a client sent. */
export function answerRequest(request: ApiRequest, node: ApiNode): ApiResponse {
  return answerFrom(ROUTES, request, node);
}
