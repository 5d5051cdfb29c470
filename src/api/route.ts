/**
 * A route as data: a path with named parts, parsers for them and for the query, and a pure handler. `Node` is whatever
 * the handlers of a server answer from.
 */

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
export interface Parameter<T, Node = unknown> {
  parse(text: string, node: Node): T;
  readonly invalid: string;
  /** Value where the query lacks it; without one it is required. */
  readonly absent?: T;
}

/** Parameters by their names. */
type Parameters<Node> = Readonly<Record<string, Parameter<unknown, Node>>>;

type Parsed<Node, P extends Parameters<Node>> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T, Node> ? T : never;
};

/** What a handler gets; `values` are the parsed parts of path and query. */
export interface Call<V, Node> {
  readonly node: Node;
  readonly values: V;
  readonly request: ApiRequest;
}

/** What an answer depends on, which decides whether the consensus hash can stand for it as `ETag`. */
export type DependsOn = "chain" | "more";

/** One parameter of a route and where its text is found: a part of the path, or the query where there is no index. */
export interface Placed<Node> {
  readonly key: string;
  readonly index: number | null;
  readonly parameter: Parameter<unknown, Node>;
}

export interface Route<Node> {
  readonly method: "GET" | "POST";
  /** As it was declared: "/v1/names/:name". */
  readonly path: string;
  readonly segments: readonly string[];
  readonly dependsOn: DependsOn;
  /** What it takes out of a client's allowance, in cheap reads. */
  readonly cost: number;
  readonly parameters: readonly Placed<Node>[];
  readonly handle: (call: Call<never, Node>) => ApiResponse;
}

interface RouteDetails {
  readonly method?: "GET" | "POST";
  readonly dependsOn?: DependsOn;
  readonly cost?: number;
}

/** Declares routes of one kind of server. */
export function routesOf<Node>() {
  /** Parts of the path that start with ":" and all other names in `parameters` (the query) are parsed. */
  return <P extends Parameters<Node>>(
    path: string,
    parameters: P,
    handle: (call: Call<Parsed<Node, P>, Node>) => ApiResponse,
    { method = "GET", dependsOn = "chain", cost = 1 }: RouteDetails = {},
  ): Route<Node> => {
    const segments = path.split("/").filter((part) => part !== "");
    const placed = Object.entries(parameters).map(([key, parameter]) => {
      const index = segments.indexOf(`:${key}`);
      return { key, index: index < 0 ? null : index, parameter };
    });
    return { method, path, segments, dependsOn, cost, parameters: placed, handle };
  };
}

export function ok(body: Json | Uint8Array): ApiResponse {
  return { status: 200, body };
}

/** An error as every client of the original knows it; `field` names the part of the request that is wrong. */
export function refuse(status: number, error: string, field?: string): ApiResponse {
  return { status, body: field === undefined ? { error } : { error, field } };
}
