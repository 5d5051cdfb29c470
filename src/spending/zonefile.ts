/** A zone file that an operation shall announce: its hash goes on the chain, its bytes to the nodes. */
import { BskError } from "../errors.ts";
import { hash160 } from "../primitives/digest.ts";
import type { Name } from "../primitives/name.ts";
import { type ZonefileHash, zonefileHash } from "../primitives/hash.ts";
import { foreignOrigin } from "../zonefile/advice.ts";
import { parseZonefile } from "../zonefile/parse.ts";
import { MAX_ZONEFILE_BYTES } from "../zonefile/size.ts";
import { ZonefileError } from "../zonefile/zonefile-error.ts";

/** @throws BskError `usage` for an empty file or one that nodes would not keep. */
export function zonefileToAnnounce(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly hash: ZonefileHash } {
  if (bytes.length === 0) throw new BskError("usage", "the zone file is empty");
  if (bytes.length > MAX_ZONEFILE_BYTES) {
    throw new BskError("usage", `a zone file of ${bytes.length} bytes: nodes keep at most ${MAX_ZONEFILE_BYTES}`);
  }
  return { bytes, hash: zonefileHash.of(hash160(bytes)) };
}

/**
 * What to tell a user before the chain carries the hash of this file for ever: it is another name's, or none at all.
 * Null where there is nothing to tell. Any bytes may be announced: some names carry what is no zone file.
 */
export function zonefileWarning(bytes: Uint8Array, name: Name): string | null {
  try {
    return foreignOrigin(parseZonefile(bytes), name);
  } catch (error) {
    if (!(error instanceof ZonefileError)) throw error;
    return `not a zone file that resolvers can read: ${error.message}`;
  }
}
