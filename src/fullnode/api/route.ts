/** Routes over this node's store, and what they are made of. */
import { type Parameter as AnyParameter, type Route as AnyRoute, routesOf } from "../../api/route.ts";
import type { ApiNode } from "./api-node.ts";

export { type ApiRequest, type ApiResponse, type Json, ok, refuse } from "../../api/route.ts";

export type Route = AnyRoute<ApiNode>;
export type Parameter<T> = AnyParameter<T, ApiNode>;

export const route = routesOf<ApiNode>();
