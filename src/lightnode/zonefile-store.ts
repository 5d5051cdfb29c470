/** Zone files that were asked for once, by their hash: they never change, and are checked again whenever they are read. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hash160 } from "../primitives/digest.ts";
import { type ZonefileHash, zonefileHash } from "../primitives/hash.ts";

/** Their directory, in a light directory. */
export const ZONEFILES = "zonefiles";

export interface ZonefileStore {
  /** null where it is not held, or is damaged. */
  get(hash: ZonefileHash): Uint8Array | null;
  /** Keeps bytes that have this hash. A disk that does not take them is no error: they can be asked for again. */
  put(hash: ZonefileHash, bytes: Uint8Array): void;
}

/** A file for each, `DIR/aa/aabb…`, mode 0600. */
export function zonefilesIn(directory: string): ZonefileStore {
  const pathOf = (hash: ZonefileHash): string => join(directory, hash.slice(0, 2), hash);
  return {
    get: (hash) => {
      let bytes: Uint8Array;
      try {
        bytes = readFileSync(pathOf(hash));
      } catch {
        return null;
      }
      return zonefileHash.of(hash160(bytes)) === hash ? bytes : null;
    },
    put: (hash, bytes) => {
      const path = pathOf(hash);
      const draft = `${path}.${randomBytes(4).toString("hex")}.new`;
      try {
        mkdirSync(join(directory, hash.slice(0, 2)), { recursive: true, mode: 0o700 });
        writeFileSync(draft, bytes, { mode: 0o600, flag: "wx" });
        renameSync(draft, path);
      } catch {
        discard(draft);
      }
    },
  };
}

/** Best effort: where a draft could not be made, it cannot be removed either. */
function discard(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // The disk does not let us; a draft is no zone file, and is never read.
  }
}
