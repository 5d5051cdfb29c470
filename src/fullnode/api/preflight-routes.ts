/** What a wallet asks before it signs: the part of the state that the rules will judge a planned operation by (design §6). */
import type { ScriptHex } from "../../bitcoin/address.ts";
import { ParseError } from "../../errors.ts";
import { nameHash, preorderHash } from "../../primitives/hash.ts";
import { name, namespaceId } from "../../primitives/name.ts";
import { takeSnapshot } from "../../rules/snapshot.ts";
import { type Json, ok, type Parameter, refuse, route, type Route } from "./route.ts";

/** Keys in one list of a question; one operation needs a few. */
const MAX_KEYS = 256;
/** Bytes of the longest script that can own anything are far fewer (p2pkh: 25). */
const MAX_SCRIPT_BYTES = 100;

function script(text: string): ScriptHex {
  if (!/^([0-9a-f]{2})+$/u.test(text) || text.length > 2 * MAX_SCRIPT_BYTES)
    throw new ParseError(`not a script: "${text}"`);
  return text as ScriptHex;
}

/** A list with commas between its keys; absent: no keys. */
function list<T>(parse: (text: string) => T, invalid: string): Parameter<readonly T[]> {
  return {
    parse: (text) => {
      const keys = text.split(",");
      if (keys.length > MAX_KEYS) throw new ParseError(`more than ${MAX_KEYS} keys`);
      return keys.map(parse);
    },
    invalid,
    absent: [],
  };
}

export const preflightRoutes: readonly Route[] = [
  route(
    "/v2/preflight",
    {
      names: list(name, "Invalid names="),
      namespaces: list(namespaceId, "Invalid namespaces="),
      preorderHashes: list(preorderHash, "Invalid preorderHashes="),
      owners: list(script, "Invalid owners="),
      nameHashes: list(nameHash, "Invalid nameHashes="),
    },
    ({ node: { store }, values }) => {
      const tip = store.tip();
      if (tip === null) return refuse(503, "No block is indexed yet");
      return ok(takeSnapshot(store.view, tip.height, values, store.network) as unknown as Json);
    },
  ),
];
