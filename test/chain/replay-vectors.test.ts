/** Chains that the original indexed: every hash and every accepted operation, block by block. */
import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { replay } from "../support/replay.ts";
import { endOfEpoch3, readReplayVector, readVectors, replayVectors } from "../support/vectors.ts";

const VECTORS = replayVectors("scenarios", "fuzz", "integration");

describe("replay", () => {
  test.each(VECTORS)("$group/$vector", async ({ path }) => {
    const content = readReplayVector(path);
    const covered = content.expected.filter(({ height }) => height <= endOfEpoch3(content));
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
  });

  test("the list of vectors not covered beyond epoch 3 is what it should be", () => {
    const beyond = VECTORS.filter(({ path }) => {
      const content = readReplayVector(path);
      return content.expected.at(-1)!.height > endOfEpoch3(content);
    });
    expect(beyond.map(({ vector }) => vector).sort()).toEqual(readVectors("replay/not-covered-beyond-epoch-3.json"));
    expect(VECTORS.length - beyond.length).toBe(167);
  });
});
