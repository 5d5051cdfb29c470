/** Chains that the original indexed: every hash and every accepted operation, block by block. */
import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { replay } from "../support/replay.ts";
import { readReplayVector, replayVectors } from "../support/vectors.ts";

type Row = Readonly<Record<string, unknown>>;

const camel = (column: string) => column.replace(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());

/** A row of the original's tables under our names: SQLite has no booleans, and lists are text there. */
function asOurs(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      if (column === "revoked") return [column, value !== 0];
      if (column === "buckets") return [column, JSON.parse(value as string)];
      return [camel(column), value];
    }),
  );
}

/** Columns that one side alone has: derived ones, tokens, and what the original keeps in its history table. */
const ONE_SIDED = ["nameHash128", "namespaceId", "tokenFee", "tokenUnits", "opcode", "lastUpdateConsensusHash"];

/** Rows by their key, without what cannot be compared. */
function rows(all: readonly object[], key: string): Map<unknown, Row> {
  return new Map(
    (all as readonly Row[]).map((row) => [
      row[key],
      Object.fromEntries(
        Object.entries(row)
          .filter(([column]) => !ONE_SIDED.includes(column))
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    ]),
  );
}

const VECTORS = replayVectors("scenarios", "fuzz", "integration");

describe("replay", () => {
  test.each(VECTORS)("$group/$vector", async ({ path }) => {
    const content = readReplayVector(path);
    const covered = content.expected;
    const opened = await readReplayFile(path);
    const store = new MemoryStore(opened.network);
    let at = 0;
    for await (const block of replay(opened, store, covered.at(-1)?.height ?? 0)) {
      const due = covered[at++]!;
      expect({
        height: block.height,
        accepted: block.accepted.map(({ txid, vtxindex, accepted, canonical }) => ({
          txid,
          vtxindex,
          opcode: accepted.kind,
          serialized: canonical ?? undefined,
        })),
        opsHash: block.opsHash,
        consensusHash: block.consensusHash,
      }).toEqual({
        height: due.height,
        accepted: due.accepted.map(({ txid, vtxindex, opcode, serialized }) => ({
          txid,
          vtxindex,
          opcode,
          serialized,
        })),
        opsHash: due.opsHash,
        consensusHash: due.consensusHash,
      });
    }
    expect(at).toBe(covered.length);
    const { name_records, namespaces, preorders } = content.finalState;
    expect(rows(store.view.allNames(), "name")).toEqual(rows(name_records.map(asOurs), "name"));
    expect(rows(store.view.allNamespaces(), "namespaceId")).toEqual(rows(namespaces.map(asOurs), "namespaceId"));
    expect(rows(store.view.allPreorders(), "txid")).toEqual(rows(preorders.map(asOurs), "txid"));
  });
});
