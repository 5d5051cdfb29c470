/** Writes undo data as Bitcoin Core does (undo.h, compressor.cpp), from the blocks themselves. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { walkTransactions } from "../../src/bitcoin/block.ts";
import {
  parseTransactionAt,
  type Transaction,
  transactionId,
  type TransactionOutput,
} from "../../src/bitcoin/transaction.ts";
import { concat } from "../../src/primitives/bytes.ts";
import { txidOf } from "../../src/primitives/hash.ts";

/** serialize.h, VARINT. */
export function varInt(value: bigint | number): Uint8Array {
  const digits: number[] = [];
  for (let rest = BigInt(value); ; rest = (rest >> 7n) - 1n) {
    digits.unshift(Number(rest & 0x7fn) | (digits.length > 0 ? 0x80 : 0));
    if (rest <= 0x7fn) return Uint8Array.from(digits);
  }
}

export function compactSize(value: number): Uint8Array {
  if (value < 0xfd) return Uint8Array.of(value);
  if (value <= 0xffff) return Uint8Array.of(0xfd, value & 0xff, value >> 8);
  return Uint8Array.of(0xfe, value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24);
}

/** compressor.cpp, CompressAmount. */
export function compressAmount(satoshis: bigint): bigint {
  if (satoshis === 0n) return 0n;
  let rest = satoshis;
  let zeros = 0n;
  while (rest % 10n === 0n && zeros < 9n) {
    rest /= 10n;
    zeros++;
  }
  if (zeros === 9n) return 1n + (rest - 1n) * 10n + 9n;
  return 1n + ((rest / 10n) * 9n + (rest % 10n) - 1n) * 10n + zeros;
}

const isOnCurve = (key: Uint8Array): boolean => {
  try {
    secp256k1.Point.fromBytes(key);
    return true;
  } catch {
    return false;
  }
};

/** compressor.cpp, CompressScript. */
export function compressScript(script: Uint8Array): Uint8Array {
  const [a, b, c] = script;
  const last = script.at(-1);
  if (script.length === 25 && a === 0x76 && b === 0xa9 && c === 20 && script[23] === 0x88 && last === 0xac) {
    return concat(Uint8Array.of(0), script.subarray(3, 23));
  }
  if (script.length === 23 && a === 0xa9 && b === 20 && last === 0x87) {
    return concat(Uint8Array.of(1), script.subarray(2, 22));
  }
  if (script.length === 35 && a === 33 && (b === 2 || b === 3) && last === 0xac && isOnCurve(script.subarray(1, 34))) {
    return script.subarray(1, 34);
  }
  if (script.length === 67 && a === 65 && b === 4 && last === 0xac && isOnCurve(script.subarray(1, 66))) {
    return concat(Uint8Array.of(4 | (script[65]! & 1)), script.subarray(2, 34));
  }
  return concat(varInt(script.length + 6), script);
}

export interface SpentOutput extends TransactionOutput {
  readonly height: number;
  readonly coinbase: boolean;
}

/** undo.h, TxInUndoFormatter; before 0.15 the height could be 0. */
export function undoOfInput({ height, coinbase, value, script }: SpentOutput): Uint8Array {
  const code = varInt(height * 2 + (coinbase ? 1 : 0));
  return concat(code, ...(height > 0 ? [Uint8Array.of(0)] : []), varInt(compressAmount(value)), compressScript(script));
}

export function undoOfBlock(spent: readonly (readonly SpentOutput[])[]): Uint8Array {
  const parts = spent.map((inputs) => concat(compactSize(inputs.length), ...inputs.map(undoOfInput)));
  return concat(compactSize(spent.length), ...parts);
}

export function transactionsOf(block: Uint8Array): Transaction[] {
  const transactions: Transaction[] = [];
  walkTransactions(block, (_index, start) => {
    transactions.push(parseTransactionAt(block, start).transaction);
    return true;
  });
  return transactions;
}

/** The outputs of a chain, block by block: what undo data is made of. */
export class Outputs {
  readonly #known = new Map<string, SpentOutput>();

  /** Adds the block at a height; answers its undo data. Outputs that no block made count as made by `unknown`. */
  undoOf(block: Uint8Array, height: number, unknown?: SpentOutput): Uint8Array {
    const transactions = transactionsOf(block);
    transactions.forEach((transaction, i) => {
      const txid = transactionId(transaction);
      transaction.outputs.forEach((output, j) =>
        this.#known.set(`${txid}:${j}`, { ...output, height, coinbase: i === 0 }),
      );
    });
    return undoOfBlock(
      transactions.slice(1).map(({ inputs }) =>
        inputs.map(({ previousTxid, previousIndex }) => {
          const spent = this.#known.get(`${txidOf(previousTxid)}:${previousIndex}`) ?? unknown;
          if (spent === undefined) throw new Error("a block spends an output that no block made");
          return spent;
        }),
      ),
    );
  }
}
