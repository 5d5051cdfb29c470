/**
 * Profiles are not fetched by a node: the URL in a zone file is a stranger's, and a server that follows it can be pointed
 * at its own network. Clients follow it themselves (ADR 15).
 */
import { nameParameter } from "./parameters.ts";
import { refuse, route, type Route } from "./route.ts";

export const profileRoutes: readonly Route[] = ["v1", "v2"].map((version) =>
  route(`/${version}/users/:name`, { name: nameParameter }, ({ node: { store }, values: { name } }) =>
    store.view.name(name) === null
      ? refuse(404, "Not found", "name")
      : refuse(501, `profiles are not fetched by this node: ask the URL in the zone file, /v1/names/${name}/zonefile`),
  ),
);
