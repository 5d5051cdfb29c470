/** A regtest chain from block 0 on, made of given transactions: linked, with Merkle roots and proofs of work. */
import { HEADER_SIZE, parseHeader } from "../../src/bitcoin/header.ts";
import { merkleRootOf } from "../../src/bitcoin/merkle.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { serializeTransaction, type Transaction } from "../../src/bitcoin/transaction.ts";
import { concat, fromHex, reversed } from "../../src/primitives/bytes.ts";
import { sha256d } from "../../src/primitives/digest.ts";
import type { ReplayFile } from "../../src/chain/replay-file.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { StoredBlock } from "./block-directory.ts";
import { withProof } from "./mined.ts";
import { compactSize, Outputs } from "./undo-writer.ts";

const PREVIOUS = 4;
const MERKLE = 36;
const TIME = 68;
const BITS = 72;
const SUBSIDY = 5_000_000_000n;

/** Block 0 of regtest (kernel/chainparams.cpp). */
export const GENESIS = fromHex(
  "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a5132" +
    "3a9fb8aa4b1e5e4adae5494dffff7f20020000000101000000010000000000000000000000000000000000000000000000000000000000000000ffff" +
    "ffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f" +
    "6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a6" +
    "7962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000",
);

/** A coinbase that no other is like. */
export function coinbase(height: number, script: Uint8Array, salt = 0): Transaction {
  const scriptSig = Uint8Array.of(4, height & 0xff, (height >> 8) & 0xff, height >> 16, salt);
  const input = { previousTxid: new Uint8Array(32), previousIndex: 0xffff_ffff, scriptSig, sequence: 0xffff_ffff };
  return { version: 1, inputs: [input], outputs: [{ value: SUBSIDY, script }], lockTime: 0 };
}

/** A block of these transactions behind another block. */
export function blockBehind(previous: Uint8Array, transactions: readonly Transaction[], time: number): Uint8Array {
  const serialized = transactions.map(serializeTransaction);
  const header = new Uint8Array(HEADER_SIZE);
  const view = new DataView(header.buffer);
  header[0] = 1;
  header.set(reversed(fromHex(parseHeader(previous).hash)), PREVIOUS);
  header.set(merkleRootOf(serialized.map(sha256d)).root, MERKLE);
  view.setUint32(TIME, time, true);
  view.setUint32(BITS, BITCOIN_CHAINS.regtest.easiestBits, true);
  return withProof(concat(header, compactSize(serialized.length), ...serialized));
}

/** The same block behind another one. */
function moved(block: Uint8Array, previous: Uint8Array): Uint8Array {
  const copy = block.slice();
  copy.set(reversed(fromHex(parseHeader(previous).hash)), PREVIOUS);
  return withProof(copy);
}

/** The blocks of a replay file behind as many empty ones as come before them, from block 0 on, with undo data. */
export async function chainOf({ source }: ReplayFile): Promise<StoredBlock[]> {
  const { height: last } = await source.tip();
  const outputs = new Outputs();
  const chain: StoredBlock[] = [{ raw: GENESIS, undo: null }];
  // What the blocks before the file paid, which its first blocks spend.
  const paid = { value: SUBSIDY, script: Uint8Array.of(0x51), height: 1, coinbase: true };
  for (let height = 1; height <= last; height++) {
    const previous = chain[height - 1]!.raw;
    const hash = await source.blockHashAt(blockHeight(height));
    const raw =
      hash === null
        ? blockBehind(previous, [coinbase(height, paid.script)], height)
        : moved(await source.rawBlock(hash), previous);
    chain.push({ raw, undo: outputs.undoOf(raw, height, paid) });
  }
  return chain;
}
