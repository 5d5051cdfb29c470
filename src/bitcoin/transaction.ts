/** Bitcoin transactions: bytes to fields and back. Scripts stay raw. Source: BIP 144. */
import { ParseError } from "../errors.ts";
import { concat } from "../primitives/bytes.ts";
import { sha256d } from "../primitives/digest.ts";
import { type Txid, txidOf } from "../primitives/hash.ts";
import { ByteReader } from "./reader.ts";

/** A Bitcoin transaction as bytes say it. Scripts stay raw. */
export interface TransactionInput {
  /** Txid of the spent output in natural (wire) byte order. */
  readonly previousTxid: Uint8Array;
  readonly previousIndex: number;
  readonly scriptSig: Uint8Array;
  readonly sequence: number;
}

export interface TransactionOutput {
  /** Satoshis. */
  readonly value: bigint;
  readonly script: Uint8Array;
}

export interface Transaction {
  readonly version: number;
  readonly inputs: readonly TransactionInput[];
  readonly outputs: readonly TransactionOutput[];
  readonly lockTime: number;
}

/** 36 bytes of outpoint, an empty script and 4 bytes of sequence: the least that an input takes. */
const MIN_INPUT_SIZE = 41;
/** 8 bytes of value and an empty script. */
const MIN_OUTPUT_SIZE = 9;

/** Refuses a count that the remaining bytes cannot hold, before anything of that size is built. */
function count(reader: ByteReader, minSize: number): number {
  const items = reader.compactSize();
  if (items * minSize > reader.bytes.length - reader.offset)
    throw new ParseError(`a transaction cannot hold ${items} items`);
  return items;
}

function input(reader: ByteReader): TransactionInput {
  return {
    previousTxid: reader.take(32),
    previousIndex: reader.uint32(),
    scriptSig: reader.take(reader.compactSize()),
    sequence: reader.uint32(),
  };
}

function output(reader: ByteReader): TransactionOutput {
  return { value: reader.uint64(), script: reader.take(reader.compactSize()) };
}

/**
 * Parses the transaction that starts at `offset`, with or without witnesses (BIP 144), and says where it ends.
 * Scripts are views of `bytes`. @throws ParseError
 */
export function parseTransactionAt(
  bytes: Uint8Array,
  offset: number,
): { readonly transaction: Transaction; readonly end: number } {
  const reader = new ByteReader(bytes, offset);
  const version = reader.int32();
  // A transaction without inputs cannot be in a block: a zero here is the marker of the witness format.
  const hasWitness = bytes[reader.offset] === 0 && bytes[reader.offset + 1] === 1;
  if (hasWitness) reader.take(2);
  const inputs = Array.from({ length: count(reader, MIN_INPUT_SIZE) }, () => input(reader));
  const outputs = Array.from({ length: count(reader, MIN_OUTPUT_SIZE) }, () => output(reader));
  if (hasWitness) {
    for (let i = 0; i < inputs.length; i++) {
      for (let items = count(reader, 1); items > 0; items--) reader.take(reader.compactSize());
    }
  }
  const lockTime = reader.uint32();
  return { transaction: { version, inputs, outputs, lockTime }, end: reader.offset };
}

/** Parses bytes that are one transaction and nothing else. @throws ParseError */
export function parseTransaction(bytes: Uint8Array): Transaction {
  const { transaction, end } = parseTransactionAt(bytes, 0);
  if (end !== bytes.length) throw new ParseError(`${bytes.length - end} bytes behind the transaction`);
  return transaction;
}

function compactSize(value: number): Uint8Array {
  if (value < 0xfd) return Uint8Array.of(value);
  if (value <= 0xffff) return Uint8Array.of(0xfd, value & 0xff, value >> 8);
  return concat(Uint8Array.of(0xfe), uint32(value));
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}

function uint64(value: bigint): Uint8Array {
  return concat(uint32(Number(value & 0xffff_ffffn)), uint32(Number(value >> 32n)));
}

/** The txid of the transaction that lies in a range of bytes; serializes anew only where witnesses must go. */
export function transactionIdAt(bytes: Uint8Array, start: number, end: number, transaction: Transaction): Txid {
  // Behind the version stands the number of inputs, never zero, or the marker of the witness format.
  const hasWitness = bytes[start + 4] === 0;
  return hasWitness ? transactionId(transaction) : txidOf(sha256d(bytes.subarray(start, end)));
}

/** The bytes that the txid is the hash of: no witnesses. */
export function serializeTransaction({ version, inputs, outputs, lockTime }: Transaction): Uint8Array {
  return concat(
    uint32(version),
    compactSize(inputs.length),
    ...inputs.flatMap(({ previousTxid, previousIndex, scriptSig, sequence }) => [
      previousTxid,
      uint32(previousIndex),
      compactSize(scriptSig.length),
      scriptSig,
      uint32(sequence),
    ]),
    compactSize(outputs.length),
    ...outputs.flatMap(({ value, script }) => [uint64(value), compactSize(script.length), script]),
    uint32(lockTime),
  );
}

/** sha256d of the bytes without witnesses, shown reversed. */
export function transactionId(transaction: Transaction): Txid {
  return txidOf(sha256d(serializeTransaction(transaction)));
}

/** Does the transaction create coins? Such an input spends no output. */
export function isCoinbase({ inputs }: Transaction): boolean {
  const first = inputs[0];
  return first?.previousIndex === 0xffff_ffff && first.previousTxid.every((byte) => byte === 0);
}
