/** How fast operations are found in raw blocks: against one search over the same bytes, and against parsing them. */
import { Block, type Transaction } from "bitcoinjs-lib";
import { nativeSearch } from "../../src/fullnode/scan.ts";
import { OPCODES } from "../../src/ops/opcode.ts";
import type { Payload } from "../../src/ops/operation.ts";
import { encodePayload } from "../../src/ops/payload.ts";
import { concat, fromLatin1, toHex } from "../../src/primitives/bytes.ts";
import { consensusHash, preorderHash, updateHash, zonefileHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { findCandidates } from "../../src/virtualchain/candidates.ts";
import type { Benchmark } from "./benchmark.ts";
import { operationTransaction, rawBlock } from "./blocks.ts";
import { SeededRandom } from "./random.ts";
import { inTurns } from "./rounds.ts";

const MAGIC = "id";
const magic = fromLatin1(MAGIC);
const SEED = 373_601;
const OPERATIONS_PER_BLOCK = 3;

/** Blocks, and transactions in each. */
const SIZES = { tiny: { blocks: 2, transactions: 40 }, full: { blocks: 8, transactions: 2300 } } as const;
const ROUNDS = { tiny: { warmUp: 1, counted: 2 }, full: { warmUp: 4, counted: 15 } } as const;

const totalBytes = (blocks: readonly Buffer[]): number => blocks.reduce((sum, { length }) => sum + length, 0);

/**
 * Passes over all blocks in one of our rounds, so that it lasts about as long as one pass of bitcoinjs-lib: measured
 * right behind it, a single pass would mostly show the caches and the garbage that it left.
 */
const PASSES = 24;

/** What a first sync does with each block. The sum keeps the compiler from leaving the work out. */
function scanAll(blocks: readonly Buffer[], passes: number): number {
  let found = 0;
  for (let pass = 0; pass < passes; pass++) {
    for (const block of blocks) found += findCandidates(block, magic, OPCODES, nativeSearch).length;
  }
  return found;
}

function expect(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${found} operations found where the blocks hold ${wanted}`);
}

/** A needle that starts as the magic does and is nowhere: its search runs over all bytes, once. */
function absentNeedle(blocks: readonly Buffer[]): Buffer {
  for (let last = 0; last < 256; last++) {
    const needle = Buffer.from(concat(magic, Uint8Array.of(last)));
    if (blocks.every((block) => !block.includes(needle))) return needle;
  }
  throw new Error("the blocks hold every continuation of the magic bytes");
}

export const scanVsIndexOf: Benchmark = {
  name: "scan-vs-indexof",
  unit: "MB/s",
  aim: { atLeast: 0.5 },
  async measure(size) {
    const random = new SeededRandom(SEED);
    const { transactions } = SIZES[size];
    const blocks = Array.from({ length: SIZES[size].blocks }, () => rawBlock(transactions, [], random));
    const needle = absentNeedle(blocks);
    const { ours, theirs } = await inTurns(
      { work: () => expect(scanAll(blocks, 1), 0) },
      { work: () => expect(blocks.filter((block) => block.indexOf(needle) >= 0).length, 0) },
      ROUNDS[size],
    );
    const megabytes = totalBytes(blocks) / 1e6;
    return { value: megabytes / ours, limit: megabytes / theirs };
  },
};

/** A preorder, a registration with a zone file hash and an update, as their payloads were on the chain. */
function operations(random: SeededRandom): Transaction[] {
  const hex = (length: number): string => toHex(random.bytes(length));
  const payloads: readonly Payload[] = [
    { kind: "NAME_PREORDER", preorderHash: preorderHash(hex(20)), consensusHash: consensusHash(hex(16)) },
    { kind: "NAME_REGISTRATION", name: name("judecnelson.id"), zonefileHash: zonefileHash(hex(20)) },
    { kind: "NAME_UPDATE", updateHash: updateHash(hex(16)), zonefileHash: zonefileHash(hex(20)) },
  ];
  return payloads.map((payload, i) => operationTransaction(encodePayload(MAGIC, payload), i === 1, random));
}

export const scanVsBitcoinjs: Benchmark = {
  name: "scan-vs-bitcoinjs",
  unit: "MB/s",
  aim: { atLeast: 40 },
  async measure(size) {
    const random = new SeededRandom(SEED + 1);
    const { transactions } = SIZES[size];
    const blocks = Array.from({ length: SIZES[size].blocks }, () => rawBlock(transactions, operations(random), random));
    // Both sides name the same transactions, or the comparison says nothing.
    for (const block of blocks) {
      const all = (Block.fromBuffer(block).transactions ?? []).map((transaction) => transaction.getId());
      const found = findCandidates(block, magic, OPCODES, nativeSearch);
      expect(found.filter(({ txid, vtxindex }) => all[vtxindex] === txid).length, OPERATIONS_PER_BLOCK);
    }
    const { ours, theirs } = await inTurns(
      { work: () => expect(scanAll(blocks, PASSES), PASSES * blocks.length * OPERATIONS_PER_BLOCK) },
      { work: () => blocks.forEach((block) => Block.fromBuffer(block)) },
      ROUNDS[size],
    );
    const megabytes = totalBytes(blocks) / 1e6;
    return { value: (PASSES * megabytes) / ours, limit: megabytes / theirs };
  },
};
