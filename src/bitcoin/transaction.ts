/** Bitcoin transactions: bytes to fields and back. Scripts stay raw. Source: BIP 144. */
import { ParseError } from "../errors.ts";
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

/** Bytes that a CompactSize takes. */
function sizeOfCompactSize(value: number): number {
  return value < 0xfd ? 1 : value <= 0xffff ? 3 : 5;
}

/** Bytes of a transaction without witnesses. */
function sizeOf({ inputs, outputs }: Transaction): number {
  let size = 8 + sizeOfCompactSize(inputs.length) + sizeOfCompactSize(outputs.length);
  for (const { scriptSig } of inputs) size += 40 + sizeOfCompactSize(scriptSig.length) + scriptSig.length;
  for (const { script } of outputs) size += 8 + sizeOfCompactSize(script.length) + script.length;
  return size;
}

/** Fills an array of the right length from its start. */
class ByteWriter {
  readonly bytes: Uint8Array;
  #offset = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** Little-endian; negative values as their two's complement. */
  uint(value: number, size: number): void {
    for (let i = 0; i < size; i++) this.bytes[this.#offset++] = value >>> (8 * i);
  }

  uint64(value: bigint): void {
    this.uint(Number(value & 0xffff_ffffn), 4);
    this.uint(Number(value >> 32n), 4);
  }

  compactSize(value: number): void {
    const size = sizeOfCompactSize(value);
    if (size > 1) this.uint(size === 3 ? 0xfd : 0xfe, 1);
    this.uint(value, size === 1 ? 1 : size - 1);
  }

  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#offset);
    this.#offset += bytes.length;
  }
}

/** The txid of the transaction that lies in a range of bytes; serializes anew only where witnesses must go. */
export function transactionIdAt(bytes: Uint8Array, start: number, end: number, transaction: Transaction): Txid {
  // Behind the version stands the number of inputs, never zero, or the marker of the witness format.
  const hasWitness = bytes[start + 4] === 0;
  return hasWitness ? transactionId(transaction) : txidOf(sha256d(bytes.subarray(start, end)));
}

/** The bytes that the txid is the hash of: no witnesses. */
export function serializeTransaction(transaction: Transaction): Uint8Array {
  const { version, inputs, outputs, lockTime } = transaction;
  const writer = new ByteWriter(sizeOf(transaction));
  writer.uint(version, 4);
  writer.compactSize(inputs.length);
  for (const { previousTxid, previousIndex, scriptSig, sequence } of inputs) {
    writer.put(previousTxid);
    writer.uint(previousIndex, 4);
    writer.compactSize(scriptSig.length);
    writer.put(scriptSig);
    writer.uint(sequence, 4);
  }
  writer.compactSize(outputs.length);
  for (const { value, script } of outputs) {
    writer.uint64(value);
    writer.compactSize(script.length);
    writer.put(script);
  }
  writer.uint(lockTime, 4);
  return writer.bytes;
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
