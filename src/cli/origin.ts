/** Where a node's blocks come from, as its user names it. */
import { ParseError } from "../errors.ts";

export type Origin =
  /** JSON-RPC of the Bitcoin node of the settings, with its password. */
  | { readonly kind: "settings" }
  /** JSON-RPC of another one. `cookieFile` holds `user:password`; null: it asks for none. */
  | { readonly kind: "rpc"; readonly url: string; readonly cookieFile: string | null }
  | { readonly kind: "rest"; readonly url: string }
  /** The block files of a Bitcoin node on this machine. */
  | { readonly kind: "files"; readonly path: string };

const FORMS = "rpc, rpc:URL, rpc:URL#COOKIEFILE, rest:URL or files:DIR";

/** Reads `rpc`, `rpc:URL`, `rpc:URL#COOKIEFILE`, `rest:URL` or `files:DIR`. @throws ParseError, also on a URL with a user in it */
export function origin(text: string): Origin {
  if (text === "rpc") return { kind: "settings" };
  if (/^files:./u.test(text)) return { kind: "files", path: text.slice("files:".length) };
  const [, kind, url, cookieFile] = /^(rpc|rest):(https?:\/\/[^#\s]+?)\/*(?:#(.+))?$/u.exec(text) ?? [];
  if (url === undefined || !URL.canParse(url) || (kind === "rest" && cookieFile !== undefined))
    throw new ParseError(`not a block source: "${withoutUser(text)}" (${FORMS})`);
  const { username, password } = new URL(url);
  if (username !== "" || password !== "") throw new ParseError("a URL with a user in it: secrets belong in files");
  return kind === "rest" ? { kind: "rest", url } : { kind: "rpc", url, cookieFile: cookieFile ?? null };
}

/** What may be a password is not repeated. */
function withoutUser(text: string): string {
  return text.replace(/\/\/.*@/u, "//…@");
}

/** The sources of a comma-separated list. @throws ParseError */
export function origins(text: string): readonly [Origin, ...Origin[]] {
  const [first = "", ...rest] = text.split(",");
  return [origin(first), ...rest.map(origin)];
}
