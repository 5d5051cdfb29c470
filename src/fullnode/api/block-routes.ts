/** Blocks as this node indexed them: two nodes are compared by these. */
import { heightParameter } from "./parameters.ts";
import { ok, refuse, route, type Route } from "./route.ts";

/** A block holds some hundred operations at most, as a rule. */
const OPERATIONS_COST = 5;

export const blockRoutes: readonly Route[] = [
  route("/v2/blocks/:height", { height: heightParameter }, ({ node: { store }, values: { height } }) => {
    const block = store.queries.block(height);
    return block === null ? refuse(404, "No such block", "height") : ok({ ...block });
  }),
  /** The texts that were hashed, in block order: characters U+0080 to U+00FF are the bytes above 0x7f. */
  route(
    "/v2/operations/:height",
    { height: heightParameter },
    ({ node: { store }, values: { height } }) =>
      store.queries.block(height) === null
        ? refuse(404, "No such block", "height")
        : ok({ texts: store.hashed.operationsAt(height) }),
    { cost: OPERATIONS_COST },
  ),
];
