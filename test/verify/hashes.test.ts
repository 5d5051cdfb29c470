import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConsensusHash } from "../../src/primitives/hash.ts";
import { nameHashOf, updateHashOf } from "../../src/primitives/name.ts";
import { consensusHashOf } from "../../src/verify/consensus-hash.ts";
import { merkleRoot } from "../../src/verify/merkle-root.ts";
import { EMPTY_OPS_HASH, opLeaf, opsHashOf } from "../../src/verify/ops-hash.ts";
import { skipListHeights } from "../../src/verify/skip-list.ts";
import { PRIMITIVES, rowsOf } from "../support/vectors.ts";

describe("the original's", () => {
  test.each(PRIMITIVES.test["merkle"]!.rows as unknown as { leaves: string[]; root: string }[])(
    "Merkle root %#",
    ({ leaves, root }) => {
      expect(merkleRoot(leaves)).toBe(root);
    },
  );

  test.each(rowsOf("test", "snapshot") as [string[], ConsensusHash[], string, string][])(
    "ops hash and consensus hash %#",
    (ops, earlier, opsHash, consensusHash) => {
      expect(opsHashOf(ops)).toBe(opsHash);
      expect(consensusHashOf(opsHashOf(ops), earlier)).toBe(consensusHash);
    },
  );

  test.each(rowsOf("test", "skip_list_heights") as [number, number, number[]][])(
    "skip list from %i at %i",
    (first, height, heights) => {
      expect(skipListHeights(height, first)).toEqual(heights);
    },
  );

  test.each(rowsOf("test", "serialize_op") as [string, unknown, string, string][])(
    "leaf %#",
    (_op, _fields, text, leaf) => {
      expect(opLeaf(text)).toBe(leaf);
    },
  );

  test.each(rowsOf("test", "update_hash") as [string, ConsensusHash, string, string][])(
    "hashes of the name %s",
    (name, consensusHash, updateHash, nameHash) => {
      expect(updateHashOf(name, consensusHash)).toBe(updateHash);
      expect(nameHashOf(name)).toBe(nameHash);
    },
  );
});

test("the order of operations does not matter, any operation does", () => {
  const texts = fc.uniqueArray(fc.string({ unit: "binary-ascii", minLength: 1 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(texts, (ops) => {
      expect(opsHashOf([...ops].reverse())).toBe(opsHashOf(ops));
      expect(opsHashOf(ops.slice(1))).not.toBe(opsHashOf(ops));
      expect(opsHashOf([`${ops[0]!}.`, ...ops.slice(1)])).not.toBe(opsHashOf(ops));
    }),
  );
});

test("a consensus hash changes with the ops hash and with every earlier hash", () => {
  const earlier = ["17ac43c1d8549c3181b200f1bf97eb7d", "2a9148d8b13939723d2aca16c75c6d68"] as ConsensusHash[];
  const hash = consensusHashOf(EMPTY_OPS_HASH, earlier);
  expect(consensusHashOf(opsHashOf(["x"]), earlier)).not.toBe(hash);
  expect(consensusHashOf(EMPTY_OPS_HASH, earlier.slice(1))).not.toBe(hash);
  expect(consensusHashOf(EMPTY_OPS_HASH, [...earlier].reverse())).toBe(hash);
});
