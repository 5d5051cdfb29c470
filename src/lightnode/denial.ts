/** A node says that there is nothing to answer with. */
import { BskError } from "../errors.ts";
import type { NodeClient } from "./node-client.ts";

/** Our own node replayed the rules and decides: `rejected`. A stranger's may hide what it likes: `unproven`. */
export function denial(node: Pick<NodeClient, "own" | "url">, rule: string, message: string): BskError {
  if (node.own) return new BskError("rejected", message, { rule });
  return new BskError("unproven", `${message}, says ${node.url}`, {
    rule,
    hint: "a node that is not your own may hide names; ask your own (bsk node start)",
  });
}
