import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import { concat, fromHex } from "../../src/primitives/bytes.ts";
import { EMPTY_OPS_HASH } from "../../src/verify/ops-hash.ts";
import { startLog, verifyLog } from "../../src/verify/op-log.ts";
import { startSpine, verifySpine } from "../../src/verify/spine.ts";
import { decodeLogTile, decodeSpineTile, encodeLogTile, encodeSpineTile } from "../../src/verify/tile.ts";
import { TILE_BLOCKS } from "../../src/verify/tile-bytes.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { replayVectors } from "../support/vectors.ts";

const chain = replayedChain(replayVectors("fuzz")[0]!.path);
const heights = Array.from({ length: chain.tip - chain.firstBlock + 1 }, (_, i) => chain.firstBlock + i);
const pin = chain.anchorAt(chain.tip);
const spineTile = encodeSpineTile({
  first: chain.firstBlock,
  opsHashes: heights.map((height) => {
    const hash = chain.opsHashAt(height);
    return hash === EMPTY_OPS_HASH ? null : fromHex(hash);
  }),
});
const logTile = encodeLogTile({ first: chain.firstBlock, blocks: heights.map((height) => chain.operationsAt(height)) });

/** The verdict on what a tile says, from a reader who knows the pin alone. */
function spineVerdict(bytes: Uint8Array): string {
  const { first, opsHashes } = decodeSpineTile(bytes);
  if (first !== chain.firstBlock || opsHashes.length !== heights.length) return "another range";
  const spine = startSpine(first);
  for (const hash of opsHashes) spine.append(hash);
  return verifySpine(pin, spine).kind;
}

function logVerdict(bytes: Uint8Array): string {
  const { first, blocks } = decodeLogTile(bytes);
  if (first !== chain.firstBlock || blocks.length !== heights.length) return "another range";
  const log = startLog(first);
  for (const texts of blocks) log.append(texts);
  return verifyLog(pin, log).kind;
}

test("a chain in tiles comes out at its pin", () => {
  expect(spineVerdict(spineTile)).toBe("proven");
  expect(logVerdict(logTile)).toBe("proven");
});

describe.each([
  ["spine", spineTile, spineVerdict],
  ["log", logTile, logVerdict],
] as const)("a %s tile is not believed", (_, tile, verdict) => {
  const isRefused = (bytes: Uint8Array): boolean => {
    try {
      return verdict(bytes) !== "proven";
    } catch (error) {
      return error instanceof ParseError;
    }
  };

  test("with any byte changed", () => {
    const step = Math.ceil(tile.length / 80);
    for (let at = 0; at < tile.length; at += at < 64 ? 1 : step) {
      for (const bit of [1, 0x80]) {
        const changed = tile.slice();
        changed[at] = (changed[at] ?? 0) ^ bit;
        expect([at, isRefused(changed)]).toEqual([at, true]);
      }
    }
  });

  test("cut anywhere, with a byte too many, or with bytes exchanged", () => {
    for (let length = 0; length < tile.length; length += 1 + (length >> 3)) {
      expect(isRefused(tile.subarray(0, length))).toBe(true);
    }
    expect(isRefused(concat(tile, Uint8Array.of(0)))).toBe(true);
    expect(isRefused(concat(tile.slice(0, -40), tile.slice(-20), tile.slice(-40, -20)))).toBe(true);
  });

  test("however it is made up: a parse error or a refusal, never anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(40), (noise, at) => {
        expect(isRefused(concat(tile.slice(0, at), noise))).toBe(true);
      }),
    );
  });
});

test("huge numbers are refused before anything is made of them", () => {
  const head = logTile.slice(0, 12);
  const range = (first: number, count: number) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, first);
    view.setUint32(4, count);
    return new Uint8Array(view.buffer);
  };
  for (const body of [
    [0xff, 0xff, 0xff, 0xff, 0x7f],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0x81, 0x00],
  ]) {
    expect(() => decodeLogTile(concat(head, range(5, 1), Uint8Array.from(body)))).toThrow(ParseError);
  }
  for (const count of [0, TILE_BLOCKS + 1, 0xffffffff]) {
    expect(() => decodeLogTile(concat(head, range(5, count)))).toThrow(ParseError);
    expect(() => decodeSpineTile(concat(spineTile.slice(0, 12), range(5, count)))).toThrow(ParseError);
  }
  expect(() => encodeLogTile({ first: 5, blocks: [] })).toThrow(RangeError);
});

test("one spelling: what is decoded is encoded to the same bytes", () => {
  expect(encodeSpineTile(decodeSpineTile(spineTile))).toEqual(spineTile);
  expect(encodeLogTile(decodeLogTile(logTile))).toEqual(logTile);
  const texts = fc.array(fc.array(fc.string({ unit: "binary-ascii", maxLength: 300 }), { maxLength: 4 }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(fc.nat(700_000), texts, (first, blocks) => {
      expect(decodeLogTile(encodeLogTile({ first, blocks }))).toEqual({ first, blocks });
    }),
  );
});
