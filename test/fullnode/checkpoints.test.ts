/** Consensus hashes that are known of a network stop a node that disagrees; what is only said of it makes it speak. */
import { beforeAll, describe, expect, test } from "vitest";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { doubtsAt, requireStoredCheckpoints } from "../../src/fullnode/store/checkpoints.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { type Checkpoint, MAINNET_CHECKPOINTS } from "../../src/protocol/checkpoint.ts";
import { networkOf } from "../../src/protocol/network-definition.ts";
import { readVector, vectorFiles } from "../support/vector.ts";

const vector = vectorFiles().find(({ name }) => name === "scenarios/basic_epoch3")!;
const WRONG = "00".repeat(16);
const HEIGHT = 700;
let file: ReplayFile;
let right: string;
beforeAll(async () => {
  file = await readReplayFile(vector.path);
  right = readVector(vector).expected.find(({ height }) => height === HEIGHT)!.consensusHash;
});

const knowing = (...checkpoints: Checkpoint[]): ReplayFile => ({
  ...file,
  network: networkOf({ ...file.network, checkpoints }),
});

async function indexed(of: ReplayFile): Promise<NodeStore> {
  const store = NodeStore.open(":memory:", of.network);
  for await (const _ of replayFile(of, store));
  return store;
}

describe("a certain checkpoint", () => {
  test("lets a chain pass that meets it", async () => {
    const store = await indexed(knowing({ height: HEIGHT, consensusHash: right, certain: true }));
    expect(store.tip()?.height).toBeGreaterThan(HEIGHT);
    store.close();
  });

  test("stops a node that disagrees, at the block before", async () => {
    const wrong = knowing({ height: HEIGHT, consensusHash: WRONG, certain: true });
    const store = NodeStore.open(":memory:", wrong.network);
    const index = async () => {
      for await (const _ of replayFile(wrong, store));
    };
    await expect(index()).rejects.toMatchObject({ kind: "refuted", exitCode: 3, rule: "checkpoint" });
    expect(store.tip()?.height).toBe(HEIGHT - 1);
    await expect(index()).rejects.toThrow();
    expect(store.tip()?.height).toBe(HEIGHT - 1);
    store.close();
  });

  test("is asked of what an earlier program stored", async () => {
    const store = await indexed(file);
    const as = (checkpoint: Checkpoint) => ({
      network: knowing(checkpoint).network,
      tip: () => store.tip(),
      consensusHashAt: (height: number) => store.consensusHashAt(height),
    });
    const ask = (checkpoint: Checkpoint) => () => requireStoredCheckpoints(as(checkpoint));
    expect(ask({ height: HEIGHT, consensusHash: right, certain: true })).not.toThrow();
    expect(ask({ height: HEIGHT, consensusHash: WRONG, certain: false })).not.toThrow();
    expect(ask({ height: 10_000, consensusHash: WRONG, certain: true })).not.toThrow();
    expect(ask({ height: HEIGHT, consensusHash: WRONG, certain: true })).toThrow(
      expect.objectContaining({ kind: "refuted", rule: "checkpoint" }),
    );
    store.close();
  });
});

describe("hearsay", () => {
  test("stops nobody, and is told where the chain differs from it", async () => {
    const points: Checkpoint[] = [
      { height: HEIGHT, consensusHash: WRONG, certain: false },
      { height: HEIGHT, consensusHash: right, certain: false },
      { height: HEIGHT + 5, from: HEIGHT - 5, consensusHash: right, certain: false },
      { height: HEIGHT + 5, from: HEIGHT + 1, consensusHash: right, certain: false },
    ];
    const { network } = knowing(...points);
    const store = await indexed(knowing(...points));
    const doubts = (height: number) => doubtsAt(network, height, (at) => store.consensusHashAt(at));
    expect(doubts(HEIGHT)).toEqual([points[0]]);
    expect(doubts(HEIGHT + 5)).toEqual([points[3]]);
    expect(doubts(HEIGHT + 1)).toEqual([]);
    store.close();
  });
});

test("mainnet's are in order, each a hash in its one spelling", () => {
  const heights = MAINNET_CHECKPOINTS.map(({ height }) => height);
  expect(heights).toEqual(heights.toSorted((a, b) => a - b));
  for (const { consensusHash, from, height } of MAINNET_CHECKPOINTS) {
    expect(consensusHash).toMatch(/^[0-9a-f]{32}$/u);
    // A transaction embeds a hash of the last 24 blocks.
    expect(height - (from ?? height)).toBeLessThan(24);
  }
});
