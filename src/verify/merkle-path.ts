/** That one leaf is in a block's operations tree, by its neighbours on the way to the root (spec 03 §5). */
import { equalBytes, fromHex, reversed, toHex } from "../primitives/bytes.ts";
import { parentOf, rowAbove } from "./merkle-root.ts";

/** Neighbours of a leaf and of the nodes above it, from the leaf up. */
export interface MerklePath {
  /** Of the leaf among the sorted leaves; its bits say on which side each neighbour stands. */
  readonly index: number;
  /** 32 bytes each, in hex, natural order. */
  readonly neighbours: readonly string[];
}

/** More than any block can hold: a Bitcoin block has room for less than 2^14 operations. */
export const LONGEST_PATH = 20;

/** The path of one of the sorted leaves (hex, natural order). @throws RangeError if there is no such leaf */
export function provePath(leaves: readonly string[], index: number): MerklePath {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index}`);
  const neighbours: string[] = [];
  let at = index;
  for (let row = leaves.map((leaf) => reversed(fromHex(leaf))); row.length > 1; row = rowAbove(row)) {
    const neighbour = row[at ^ 1] ?? row[at] ?? new Uint8Array();
    neighbours.push(toHex(reversed(neighbour)));
    at >>= 1;
  }
  return { index, neighbours };
}

/**
 * The root that the path leads to from a leaf (32 bytes in hex); null for a path that no tree has: too long, an index
 * beyond its bits, a neighbour of another size, or a leaf that claims to be the repetition of the last one.
 */
export function rootOfPath(leaf: string, { index, neighbours }: MerklePath): string | null {
  if (neighbours.length > LONGEST_PATH || !Number.isInteger(index) || index < 0) return null;
  if (index >= 2 ** neighbours.length) return null;
  let node = reversed(fromHex(leaf));
  let at = index;
  for (const text of neighbours) {
    const neighbour = reversed(fromHex(text));
    if (neighbour.length !== 32) return null;
    const isRight = at % 2 === 1;
    if (isRight && equalBytes(neighbour, node)) return null;
    node = isRight ? parentOf(neighbour, node) : parentOf(node, neighbour);
    at = Math.floor(at / 2);
  }
  return toHex(reversed(node));
}
