import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { p2pkhScript, p2shScript } from "../../src/bitcoin/script.ts";
import { ParseError } from "../../src/errors.ts";
import { concat } from "../../src/primitives/bytes.ts";
import { decodeRawTile, encodeRawTile, type RawOperation, type RawTile } from "../../src/verify/raw-tile.ts";
import { TILE_BLOCKS } from "../../src/verify/tile-bytes.ts";

const hash = fc.uint8Array({ minLength: 20, maxLength: 20 });
const operation = (vtxindex: number): fc.Arbitrary<RawOperation> =>
  fc.record({
    vtxindex: fc.constant(vtxindex),
    senderScript: fc.tuple(hash, fc.boolean()).map(([of, isKey]) => (isKey ? p2pkhScript(of) : p2shScript(of))),
    rawTransaction: fc.uint8Array({ maxLength: 300 }),
  });
const block = fc
  .uniqueArray(fc.nat(5000), { maxLength: 4 })
  .chain((indexes) => fc.tuple(...indexes.sort((a, b) => a - b).map(operation)));
const tile: fc.Arbitrary<RawTile> = fc.record({
  first: fc.nat(0xffff_ffff),
  blocks: fc.array(block, { minLength: 1, maxLength: 6 }),
});

test("what is written is read again", () => {
  fc.assert(
    fc.property(tile, (of) => {
      expect(decodeRawTile(encodeRawTile(of))).toEqual(of);
    }),
  );
});

test("whatever the bytes: a tile with exactly these, or a parse error", () => {
  fc.assert(
    fc.property(tile, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 3 }), fc.nat(2), (of, place, noise, how) => {
      const bytes = encodeRawTile(of);
      const at = place % bytes.length;
      const changed = [
        concat(bytes.subarray(0, at), noise, bytes.subarray(at)),
        concat(bytes.subarray(0, at), noise, bytes.subarray(at + noise.length)),
        bytes.subarray(0, at),
      ][how]!;
      try {
        expect(encodeRawTile(decodeRawTile(changed))).toEqual(changed);
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
      }
    }),
  );
});

describe("is refused:", () => {
  const senderScript = p2pkhScript(new Uint8Array(20));
  const one: RawOperation = { vtxindex: 3, senderScript, rawTransaction: Uint8Array.of(7) };
  const whole = encodeRawTile({ first: 100, blocks: [[one]] });
  const at = whole.length - 24; // the index, the kind, the hash, the length, the transaction
  const changed = (offset: number, byte: number): Uint8Array => {
    const copy = whole.slice();
    copy[at + offset] = byte;
    return copy;
  };

  test.each([
    ["operations out of their order", encodeRawTile({ first: 1, blocks: [[one, { ...one, vtxindex: 2 }]] })],
    ["an index twice", encodeRawTile({ first: 1, blocks: [[one, one]] })],
    ["a third kind of sender", changed(1, 2)],
    ["a transaction longer than the tile", changed(22, 2)],
    ["a byte behind the end", concat(whole, Uint8Array.of(0))],
    ["another format", concat(Uint8Array.of(0x42), whole.subarray(1))],
  ])("%s", (_, bytes) => {
    expect(() => decodeRawTile(bytes)).toThrow(ParseError);
  });

  test("to be written: no blocks, too many, and a sender who can send no operation", () => {
    const blocks = Array.from({ length: TILE_BLOCKS + 1 }, () => []);
    expect(() => encodeRawTile({ first: 1, blocks: [] })).toThrow(RangeError);
    expect(() => encodeRawTile({ first: 1, blocks })).toThrow(RangeError);
    const native = { ...one, senderScript: Uint8Array.of(0, 20, ...new Uint8Array(20)) };
    expect(() => encodeRawTile({ first: 1, blocks: [[native]] })).toThrow(RangeError);
  });
});
