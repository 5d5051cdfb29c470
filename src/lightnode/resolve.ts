/**
 * Name -> record -> zone file, by the best way that there is: an own node, else the verified log (`best-source`), else
 * strangers, each checked as far as it can be (`resolve-cold`). Where the log is older than the user takes, a stranger is
 * asked for newer blocks. Where the call names strangers, they alone are asked.
 */
import type { Name } from "../primitives/name.ts";
import { isFresh } from "./as-of.ts";
import { bestSource, canProve, dated, isSome, type Ways } from "./best-source.ts";
import { resolveCold } from "./resolve-cold.ts";
import { resolveAtNode } from "./resolve-node.ts";
import { resolveFrom } from "./resolve-from.ts";
import type { Resolved } from "./resolved.ts";
import { requireTerms, type Terms } from "./terms.ts";

/**
 * @throws BskError as `requireTerms`, `bestSource` and `resolveFrom`; rule `no-log` or `log-behind` where nobody may be
 * asked and the log does not answer
 */
export async function resolve(name: Name, ways: Ways, terms: Terms): Promise<Resolved> {
  const { nodes, zonefiles } = ways;
  if (ways.strangersOnly) return resolveCold(name, ways, terms);
  const best = await bestSource(ways, terms.at);
  const source = best === null ? null : await dated(best, ways, terms.maxAgeMs);
  const tooOld = source !== null && !isFresh(source.standing, terms.maxAgeMs, terms.now);
  const mayAskStrangers = terms.at === undefined && !nodes.some(({ own }) => own);
  if (mayAskStrangers && isSome(nodes) && (source === null || tooOld)) {
    if (source === null && canProve(ways)) return resolveCold(name, ways, terms);
    const found = await resolveAtNode(name, nodes[0]);
    requireTerms(found, terms);
    return found;
  }
  if (source === null) throw await ways.noLog();
  requireTerms(source.standing, terms);
  return resolveFrom(name, source, { store: await zonefiles(), nodes });
}
