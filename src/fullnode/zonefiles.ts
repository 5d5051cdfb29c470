/** Keeping zone files: only those that the chain announced, which is what keeps spam out (design §7). */
import { hash160 } from "../primitives/digest.ts";
import { type ZonefileHash, zonefileHash } from "../primitives/hash.ts";
import { MAX_ZONEFILE_BYTES } from "../zonefile/size.ts";
import type { NodeStore } from "./store/store.ts";

export type KeepOutcome =
  | { readonly kind: "kept"; readonly hash: ZonefileHash }
  | { readonly kind: "too-large"; readonly hash: ZonefileHash }
  /** No accepted operation carries its hash. */
  | { readonly kind: "unannounced"; readonly hash: ZonefileHash };

/** Keeps a zone file under its hash if an accepted operation announced that hash. `now` is in seconds since 1970. */
export function keepZonefile(store: NodeStore, bytes: Uint8Array, now: number): KeepOutcome {
  const hash = zonefileHash.of(hash160(bytes));
  if (bytes.length > MAX_ZONEFILE_BYTES) return { kind: "too-large", hash };
  if (!store.queries.isAnnounced(hash)) return { kind: "unannounced", hash };
  store.putZonefile(hash, bytes, now);
  return { kind: "kept", hash };
}
