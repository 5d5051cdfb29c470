/** What all formats of tiles are written with: a first line, a range of blocks, numbers of any size. Format: docs/protocol/tiles.md. */
import { ParseError } from "../errors.ts";
import { toLatin1 } from "../primitives/bytes.ts";

/** Blocks of a whole tile: two weeks. */
export const TILE_BLOCKS = 2016;
/** More operations than a Bitcoin block has room for. */
export const MOST_OPERATIONS = 16_384;

/** Height of the first block, and how many there are. @throws RangeError unless there are 1 to `TILE_BLOCKS` blocks */
export function rangeBytes(first: number, count: number): Uint8Array {
  if (!Number.isInteger(count) || count < 1 || count > TILE_BLOCKS) throw new RangeError(`a tile of ${count} blocks`);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, first);
  view.setUint32(4, count);
  return bytes;
}

/** Unsigned LEB128 in its shortest form. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

/** Reads a tile from its start; every method throws ParseError at the end of the bytes. */
export function tileReader(given: Uint8Array, magic: Uint8Array) {
  // Of a Buffer, slices are no copies and have no buffer of their own.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.length);
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new ParseError(`a tile that ends at byte ${bytes.length}, too early`);
    at += length;
    return bytes.slice(at - length, at);
  };
  if (toLatin1(take(magic.length)) !== toLatin1(magic)) throw new ParseError("not a tile of this kind");
  return {
    take,
    range: () => {
      const { buffer } = take(8);
      const [first, count] = [new DataView(buffer).getUint32(0), new DataView(buffer).getUint32(4)];
      if (count < 1 || count > TILE_BLOCKS) throw new ParseError(`a tile of ${count} blocks`);
      return { first, count };
    },
    varint: (most: number): number => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const [byte = 0] = take(1);
        value += (byte & 0x7f) * 2 ** shift;
        if (value > most) throw new ParseError(`${value} in a tile, where ${most} is the most that can be`);
        if (byte >= 0x80) continue;
        if (byte === 0 && shift > 0) throw new ParseError("a number in a tile that is longer than it needs to be");
        return value;
      }
    },
    end: () => {
      if (at !== bytes.length) throw new ParseError(`${bytes.length - at} bytes behind the end of a tile`);
    },
  };
}
