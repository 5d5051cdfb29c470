/** Walks, stretches and operations as a node serves them: what a reader needs to check a pin, and nothing beyond the chain. */
import { beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import type { NodeStore } from "../../src/fullnode/store/store.ts";
import { readOperationTexts, readWalk } from "../../src/lightnode/wire-hashes.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { Anchor } from "../../src/verify/anchor.ts";
import { opsHashOf } from "../../src/verify/ops-hash.ts";
import { verifyReach, verifyStretch } from "../../src/verify/reach.ts";
import { type Get, getFrom } from "../support/api-node.ts";
import { storeOf } from "../support/history-node.ts";
import { vectorFiles } from "../support/vector.ts";

let store: NodeStore;
let get: Get;
let first: number;
let tip: number;
const anchor = (height: number): Anchor => ({
  height: blockHeight(height),
  consensusHash: store.consensusHashAt(height)!,
});

beforeAll(async () => {
  const replay = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e1")!.path);
  store = await storeOf(replay);
  get = getFrom(store);
  first = store.network.firstBlock;
  tip = store.tip()!.height;
  return () => {
    store.close();
  };
});

describe("a node serves", () => {
  test("a walk from any block to any earlier one", () => {
    for (const [to, from] of [
      [first, tip],
      [tip, tip],
      [first + 7, tip - 20],
    ] as const) {
      const { status, body } = get(`/v2/walks/${to}?pin=${from}`);
      expect(status).toBe(200);
      expect(verifyReach(anchor(from), anchor(to), first, readWalk(body))).toEqual({
        kind: "proven",
        value: { kind: "kept" },
      });
    }
  });

  test("a stretch with every hash from a block up to a later one", () => {
    const stretch = verifyStretch(anchor(tip), first, first, readWalk(get(`/v2/stretches/${first}?pin=${tip}`).body));
    if (stretch.kind !== "proven") throw new Error(stretch.kind);
    for (const [height, hash] of stretch.value) expect(hash).toBe(store.consensusHashAt(height));
    expect(stretch.value.size).toBe(tip - first + 1);
  });

  test("the texts of every block's operations, which have its ops hash", () => {
    for (let height = first; height <= tip; height++) {
      const texts = readOperationTexts(get(`/v2/operations/${height}`).body);
      if (texts.length > 0) expect(opsHashOf(texts)).toBe(store.hashed.opsHashAt(height));
    }
  });

  test("nothing of blocks that it has not indexed, or that stand the wrong way round", () => {
    for (const path of ["walks", "stretches"]) {
      for (const [to, from] of [
        [first, tip + 1],
        [first - 1, tip],
        [tip, first],
        [first, first - 1],
      ] as const) {
        expect(get(`/v2/${path}/${to}?pin=${from}`).status).toBe(404);
      }
      expect(get(`/v2/${path}/${first}`).status).toBe(400);
      expect(get(`/v2/${path}/x?pin=${tip}`).status).toBe(400);
    }
    expect(get(`/v2/stretches/0?pin=5000`).status).toBe(400);
    expect(get(`/v2/operations/${tip + 1}`).status).toBe(404);
  });
});
