/** A name resolved with nothing on this machine but a pin and the addresses of nodes that may be strangers. */
import type { Name } from "../primitives/name.ts";
import type { Ways } from "./best-source.ts";
import { coldSource } from "./cold-source.ts";
import { resolveFrom } from "./resolve-from.ts";
import type { Resolved } from "./resolved.ts";
import { requireTerms, type Terms } from "./terms.ts";

/** @throws BskError as `coldSource`, `requireTerms` and `resolveFrom` */
export async function resolveCold(name: Name, ways: Ways, terms: Terms): Promise<Resolved> {
  const source = await coldSource(name, ways, terms);
  requireTerms(source.standing, terms);
  const found = await resolveFrom(name, source, { store: await ways.zonefiles(), nodes: source.zonefiles });
  return { ...found, strangers: source.cold.strangers };
}
