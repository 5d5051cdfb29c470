/** A route as data: a path with named parts, parsers for them and for the query, and a pure handler. */
import { ParseError } from "../../errors.ts";
import type { ApiNode } from "./api-node.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A request without a socket. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query as in the request line, percent-encoded. */
  readonly url: string;
  readonly contentType?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly body?: Uint8Array;
}

/** An answer without a socket; a body of bytes is sent as it is. */
export interface ApiResponse {
  readonly status: number;
  readonly body: Json | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A text from outside; `invalid` is what the client reads when `parse` throws a ParseError. */
export interface Parameter<T> {
  parse(text: string, node: ApiNode): T;
  readonly invalid: string;
  /** Value where the query lacks it; without one it is required. */
  readonly absent?: T;
}

type Parsed<P extends Readonly<Record<string, Parameter<unknown>>>> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

/** What a handler gets; `values` are the parsed parts of path and query. */
export interface Call<V> {
  readonly node: ApiNode;
  readonly values: V;
  readonly request: ApiRequest;
}

/** What an answer depends on, which decides whether the consensus hash can stand for it as `ETag`. */
export type DependsOn = "chain" | "more";

export interface Route {
  readonly method: "GET" | "POST";
  readonly segments: readonly string[];
  readonly dependsOn: DependsOn;
  readonly parameters: Readonly<Record<string, Parameter<unknown>>>;
  readonly handle: (call: Call<never>) => ApiResponse;
}

/** Declares a route: parts of the path that start with ":" and all other names in `parameters` (the query) are parsed. */
export function route<P extends Readonly<Record<string, Parameter<unknown>>>>(
  path: string,
  parameters: P,
  handle: (call: Call<Parsed<P>>) => ApiResponse,
  { method = "GET", dependsOn = "chain" }: { readonly method?: "GET" | "POST"; readonly dependsOn?: DependsOn } = {},
): Route {
  return { method, segments: path.split("/").filter((part) => part !== ""), dependsOn, parameters, handle };
}

export function ok(body: Json | Uint8Array): ApiResponse {
  return { status: 200, body };
}

/** An error as every client of the original knows it. */
export function refuse(status: number, error: string): ApiResponse {
  return { status, body: { error } };
}

interface Target {
  readonly segments: readonly string[];
  readonly query: ReadonlyMap<string, string>;
}

/**
 * Splits a request target. Duplicate and trailing slashes vanish, empty query values count as absent (spec 10 A1).
 * @throws ParseError on a broken percent-encoding or a query variable given twice.
 */
function parseTarget(url: string): Target {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1))) {
    if (value === "") continue;
    if (query.has(key)) throw new ParseError(`query variable given twice: "${key}"`);
    query.set(key, value);
  }
  return {
    segments: path
      .split("/")
      .filter((part) => part !== "")
      .map(decodeSegment),
    query,
  };
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ParseError(`not percent-encoded: "${text}"`);
  }
}

function matches(route: Route, segments: readonly string[]): boolean {
  return (
    route.segments.length === segments.length &&
    route.segments.every((part, i) => part.startsWith(":") || part === segments[i])
  );
}

/** Reads the values that a route declares, or says which is wrong. */
function readValues(of: Route, target: Target, node: ApiNode): Map<string, unknown> | ApiResponse {
  const values = new Map<string, unknown>();
  for (const [name, parameter] of Object.entries(of.parameters)) {
    const index = of.segments.indexOf(`:${name}`);
    const text = index < 0 ? target.query.get(name) : target.segments[index];
    if (text === undefined) {
      if (!("absent" in parameter)) return refuse(400, `${name}= argument required`);
      values.set(name, parameter.absent);
      continue;
    }
    try {
      values.set(name, parameter.parse(text, node));
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      return refuse(400, parameter.invalid);
    }
  }
  return values;
}

/** Answers a request from a table of routes. Pure but for what the handlers of `POST` routes do to the node. */
export function answerFrom(routes: readonly Route[], request: ApiRequest, node: ApiNode): ApiResponse {
  let target: Target;
  try {
    target = parseTarget(request.url);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return refuse(400, error.message);
  }
  const known = routes.filter((candidate) => matches(candidate, target.segments));
  if (known.length === 0) return refuse(404, "No such endpoint");
  const method = request.method === "HEAD" ? "GET" : request.method;
  const found = known.find((candidate) => candidate.method === method);
  if (found === undefined) return refuse(405, `method not allowed: ${request.method}`);
  const values = readValues(found, target, node);
  if (!(values instanceof Map)) return values;
  const answer = found.handle({ node, values: Object.fromEntries(values) as never, request });
  return found.dependsOn === "chain" && answer.status === 200 ? withETag(answer, request, node) : answer;
}

/** Everything that the chain says is the same while the consensus hash is. */
function withETag(answer: ApiResponse, request: ApiRequest, node: ApiNode): ApiResponse {
  const hash = node.store.queries.tip()?.consensusHash;
  if (hash === undefined) return answer;
  const headers = { ...answer.headers, etag: `"${hash}"` };
  return isKnown(headers.etag, request.ifNoneMatch) ? { status: 304, body: null, headers } : { ...answer, headers };
}

/** Is the tag in an `If-None-Match`: a list of tags, weak ones included, or "*" for any (RFC 9110 §13.1.2)? */
function isKnown(etag: string, ifNoneMatch = ""): boolean {
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//u, ""));
  return tags.includes(etag) || tags.includes("*");
}
