/** Answering a request: which route, with which values, and whether the client has the answer already. No socket needed. */
import { ParseError } from "../errors.ts";
import { type ApiRequest, type ApiResponse, refuse, type Route } from "./route.ts";
import type { Router } from "./router.ts";
import { BadTarget, parseTarget, type Target } from "./target.ts";

/** A request that found its way: still to be answered, by a route or by a refusal. */
export interface Found {
  /** null: no route, see `answer`. */
  readonly route: Pick<Route<never>, "path" | "method" | "cost" | "dependsOn"> | null;
  /** Runs the handler; it reads what the node knows, or for `POST` changes it. */
  answer(): ApiResponse;
}

/** What a server answers from: its routes, what they read, and what stands for the state that an answer comes from. */
export interface Api<Node> {
  readonly router: Router<Node>;
  readonly node: Node;
  /** The consensus hash after a block, of the last one where no height is given; null where it is not known. */
  consensusHashAt(height?: number): string | null;
}

function refused(response: ApiResponse): Found {
  return { route: null, answer: () => response };
}

/** Finds the route of a request. Never throws for what a client sent. */
export function find<Node>(api: Api<Node>, request: ApiRequest): Found {
  let target: Target;
  try {
    target = parseTarget(request.url);
  } catch (error) {
    if (!(error instanceof BadTarget)) throw error;
    return refused(refuse(400, error.message, error.field));
  }
  const known = api.router(target.segments);
  if (known.length === 0) return refused(refuse(404, "No such endpoint"));
  const method = request.method === "HEAD" ? "GET" : request.method;
  const route = known.find((candidate) => candidate.method === method);
  if (route === undefined) {
    const allow = known.map((each) => (each.method === "GET" ? "GET, HEAD" : each.method)).join(", ");
    return refused({ ...refuse(405, `method not allowed: ${request.method}`), headers: { allow } });
  }
  return { route, answer: () => answerBy(route, target, request, api) };
}

function answerBy<Node>(route: Route<Node>, target: Target, request: ApiRequest, api: Api<Node>): ApiResponse {
  const { node } = api;
  const values: Record<string, unknown> = {};
  for (const { key, index, parameter } of route.parameters) {
    const text = index === null ? target.query.get(key) : target.segments[index];
    if (text === undefined) {
      if (!("absent" in parameter)) return refuse(400, `${key}= argument required`, key);
      values[key] = parameter.absent;
      continue;
    }
    try {
      values[key] = parameter.parse(text, node);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      return refuse(400, parameter.invalid, key);
    }
  }
  if (target.query.has("height") && !("height" in values)) {
    // To answer for another height than the one that was asked for would be a lie.
    return refuse(400, "height= is not answered here: only the state after the last block", "height");
  }
  const answer = route.handle({ node, values: values as never, request });
  const lasting = route.dependsOn === "chain" && answer.status === 200 && answer.incomplete !== true;
  return lasting ? withETag(answer, request, api.consensusHashAt(answer.asOf)) : answer;
}

/** Everything that the chain says up to a block is the same while its consensus hash is. */
function withETag(answer: ApiResponse, request: ApiRequest, hash: string | null): ApiResponse {
  if (hash === null) return answer;
  const etag = `"${hash}"`;
  const headers = answer.headers === undefined ? { etag } : { ...answer.headers, etag };
  return isKnown(etag, request.ifNoneMatch)
    ? { status: 304, body: null, headers }
    : { status: answer.status, body: answer.body, headers };
}

/** Is the tag in an `If-None-Match`: a list of tags, weak ones included, or "*" for any (RFC 9110 §13.1.2)? */
function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//u, ""));
  return tags.includes(etag) || tags.includes("*");
}
