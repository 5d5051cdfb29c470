/** The index of headers: linked in any order, grown beyond its first size, and the chain with the most work. */
import { describe, expect, test } from "vitest";
import { HeaderIndex } from "../../src/chain/block-files/header-index.ts";
import { blockHash } from "../../src/primitives/hash.ts";

/** A hash for a branch and a height, in wire byte order; as short as a counter, so that slots collide. */
function hashOf(branch: number, height: number): Uint8Array {
  const hash = new Uint8Array(32);
  hash[0] = height & 7;
  new DataView(hash.buffer).setUint32(8, height);
  hash[31] = branch;
  return hash;
}

const GENESIS = blockHash("00".repeat(32));
const header = (branch: number, height: number, parent = branch, work = 2n) => ({
  hash: hashOf(height === 0 ? 0 : branch, height),
  previousHash: height <= 0 ? new Uint8Array(32).fill(0xee) : hashOf(height === 1 ? 0 : parent, height - 1),
  time: 1000 + height,
  work,
});
const place = (height: number) => ({ file: height % 3, position: 10 * height, size: height });

function indexOf(order: readonly number[], capacity?: number): HeaderIndex {
  const index = new HeaderIndex(GENESIS, capacity);
  for (const height of order) index.add(header(0, height), place(height));
  return index;
}

const COUNT = 300;
const upwards = Array.from({ length: COUNT }, (_, height) => height);

describe("the same chain comes out", () => {
  test.each([
    ["in order", upwards],
    ["backwards", upwards.toReversed()],
    [
      "the even ones first",
      [...upwards.filter((height) => height % 2 === 0), ...upwards.filter((height) => height % 2 === 1)],
    ],
    ["each twice", upwards.flatMap((height) => [height, height])],
  ])("%s, grown from 16 blocks", (_order, order) => {
    const index = indexOf(order, 16);
    const tip = index.heaviest!;
    expect(index.heightOf(tip)).toBe(COUNT - 1);
    index.choose(tip);
    expect(index.tipHeight).toBe(COUNT - 1);
    for (const height of upwards) {
      const at = index.at(height)!;
      expect(index.hashBytesOf(at)).toEqual(hashOf(0, height));
      expect([index.placeOf(at), index.timeOf(at)]).toEqual([place(height), 1000 + height]);
      expect(index.previousOf(at)).toBe(height === 0 ? null : index.at(height - 1));
      expect(index.find(hashOf(0, height))).toBe(at);
    }
    expect([index.at(COUNT), index.at(-1), index.find(hashOf(7, 3))]).toEqual([null, null, null]);
  });
});

test("what does not reach block 0 is not on any chain, until it does", () => {
  const index = indexOf([0, 1, 2, 4, 5, 6]);
  expect(index.heightOf(index.heaviest!)).toBe(2);
  expect(index.heightOf(index.find(hashOf(0, 5))!)).toBe(-1);
  index.add(header(0, 3), place(3));
  expect(index.heightOf(index.heaviest!)).toBe(6);
});

test("work decides, not length; beyond 64 bits; and the first of equals stays", () => {
  const index = indexOf([0, 1, 2, 3]);
  const before = index.heaviest!;
  for (const height of [1, 2, 3]) index.add(header(1, height), place(height));
  expect(index.heaviest).toBe(before);
  index.add(header(2, 1, 2, 2n ** 70n), place(1));
  expect(index.hashBytesOf(index.heaviest!)).toEqual(hashOf(2, 1));
  index.add(header(2, 2, 2, 1n), place(2));
  index.add(header(3, 1, 3, 2n ** 70n + 2n), place(1));
  expect(index.hashBytesOf(index.heaviest!)).toEqual(hashOf(3, 1));
});

test("choosing another branch and back tells each branch's blocks, and nothing above its tip", () => {
  const index = indexOf(upwards.slice(0, 20));
  for (let height = 1; height <= 8; height++) index.add(header(1, height), place(height));
  const [long, short] = [index.find(hashOf(0, 19))!, index.find(hashOf(1, 8))!];
  for (const [tip, branch, height] of [
    [long, 0, 19],
    [short, 1, 8],
    [long, 0, 19],
    [index.find(hashOf(0, 4))!, 0, 4],
    [short, 1, 8],
  ] as const) {
    index.choose(tip);
    expect(index.tipHeight).toBe(height);
    for (let at = 0; at <= height; at++)
      expect(index.hashBytesOf(index.at(at)!)).toEqual(hashOf(at === 0 ? 0 : branch, at));
    expect(index.at(height + 1)).toBeNull();
  }
});
