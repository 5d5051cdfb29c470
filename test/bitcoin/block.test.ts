import * as bitcoin from "bitcoinjs-lib";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { transactionCount, walkTransactions } from "../../src/bitcoin/block.ts";
import { HEADER_SIZE, parseHeader } from "../../src/bitcoin/header.ts";
import {
  isCoinbase,
  parseTransaction,
  parseTransactionAt,
  serializeTransaction,
  transactionId,
} from "../../src/bitcoin/transaction.ts";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { ParseError } from "../../src/errors.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { replayVectors } from "../support/vectors.ts";

/** Blocks with and without witnesses, some with many transactions. */
let blocks: Uint8Array[];

beforeAll(async () => {
  blocks = [];
  for (const { path } of replayVectors("scenarios").filter(({ vector }) => /wallets_kinds|quota$/u.test(vector))) {
    const { source } = await readReplayFile(path);
    const { height } = await source.tip();
    for (let at: number = height; at > 0; at--) {
      const hash = await source.blockHashAt(blockHeight(at));
      if (hash !== null) blocks.push(await source.rawBlock(hash));
    }
  }
});

function framesOf(block: Uint8Array): [start: number, end: number][] {
  const frames: [number, number][] = [];
  walkTransactions(block, (index, start, end) => {
    expect(index).toBe(frames.length);
    frames.push([start, end]);
    return true;
  });
  return frames;
}

describe("blocks", () => {
  test("headers, frames and transaction ids are those of bitcoinjs-lib", () => {
    expect(blocks.length).toBeGreaterThan(50);
    for (const raw of blocks) {
      const theirs = bitcoin.Block.fromBuffer(Buffer.from(raw));
      const header = parseHeader(raw);
      expect(header.hash).toBe(theirs.getId());
      expect(header.previousHash).toBe(toHex(Uint8Array.from(theirs.prevHash!).reverse()));
      expect(header.merkleRoot).toBe(toHex(theirs.merkleRoot!));
      expect([header.version, header.time, header.bits, header.nonce]).toEqual([
        theirs.version,
        theirs.timestamp,
        theirs.bits,
        theirs.nonce,
      ]);
      const frames = framesOf(raw);
      expect(frames.length).toBe(transactionCount(raw));
      expect(frames.at(-1)![1]).toBe(raw.length);
      expect(frames.map(([start]) => transactionId(parseTransactionAt(raw, start).transaction))).toEqual(
        theirs.transactions!.map((transaction) => transaction.getId()),
      );
      expect(frames.map(([start]) => isCoinbase(parseTransactionAt(raw, start).transaction))).toEqual(
        frames.map((_, index) => index === 0),
      );
    }
  });

  test("parsing ends where framing does, and serializing drops only the witnesses", () => {
    let witnesses = 0;
    for (const raw of blocks) {
      for (const [start, end] of framesOf(raw)) {
        const parsed = parseTransactionAt(raw, start);
        expect(parsed.end).toBe(end);
        const stripped = serializeTransaction(parsed.transaction);
        if (stripped.length !== end - start) witnesses += 1;
        else expect(stripped).toEqual(raw.slice(start, end));
        expect(parseTransaction(stripped)).toEqual(parsed.transaction);
      }
    }
    expect(witnesses).toBeGreaterThan(0);
  });

  test("a walk stops when it is told to", () => {
    const raw = blocks.find((block) => transactionCount(block) > 2)!;
    const seen: number[] = [];
    walkTransactions(raw, (index) => {
      seen.push(index);
      return index < 1;
    });
    expect(seen).toEqual([0, 1]);
  });

  test("bytes that end too early are a ParseError, wherever they end", () => {
    const raw = blocks.find((block) => transactionCount(block) === 1)!;
    for (let length = 0; length < raw.length; length++) {
      const cut = raw.slice(0, length);
      expect(() => framesOf(cut)).toThrow(ParseError);
      if (length < HEADER_SIZE) expect(() => parseHeader(cut)).toThrow(ParseError);
      if (length > HEADER_SIZE) expect(() => parseTransaction(cut.slice(HEADER_SIZE + 1))).toThrow(ParseError);
    }
  });

  test("noise is a ParseError or a transaction, never anything else, and quickly so", () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 120 }).map((bytes) => Uint8Array.from([1, 0, 0, 0, 0, 1, ...bytes])),
      fc.array(fc.constantFrom(0, 1, 0xfd, 0xfe, 0xff), { maxLength: 120 }).map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(noise, (bytes) => {
        for (const read of [
          () => parseTransaction(bytes),
          () => framesOf(Uint8Array.from([...new Uint8Array(HEADER_SIZE), ...bytes])),
        ]) {
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
