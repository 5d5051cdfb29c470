/** Writing an answer: one place for headers, JSON and bytes. */
import { Buffer } from "node:buffer";
import type { ServerResponse } from "node:http";
import type { ApiResponse } from "./route.ts";

/** Every answer may be read by any page, with the headers that say how to go on. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "etag, link, retry-after",
};

const CORS_LINES = Object.entries(CORS).flat();

/** Seconds for which a browser may remember that cross-origin calls are allowed (spec 10 A1). */
const CORS_MAX_AGE = 21_600;
const PREFLIGHT = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, PUT, POST, DELETE",
  "access-control-allow-headers": "content-type, authorization, range",
  "access-control-max-age": String(CORS_MAX_AGE),
};

/** Answers OPTIONS: what a page may send. */
export function respondPreflight(response: ServerResponse): void {
  response.writeHead(200, PREFLIGHT).end();
}

/** Sends an answer; without its body for HEAD, and where the client has it already. */
export function respond(response: ServerResponse, { status, body, headers }: ApiResponse, method: string): void {
  if (status === 304) {
    response.writeHead(304, { ...CORS, ...headers }).end();
    return;
  }
  // JSON goes out as text, in one piece with the headers; those as a list, which costs Node the least.
  const content = body instanceof Uint8Array ? body : JSON.stringify(body);
  const length = typeof content === "string" ? Buffer.byteLength(content) : content.length;
  const lines = [...CORS_LINES, "content-length", String(length)];
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
