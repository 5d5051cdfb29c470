/**
 * Name -> record -> zone file, by the best way that there is: an own node, else the verified log (`best-source`), else
 * strangers, each checked as far as it can be (`resolve-cold`). Where the log is older than the user takes, strangers are
 * asked too: they may have newer blocks.
 */
import type { Name } from "../primitives/name.ts";
import { isFresh } from "./as-of.ts";
import { bestSource, isSome, type Ways } from "./best-source.ts";
import { resolveCold } from "./resolve-cold.ts";
import { resolveFrom } from "./resolve-from.ts";
import type { Resolved } from "./resolved.ts";
import { requireTerms, type Terms } from "./terms.ts";

/**
 * @throws BskError as `requireTerms`, `bestSource` and `resolveFrom`; rule `no-log` or `log-behind` where nobody may be
 * asked and the log does not answer
 */
export async function resolve(name: Name, ways: Ways, terms: Terms): Promise<Resolved> {
  const { nodes, zonefiles } = ways;
  const source = await bestSource(ways, terms.at);
  const tooOld = source !== null && !isFresh(source.standing, terms.maxAgeMs, terms.now);
  const mayAskStrangers = terms.at === undefined && !nodes.some(({ own }) => own);
  if (mayAskStrangers && isSome(nodes) && (source === null || tooOld)) {
    const found = await resolveCold(name, nodes, terms.require);
    requireTerms(found, terms);
    return found;
  }
  if (source === null) throw await ways.noLog();
  requireTerms(source.standing, terms);
  return resolveFrom(name, source, { store: await zonefiles(), nodes });
}
