import { describe, expect, test } from "vitest";
import { MAINNET_EPOCHS } from "../../src/protocol/epoch.ts";
import { networkOf } from "../../src/protocol/network-definition.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { EMPTY_OPS_HASH } from "../../src/verify/ops-hash.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { type ToyChain, toyCandidates, toyNetwork } from "../support/toy-chain.ts";
import { readVectors } from "../support/vectors.ts";

const CHAIN = readVectors("toy/epoch3-basic.json") as ToyChain;
const LIVING = toyNetwork("living", CHAIN);

/** Indexes the toy chain on a network that may have ended. */
function indexed(endHeight: number | null, changes: Partial<typeof LIVING> = {}) {
  const network = networkOf({ ...LIVING, ...changes, endHeight });
  const machine = bnsMachine(network);
  const store = new MemoryStore(network);
  return CHAIN.blocks.map((block) => appendBlock(machine, store, toyCandidates(block, machine), network.firstBlock));
}

describe("a network that ended", () => {
  test("ignores every operation from its end height on, and its hashes go on", () => {
    const living = indexed(null);
    const ended = indexed(105);
    expect(living.filter(({ height }) => height >= 105).some(({ accepted }) => accepted.length > 0)).toBe(true);
    for (const [i, block] of ended.entries()) {
      if (block.height < 105) expect(block).toEqual(living[i]);
      else expect(block).toMatchObject({ accepted: [], rejected: [], opsHash: EMPTY_OPS_HASH });
    }
    expect(ended.at(-1)?.consensusHash).not.toBe(living.at(-1)?.consensusHash);
  });

  test("is indexed from there on even where nobody says who holds tokens", () => {
    const [, , third] = LIVING.epochs;
    const epochs = [{ ...third!, endBlock: 104 }, ...MAINNET_EPOCHS.slice(-1)];
    const tokens = { epochs, allocation: "allocation.json" };
    expect(() => indexed(null, tokens)).toThrow(expect.objectContaining({ rule: "epoch-not-supported" }));
    expect(() => indexed(106, tokens)).toThrow(expect.objectContaining({ rule: "epoch-not-supported" }));
    expect(indexed(105, tokens).map(({ consensusHash }) => consensusHash)).toEqual(
      indexed(105).map(({ consensusHash }) => consensusHash),
    );
    expect(indexed(null, { epochs }).at(-1)?.height).toBe(CHAIN.blocks.at(-1)?.height);
  });
});
