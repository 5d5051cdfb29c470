/** A route as data: a path with named parts, parsers for them and for the query, and a pure handler. */
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
  /** Height of the block whose state this is, where it is not the last: its consensus hash is the answer's `ETag`. */
  readonly asOf?: number;
  /** Something is missing that may come without a new block, such as a zone file: no `ETag` stands for this answer. */
  readonly incomplete?: boolean;
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

/** One parameter of a route and where its text is found: a part of the path, or the query where there is no index. */
export interface Placed {
  readonly key: string;
  readonly index: number | null;
  readonly parameter: Parameter<unknown>;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** As it was declared: "/v1/names/:name". */
  readonly path: string;
  readonly segments: readonly string[];
  readonly dependsOn: DependsOn;
  /** What it takes out of a client's allowance, in cheap reads. */
  readonly cost: number;
  readonly parameters: readonly Placed[];
  readonly handle: (call: Call<never>) => ApiResponse;
}

interface RouteDetails {
  readonly method?: "GET" | "POST";
  readonly dependsOn?: DependsOn;
  readonly cost?: number;
}

/** Declares a route: parts of the path that start with ":" and all other names in `parameters` (the query) are parsed. */
export function route<P extends Readonly<Record<string, Parameter<unknown>>>>(
  path: string,
  parameters: P,
  handle: (call: Call<Parsed<P>>) => ApiResponse,
  { method = "GET", dependsOn = "chain", cost = 1 }: RouteDetails = {},
): Route {
  const segments = path.split("/").filter((part) => part !== "");
  const placed = Object.entries(parameters).map(([key, parameter]) => {
    const index = segments.indexOf(`:${key}`);
    return { key, index: index < 0 ? null : index, parameter };
  });
  return { method, path, segments, dependsOn, cost, parameters: placed, handle };
}

export function ok(body: Json | Uint8Array): ApiResponse {
  return { status: 200, body };
}

/** An error as every client of the original knows it; `field` names the part of the request that is wrong. */
export function refuse(status: number, error: string, field?: string): ApiResponse {
  return { status, body: field === undefined ? { error } : { error, field } };
}
