/** From the parts of a path to the routes that may answer it, one step a part. */
import type { Route } from "./route.ts";

/** All routes under one beginning of a path. */
interface Branch<Node> {
  readonly literal: Map<string, Branch<Node>>;
  named: Branch<Node> | null;
  readonly ends: Route<Node>[];
}

/** The routes of a path, one for each method; empty where there is none. */
export type Router<Node> = (segments: readonly string[]) => readonly Route<Node>[];

const NONE: readonly never[] = [];

function newBranch<Node>(): Branch<Node> {
  return { literal: new Map(), named: null, ends: [] };
}

function grow<Node>(root: Branch<Node>, route: Route<Node>): void {
  let branch = root;
  for (const part of route.segments) {
    let next = part.startsWith(":") ? branch.named : branch.literal.get(part);
    if (next === null || next === undefined) {
      next = newBranch<Node>();
      if (part.startsWith(":")) branch.named = next;
      else branch.literal.set(part, next);
    }
    branch = next;
  }
  branch.ends.push(route);
}

/** What is written out goes before what is named. */
function find<Node>(branch: Branch<Node>, segments: readonly string[], at: number): readonly Route<Node>[] {
  const part = segments[at];
  if (part === undefined) return branch.ends;
  const literal = branch.literal.get(part);
  const found = literal === undefined ? NONE : find(literal, segments, at + 1);
  return found.length > 0 || branch.named === null ? found : find(branch.named, segments, at + 1);
}

export function routerOf<Node>(routes: readonly Route<Node>[]): Router<Node> {
  const root = newBranch<Node>();
  for (const route of routes) grow(root, route);
  return (segments) => find(root, segments, 0);
}
