import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LONGEST_PATH, provePath, rootOfPath } from "../../src/verify/merkle-path.ts";
import { opsHashOfProof, proveOperation } from "../../src/verify/operation-proof.ts";
import { opLeaf, opsHashOf } from "../../src/verify/ops-hash.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { replayVectors } from "../support/vectors.ts";

const chain = replayedChain(replayVectors("fuzz")[0]!.path);
const blocks = Array.from({ length: chain.tip - chain.firstBlock + 1 }, (_, i) => chain.firstBlock + i)
  .map((height) => ({ height, operations: chain.operationsAt(height) }))
  .filter(({ operations }) => operations.length > 0);

const flipped = (hex: string): string => `${hex.slice(0, -1)}${(parseInt(hex.slice(-1), 16) ^ 1).toString(16)}`;

test("every operation of a chain is proven to be in its block, and in no other", () => {
  expect(blocks.some(({ operations }) => operations.length > 2)).toBe(true);
  for (const { height, operations } of blocks) {
    for (const text of operations) {
      const proof = proveOperation(text, operations);
      expect(opsHashOfProof(proof)).toBe(chain.opsHashAt(height));
      expect(proof.path.neighbours.length).toBe(Math.ceil(Math.log2(operations.length)));
    }
  }
});

describe("a proof is of another ops hash", () => {
  const { height, operations } = blocks.find((block) => block.operations.length >= 5)!;
  const wanted = chain.opsHashAt(height);

  test("with a character of the text, a neighbour or the side changed, a neighbour left out or added", () => {
    for (const text of operations) {
      const { path } = proveOperation(text, operations);
      expect(opsHashOfProof({ text: `${text.slice(0, -1)}#`, path })).not.toBe(wanted);
      path.neighbours.forEach((neighbour, i) => {
        const changed = { ...path, neighbours: path.neighbours.with(i, flipped(neighbour)) };
        expect(opsHashOfProof({ text, path: changed })).not.toBe(wanted);
        const turned = { ...path, index: path.index ^ (1 << i) };
        // The last of an odd row stands beside itself: there the other side is the same tree, and is refused.
        expect(opsHashOfProof({ text, path: turned })).not.toBe(wanted);
      });
      expect(opsHashOfProof({ text, path: { ...path, neighbours: path.neighbours.slice(1) } })).not.toBe(wanted);
      const longer = { ...path, neighbours: [...path.neighbours, path.neighbours[0]!] };
      expect(opsHashOfProof({ text, path: longer })).not.toBe(wanted);
    }
  });
});

test("paths that no tree has are refused", () => {
  const leaves = ["01", "02", "03"].map((byte) => byte.repeat(32));
  const path = provePath(leaves, 2);
  expect(rootOfPath(leaves[2]!, path)).toBe(opsHashLike(leaves));
  expect(rootOfPath(leaves[2]!, { ...path, index: 3 })).toBeNull(); // the repetition of the last leaf
  for (const index of [-1, 4, 0.5, NaN, 2 ** 40]) expect(rootOfPath(leaves[2]!, { ...path, index })).toBeNull();
  const long = Array.from({ length: LONGEST_PATH + 1 }, () => leaves[0]!);
  expect(rootOfPath(leaves[1]!, { index: 0, neighbours: long })).toBeNull();
  expect(rootOfPath(leaves[1]!, { index: 0, neighbours: ["0102"] })).toBeNull();
  expect(() => provePath(leaves, 3)).toThrow(RangeError);
  expect(() => proveOperation("?:0:", [])).toThrow(RangeError);
});

function opsHashLike(leaves: readonly string[]): string | null {
  return rootOfPath(leaves[0]!, provePath(leaves, 0));
}

test("any leaf of any tree: the same root from every one, and the root is the ops hash", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 40 }), (texts) => {
      const ops = opsHashOf(texts);
      const leaves = texts.map(opLeaf).sort();
      leaves.forEach((leaf, i) => {
        expect(rootOfPath(leaf, provePath(leaves, i))).toBe(ops);
      });
    }),
    { numRuns: 50 },
  );
});
