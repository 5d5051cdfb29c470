/** What the sources need of a transaction's bytes: its id and its outputs. */
import { parseTransaction, transactionId, type Transaction, type TransactionOutput } from "../bitcoin/transaction.ts";
import { BskError, ParseError } from "../errors.ts";
import type { Txid } from "../primitives/hash.ts";

/** Fast decoding of long hex texts. @throws ParseError unless the text is hex of whole bytes. */
export function hexBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, "hex");
  if (bytes.length * 2 !== text.length) throw new ParseError(`not hex: "${text.slice(0, 80)}"`);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The id of a serialized transaction, with or without witnesses. @throws ParseError */
export function txidOfRaw(raw: Uint8Array): Txid {
  return transactionId(parseTransaction(raw));
}

/** Its outputs. @throws BskError `refuted` unless the bytes are the transaction with that id. */
export function outputsOf(raw: Uint8Array, expected: Txid): readonly TransactionOutput[] {
  const transaction = parsed(raw);
  if (transaction === null || transactionId(transaction) !== expected) {
    throw new BskError("refuted", `got another transaction than "${expected}"`, { rule: "txid-mismatch" });
  }
  return transaction.outputs;
}

function parsed(raw: Uint8Array): Transaction | null {
  try {
    return parseTransaction(raw);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
