/** The API of a full node on a socket. */
import type { Found } from "../../api/answer.ts";
import type { ApiRequest } from "../../api/route.ts";
import { type ApiServer, serve, type ServerOptions } from "../../api/server.ts";
import type { ApiNode } from "./api-node.ts";
import { findRoute } from "./routes.ts";

/** Listens. @throws BskError as `serve` */
export function serveApi(node: ApiNode, options: ServerOptions): Promise<ApiServer> {
  const find = (request: ApiRequest): Found => {
    node.store.readTogether();
    return findRoute(request, node);
  };
  return serve({ tally: node.tally, find }, options);
}
