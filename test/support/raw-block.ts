/** Blocks and transactions made of parts, where no real chain is at hand. */
import { HEADER_SIZE } from "../../src/bitcoin/header.ts";
import {
  serializeTransaction,
  type Transaction,
  type TransactionInput,
  type TransactionOutput,
} from "../../src/bitcoin/transaction.ts";
import { concat } from "../../src/primitives/bytes.ts";

function inputOf(previous: number, previousIndex: number, scriptSig: Uint8Array): TransactionInput {
  return { previousTxid: new Uint8Array(32).fill(previous), previousIndex, scriptSig, sequence: 0xffff_ffff };
}

/** A transaction that spends something and pays these outputs. */
export function spending(
  outputs: readonly TransactionOutput[],
  scriptSigs: readonly Uint8Array[] = [new Uint8Array()],
): Transaction {
  return { version: 1, inputs: scriptSigs.map((sig) => inputOf(1, 0, sig)), outputs, lockTime: 0 };
}

/** A coinbase, which the salt tells from others. */
export function coinbase(salt = 0x0201): Transaction {
  const script = Uint8Array.from([0, 8, 16, 24], (shift) => salt >>> shift);
  return {
    version: 1,
    inputs: [inputOf(0, 0xffff_ffff, script)],
    outputs: [{ value: 50n, script: Uint8Array.of(0x51) }],
    lockTime: 0,
  };
}

/** A block with a coinbase before these transactions (at most 250) and an empty header. */
export function rawBlockOf(transactions: readonly Transaction[]): Uint8Array {
  const all = [coinbase(), ...transactions];
  return concat(new Uint8Array(HEADER_SIZE), Uint8Array.of(all.length), ...all.map(serializeTransaction));
}
