/** Writing an answer: one place for headers, JSON and bytes. */
import { Buffer } from "node:buffer";
import type { ServerResponse } from "node:http";
import type { ApiResponse } from "./route.ts";

const EXPOSED = "etag, link, retry-after, bsk-level, bsk-as-of, bsk-pin";

/** Which pages may read an answer, and that they see the headers that say how to go on; a list of names and values. */
export type CorsLines = readonly string[];

/** `origin`: "*" for all pages, null for none. */
export function corsLines(origin: string | null): CorsLines {
  if (origin === null) return [];
  const lines = ["access-control-allow-origin", origin, "access-control-expose-headers", EXPOSED];
  return origin === "*" ? lines : [...lines, "vary", "origin"];
}

export const FOR_ALL = corsLines("*");

/** Seconds for which a browser may remember that cross-origin calls are allowed (spec 10 A1). */
const CORS_MAX_AGE = 21_600;
const PREFLIGHT: CorsLines = Object.entries({
  "access-control-allow-methods": "GET, PUT, POST, DELETE",
  "access-control-allow-headers": "content-type, authorization, range",
  "access-control-max-age": String(CORS_MAX_AGE),
}).flat();

/** Answers OPTIONS: what a page may send. */
export function respondPreflight(response: ServerResponse, cors: CorsLines): void {
  response.writeHead(200, [...cors, ...PREFLIGHT]).end();
}

/** Sends an answer; without its body for HEAD, and where the client has it already. */
export function respond(
  response: ServerResponse,
  { status, body, headers }: ApiResponse,
  method: string,
  cors: CorsLines = FOR_ALL,
): void {
  if (status === 304) {
    response.writeHead(304, [...cors, ...Object.entries(headers ?? {}).flat()]).end();
    return;
  }
  // JSON goes out as text, in one piece with the headers; those as a list, which costs Node the least.
  const content = body instanceof Uint8Array ? body : JSON.stringify(body);
  const length = typeof content === "string" ? Buffer.byteLength(content) : content.length;
  const lines = [...cors, "content-length", String(length)];
  if (headers?.["content-type"] === undefined) lines.push("content-type", "application/json");
  for (const key in headers) lines.push(key, headers[key] ?? "");
  response.writeHead(status, lines);
  if (method === "HEAD") response.end();
  else if (typeof content !== "string") response.end(content);
  // A text of plain ASCII is the same bytes in Latin-1, which need no looking at each character.
  else response.end(content, length === content.length ? "latin1" : "utf8");
}

/** "Come back later", with the seconds to wait. */
export function busy(status: 429 | 503, error: string, seconds: number): ApiResponse {
  return { status, body: { error }, headers: { "retry-after": String(seconds) } };
}
