/** The zone file of a hash: from this machine, else from whichever node holds it. Its hash says that it is the right one. */
import { BskError } from "../errors.ts";
import type { ZonefileHash } from "../primitives/hash.ts";
import type { NodeClient } from "./node-client.ts";
import type { ZonefileStore } from "./zonefile-store.ts";

export interface ZonefilePlaces {
  /** What is kept on this machine; null: nothing. */
  readonly store: ZonefileStore | null;
  /** Asked in turn; empty: nobody may be asked. */
  readonly nodes: readonly Pick<NodeClient, "url" | "zonefile">[];
}

export interface FoundZonefile {
  readonly bytes: Uint8Array;
  /** URL of the node that gave it; null: it was on this machine. */
  readonly node: string | null;
}

/**
 * null where none of them holds it. One that lies or is out does not keep the others from being asked; if none gives it,
 * what they failed with is thrown, a lie before an outage.
 */
export async function findZonefile(
  hash: ZonefileHash,
  { store, nodes }: ZonefilePlaces,
): Promise<FoundZonefile | null> {
  const kept = store?.get(hash) ?? null;
  if (kept !== null) return { bytes: kept, node: null };
  const failures: BskError[] = [];
  for (const node of nodes) {
    try {
      const bytes = await node.zonefile(hash);
      if (bytes === null) continue;
      store?.put(hash, bytes);
      return { bytes, node: node.url };
    } catch (error) {
      if (!(error instanceof BskError)) throw error;
      failures.push(error);
    }
  }
  const worst =
    failures.find(({ kind }) => kind === "refuted") ?? (failures.length === nodes.length ? failures[0] : null);
  if (worst !== undefined && worst !== null) throw worst;
  return null;
}
