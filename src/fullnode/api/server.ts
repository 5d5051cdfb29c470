/** The API of a full node on a socket. */
import { type ApiServer, serve, type ServerOptions } from "../../api/server.ts";
import type { ApiNode } from "./api-node.ts";
import { findRoute } from "./routes.ts";

/** Listens. @throws BskError as `serve` */
export function serveApi(node: ApiNode, options: ServerOptions): Promise<ApiServer> {
  return serve({ tally: node.tally, find: (request) => findRoute(request, node) }, options);
}
