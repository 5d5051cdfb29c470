/** From the parts of a path to the routes that may answer it, one step a part. */
import type { Route } from "./route.ts";

/** All routes under one beginning of a path. */
interface Branch {
  readonly literal: Map<string, Branch>;
  named: Branch | null;
  readonly ends: Route[];
}

/** The routes of a path, one for each method; empty where there is none. */
export type Router = (segments: readonly string[]) => readonly Route[];

const NONE: readonly Route[] = [];

function newBranch(): Branch {
  return { literal: new Map(), named: null, ends: [] };
}

function grow(root: Branch, route: Route): void {
  let branch = root;
  for (const part of route.segments) {
    let next = part.startsWith(":") ? branch.named : branch.literal.get(part);
    if (next === null || next === undefined) {
      next = newBranch();
      if (part.startsWith(":")) branch.named = next;
      else branch.literal.set(part, next);
    }
    branch = next;
  }
  branch.ends.push(route);
}

/** What is written out goes before what is named. */
function find(branch: Branch, segments: readonly string[], at: number): readonly Route[] {
  const part = segments[at];
  if (part === undefined) return branch.ends;
  const literal = branch.literal.get(part);
  const found = literal === undefined ? NONE : find(literal, segments, at + 1);
  return found.length > 0 || branch.named === null ? found : find(branch.named, segments, at + 1);
}

export function routerOf(routes: readonly Route[]): Router {
  const root = newBranch();
  for (const route of routes) grow(root, route);
  return (segments) => find(root, segments, 0);
}
