/** Another state machine on the same engine, from raw blocks to its own consensus hashes. */
import { beforeEach, describe, expect, test } from "vitest";
import { concat, fromLatin1, indexOfBytes } from "../../src/primitives/bytes.ts";
import { blockHash, type BlockHash } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { EMPTY_OPS_HASH, opsHashOf } from "../../src/verify/ops-hash.ts";
import { findCandidates } from "../../src/virtualchain/candidates.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import { counter, CounterStore } from "../support/counter.ts";
import { rawBlockOf, spending } from "../support/raw-block.ts";

const hashOf = (height: number, branch = "0"): BlockHash => blockHash(branch + height.toString(16).padStart(63, "0"));

describe("a counter on the virtualchain", () => {
  let store: CounterStore;
  beforeEach(() => (store = new CounterStore()));

  function mine(height: number, raises: readonly number[][], branch = "0") {
    const texts = raises.map((payload) => concat(fromLatin1("C1+"), Uint8Array.from(payload)));
    const raw = rawBlockOf(
      texts.map((data) => spending([{ value: 0n, script: concat(Uint8Array.of(0x6a, data.length), data) }])),
    );
    const found = findCandidates(raw, counter.magic, counter.opcodes, indexOfBytes);
    const candidates = found.map((candidate) => ({ ...candidate, spentScripts: [] }));
    const previousHash = store.tip()?.hash ?? hashOf(height - 1);
    const block = { height: blockHeight(height), hash: hashOf(height, branch), previousHash, time: 0, candidates };
    return appendBlock(counter, store, block, 5);
  }

  test("takes what the machine accepts, in block order, and hashes exactly that", () => {
    const block = mine(5, [[3], [9], [4], [1, 2]]);
    expect(block.accepted.map(({ canonical }) => canonical)).toEqual(["+:3", "+:7"]);
    expect(block.rejected.map(({ vtxindex, rule }) => [vtxindex, rule])).toEqual([[2, "too-high"]]);
    expect(block.opsHash).toBe(opsHashOf(["+:3", "+:7"]));
    expect(store.view.total).toBe(7);
    expect(mine(6, []).opsHash).toBe(EMPTY_OPS_HASH);
  });

  test("has consensus hashes that tell histories apart, and comes back to the same by another way", () => {
    mine(5, [[1]]);
    const first = mine(6, [[2]]).consensusHash;
    store.rollBack();
    expect(mine(6, [[3]], "f").consensusHash).not.toBe(first);
    store.rollBack();
    expect(mine(6, [[2]]).consensusHash).toBe(first);
  });

  test("takes no block that does not follow its tip", () => {
    expect(() => mine(6, [])).toThrow("does not follow");
    mine(5, []);
    expect(() => mine(7, [])).toThrow("does not follow");
  });
});
