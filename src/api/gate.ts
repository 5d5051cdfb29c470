/**
 * Who may ask at all, before any limit. A node for everybody is open. A server on loopback is for the user of this machine:
 * pages in a browser here reach it too, so a request must be addressed to this machine by its own name (otherwise a page of
 * a stranger could point a name of its own here: DNS rebinding), and pages may ask only where the user allowed theirs.
 */
import type { IncomingHttpHeaders } from "node:http";
import { type ApiResponse, refuse } from "./route.ts";

/** What a gate makes of a request: refused, or let in. `origin`: which pages may read the answer; null: none. */
export type Admission = { readonly refused: ApiResponse } | { readonly refused: null; readonly origin: string | null };

export type Gate = (headers: IncomingHttpHeaders) => Admission;

/** Everybody, pages of all origins included. */
export const OPEN_GATE: Gate = () => ({ refused: null, origin: "*" });

const LOOPBACK_NAME = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/iu;
const TO_OTHERS = refuse(421, "this server answers only to its own name: localhost, 127.0.0.1 or [::1]", "host");
const TO_PAGES = refuse(403, "pages of this origin may not ask: bsk light serve --origin allows them", "origin");

/** `host`: the address that it listens on, by which it may be called too. `origins`: of pages that may ask; "*": all. */
export function loopbackGate(host: string, origins: readonly string[]): Gate {
  const own = host.includes(":") ? `[${host}]` : host;
  const isAllowed = (origin: string): boolean => origins.includes("*") || origins.includes(origin);
  return (headers) => {
    const called = (headers.host ?? "").replace(/:[0-9]{1,5}$/u, "");
    if (!LOOPBACK_NAME.test(called) && called.toLowerCase() !== own.toLowerCase()) return { refused: TO_OTHERS };
    const { origin } = headers;
    if (origin !== undefined) return isAllowed(origin) ? { refused: null, origin } : { refused: TO_PAGES };
    // What a page embeds carries no origin, but says that it comes from elsewhere.
    const site = headers["sec-fetch-site"];
    const isFromPage = site !== undefined && site !== "none" && site !== "same-origin";
    return isFromPage && !origins.includes("*") ? { refused: TO_PAGES } : { refused: null, origin: null };
  };
}
