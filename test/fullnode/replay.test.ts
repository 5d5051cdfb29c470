/** Replay through the real store: every block's hashes, also of chains that run into rules which are not known yet. */
import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { type ReplayedBlock, replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { TestChain } from "../support/test-chain.ts";
import { coveredVectors, endOfEpoch3, readVector, type Vector, vectorFiles } from "../support/vector.ts";

const covered = new Set(coveredVectors().map(({ name }) => name));
const beyond = vectorFiles().filter(({ name }) => !covered.has(name));

/** The first blocks of a vector as `bsk node replay` prints them. */
function expectedUpTo({ expected }: Vector, last: number): ReplayedBlock[] {
  return expected
    .filter(({ height }) => height <= last)
    .map(({ height, opsHash, consensusHash, accepted }) => ({
      height,
      opsHash,
      consensusHash,
      accepted: accepted.map(({ txid, opcode }) => ({ txid, opcode })),
    }));
}

describe("up to the last block before payments in tokens, which are refused by name", () => {
  test.each(beyond)("$name", async (vector) => {
    const content = readVector(vector);
    const file = await readReplayFile(vector.path);
    const blocks: ReplayedBlock[] = [];
    await expect(
      (async () => {
        for await (const block of replayFile(file)) blocks.push(block);
      })(),
    ).rejects.toMatchObject({ kind: "machine", rule: "epoch-not-supported" });
    expect(blocks).toEqual(expectedUpTo(content, endOfEpoch3(content)));
  });
});

test("a file whose blocks do not follow each other is refused at the first that does not", async () => {
  const file = await readReplayFile(coveredVectors()[0]!.path);
  const chain = await TestChain.of(file);
  const honest = chain.blockHashAt.bind(chain);
  chain.blockHashAt = (height) => honest(height === chain.firstBlock + 5 ? height + 1 : height);
  const store = NodeStore.open(":memory:", file.network);
  await expect(
    (async () => {
      for await (const _ of replayFile({ ...file, source: chain }, store));
    })(),
  ).rejects.toMatchObject({ kind: "refuted" });
  expect(store.tip()?.height).toBe(chain.firstBlock + 4);
  store.close();
});
