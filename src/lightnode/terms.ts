/** With which answers the user is content. */
import type { Name } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { requireAttested, requireFresh, type Standing } from "./as-of.ts";
import { bestSource, canProve, dated, isSome, type Ways } from "./best-source.ts";
import { coldSource } from "./cold-source.ts";
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
 * The best source within the terms. Where there are only strangers: what they prove of one name, where that is asked for and
 * there is something to prove it under, else the word of the first of them, which is `claimed`.
 * @throws BskError as `requireTerms`, `bestSource` and `coldSource`; rule `no-log` or `log-behind` where nobody may be asked
 */
export async function sourceWithin(ways: Ways, terms: Terms, name?: Name): Promise<NameSource> {
  const source = await sourceFrom(ways, terms, name);
  requireTerms(source.standing, terms);
  return source;
}

async function sourceFrom(ways: Ways, terms: Terms, name: Name | undefined): Promise<NameSource> {
  if (ways.strangersOnly && name !== undefined) return coldSource(name, ways, terms);
  const { nodes, noLog } = ways;
  const best = await bestSource(ways, terms.at);
  if (best !== null) return dated(best, ways, terms.maxAgeMs);
  if (!isSome(nodes)) throw await noLog();
  const provable = terms.at === undefined && !nodes.some(({ own }) => own) && canProve(ways);
  return provable && name !== undefined ? coldSource(name, ways, terms) : nodeSource(nodes[0], terms.at);
}
