/** A zone file that an operation shall announce: its hash goes on the chain, its bytes to the nodes. */
import { BskError } from "../errors.ts";
import { hash160 } from "../primitives/digest.ts";
import type { Name } from "../primitives/name.ts";
import { type ZonefileHash, zonefileHash } from "../primitives/hash.ts";

/** Nodes of the network keep no larger ones (original: RPC_MAX_ZONEFILE_LEN). */
export const MAX_ZONEFILE_BYTES = 40_960;

/** @throws BskError `usage` for an empty file or one that nodes would not keep. */
export function zonefileToAnnounce(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly hash: ZonefileHash } {
  if (bytes.length === 0) throw new BskError("usage", "the zone file is empty");
  if (bytes.length > MAX_ZONEFILE_BYTES) {
    throw new BskError("usage", `a zone file of ${bytes.length} bytes: nodes keep at most ${MAX_ZONEFILE_BYTES}`);
  }
  return { bytes, hash: zonefileHash.of(hash160(bytes)) };
}

/**
 * What to tell a user whose zone file is another name's: resolvers read its records relative to its `$ORIGIN`. Null where
 * it has none, or the right one.
 */
export function foreignOrigin(bytes: Uint8Array, name: Name): string | null {
  const origin = /^[ \t]*\$ORIGIN[ \t]+([^\s;]+)/imu.exec(new TextDecoder().decode(bytes))?.[1];
  if (origin === undefined || origin.replace(/\.$/u, "").toLowerCase() === name) return null;
  return `the zone file says $ORIGIN "${origin}", which is not "${name}"`;
}
