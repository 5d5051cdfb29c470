/** Blocks as this node indexed them: two nodes are compared by these. */
import { heightParameter } from "./parameters.ts";
import { ok, refuse, route, type Route } from "./route.ts";

export const blockRoutes: readonly Route[] = [
  route("/v2/blocks/:height", { height: heightParameter }, ({ node: { store }, values: { height } }) => {
    const block = store.queries.block(height);
    return block === null ? refuse(404, "No such block", "height") : ok({ ...block });
  }),
];
