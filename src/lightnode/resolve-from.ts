/** A name resolved from one source: its record there, and the zone file of its hash from wherever that is. */
import type { Name } from "../primitives/name.ts";
import { livingRecord, type NameSource } from "./name-source.ts";
import { type Resolved, resolvedWith, zonefileMissing } from "./resolved.ts";
import { findZonefile, type ZonefilePlaces } from "./zonefile-search.ts";

/**
 * @throws BskError `unproven` where the zone file is missing; `refuted` where it does not have the record's hash; and where
 * the name does not resolve (rule `name-not-registered`, `name-revoked`, `name-expired`, `no-zonefile`) the source's denial:
 * `rejected` by our own node and by the log, `unproven` by a stranger, who may hide it.
 */
export async function resolveFrom(name: Name, source: NameSource, places: ZonefilePlaces): Promise<Resolved> {
  const { address, zonefileHash, expires, inGrace } = await livingRecord(name, source);
  if (zonefileHash === null) throw source.denial("no-zonefile", `"${name}" has no zone file`);
  const found = { name, address, zonefileHash, expires, inGrace };
  const zonefile = await findZonefile(zonefileHash, places);
  if (zonefile === null) throw zonefileMissing(found, places.nodes);
  const { standing } = source;
  return resolvedWith(found, zonefile.bytes, { ...standing, node: standing.node ?? zonefile.node });
}
