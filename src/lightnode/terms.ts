/** With which answers the user is content. */
import type { BlockHeight } from "../primitives/units.ts";
import { requireAttested, requireFresh, type Standing } from "./as-of.ts";
import { bestSource, isSome, type Ways } from "./best-source.ts";
import { type NameSource, nodeSource } from "./name-source.ts";
import { requireLevel, type TrustLevel } from "./trust-level.ts";

export interface Terms {
  /** The least level. */
  readonly require: TrustLevel;
  /** The most milliseconds since the answer's last block; undefined: any. */
  readonly maxAgeMs?: number | undefined;
  readonly now: Date;
  /** The state after an earlier block instead of the last. */
  readonly at?: BlockHeight | undefined;
}

/** @throws BskError `unproven`, rule `level`, `pin-unattested` or `stale`, where the answer is less than what was wanted */
export function requireTerms(standing: Standing, { require, maxAgeMs, now }: Terms): void {
  requireLevel(standing.level, require, standing.node ?? "this machine");
  if (require !== "claimed") requireAttested(standing);
  requireFresh(standing, maxAgeMs, now);
}

/**
 * The best source within the terms; where there are only strangers the first of them, whose word is `claimed`.
 * @throws BskError as `requireTerms` and `bestSource`; rule `no-log` or `log-behind` where nobody may be asked
 */
export async function sourceWithin(ways: Ways, terms: Terms): Promise<NameSource> {
  const source = (await bestSource(ways, terms.at)) ?? (await firstNode(ways, terms));
  requireTerms(source.standing, terms);
  return source;
}

async function firstNode({ nodes, noLog }: Ways, { at }: Terms): Promise<NameSource> {
  if (isSome(nodes)) return nodeSource(nodes[0], at);
  throw await noLog();
}
