/** The target of a request: path and query of its URL. */
import { ParseError } from "../errors.ts";

/** Parts of the path and variables of the query, decoded. */
export interface Target {
  readonly segments: readonly string[];
  readonly query: ReadonlyMap<string, string>;
}

/** What is wrong with a target, and which part of it that is. */
export class BadTarget extends ParseError {
  readonly field: string;

  constructor(message: string, field: string) {
    super(message);
    this.field = field;
  }
}

const NO_QUERY: ReadonlyMap<string, string> = new Map();

/**
 * Splits a request target. Duplicate and trailing slashes vanish, empty query values count as absent (spec 10 A1).
 * @throws BadTarget on a broken percent-encoding or a query variable given twice.
 */
export function parseTarget(url: string): Target {
  const mark = url.indexOf("?");
  const segments = segmentsOf(url, mark < 0 ? url.length : mark);
  return {
    segments: url.includes("%") ? segments.map(decodeSegment) : segments,
    query: mark < 0 ? NO_QUERY : parseQuery(url.slice(mark + 1)),
  };
}

/** What stands between slashes, up to an end. */
function segmentsOf(url: string, end: number): string[] {
  const segments: string[] = [];
  for (let start = 0; start < end;) {
    const slash = url.indexOf("/", start);
    const stop = slash < 0 || slash > end ? end : slash;
    if (stop > start) segments.push(url.slice(start, stop));
    start = stop + 1;
  }
  return segments;
}

function parseQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(text)) {
    if (value === "") continue;
    if (query.has(key)) throw new BadTarget(`query variable given twice: "${key}"`, key);
    query.set(key, value);
  }
  return query;
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BadTarget(`not percent-encoded: "${text}"`, "path");
  }
}
