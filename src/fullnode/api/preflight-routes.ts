/** What a wallet asks before it signs: the part of the state that the rules will judge a planned operation by (design §6). */
import type { ScriptHex } from "../../bitcoin/address.ts";
import { ParseError } from "../../errors.ts";
import { nameHash, preorderHash } from "../../primitives/hash.ts";
import { name, namespaceId } from "../../primitives/name.ts";
import { tokenType } from "../../primitives/token-amount.ts";
import { takeSnapshot } from "../../rules/snapshot.ts";
import type { AccountKey } from "../../tokens/account.ts";
import { UNKNOWN_ACCOUNTS } from "./account-routes.ts";
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

/** `STACKS:1…`: the account of an address for a kind of token. */
function account(text: string): AccountKey {
  const [type = "", address = "", ...more] = text.split(":");
  if (!/^[0-9A-Za-z]{20,50}$/u.test(address) || more.length > 0) throw new ParseError(`not an account: "${text}"`);
  return { type: tokenType(type), address };
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
      accounts: list(account, "Invalid accounts="),
    },
    ({ node: { store }, values: { accounts, ...keys } }) => {
      const tip = store.tip();
      if (tip === null) return refuse(503, "No block is indexed yet");
      if (accounts.length > 0 && !store.knowsAccounts) return refuse(404, UNKNOWN_ACCOUNTS);
      const question = accounts.length === 0 ? keys : { ...keys, accounts };
      return ok(takeSnapshot(store.view, tip.height, question, store.network) as unknown as Json);
    },
  ),
];
