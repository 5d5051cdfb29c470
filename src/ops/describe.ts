/** What bytes say, for people: a transaction, an OP_RETURN script or its data, without anything of the chain. */
import { nulldataOf } from "../bitcoin/script.ts";
import { parseTransaction, type Transaction, transactionId } from "../bitcoin/transaction.ts";
import { ParseError } from "../errors.ts";
import { fromHex, fromLatin1 } from "../primitives/bytes.ts";
import type { Txid } from "../primitives/hash.ts";
import { flawText } from "./flaw.ts";
import { letterOf, OPCODES } from "./opcode.ts";
import type { Operation, OperationKind, Payload } from "./operation.ts";
import { decodePayload, splitNulldata } from "./payload.ts";
import { prefixFlaw, readOperation, type ReadOptions } from "./read-transaction.ts";

type FieldValue = string | number | boolean | null | readonly number[];

export interface Description {
  readonly input: "transaction" | "script" | "data";
  /** Of a transaction. */
  readonly txid: Txid | null;
  readonly operation: {
    readonly opcode: OperationKind;
    readonly letter: string;
    readonly fields: Readonly<Record<string, FieldValue>>;
  } | null;
  /** Why it is no operation; null where it is one. */
  readonly because: string | null;
  /** What cannot be seen from here. */
  readonly notes: readonly string[];
}

const OP_RETURN = 0x6a;

/**
 * Data that begins with the magic is data, bytes that begin with OP_RETURN are a script, all else is a transaction.
 * @throws ParseError where it is none of them.
 */
export function describe(bytes: Uint8Array, options: ReadOptions): Description {
  const magic = fromLatin1(options.magic);
  if (magic.every((byte, i) => bytes[i] === byte)) return describeData("data", bytes, options);
  if (bytes[0] === OP_RETURN) {
    const data = nulldataOf(bytes);
    return data === null
      ? nothing("script", "OP_RETURN is not followed by exactly one push of data")
      : describeData("script", data, options);
  }
  let transaction: Transaction;
  try {
    transaction = parseTransaction(bytes);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    const message = `neither data with the magic "${options.magic}", nor an OP_RETURN script, nor a transaction`;
    throw new ParseError(`${message}: ${cause.message}`, { cause });
  }
  return describeTransaction(transaction, options);
}

function describeData(input: "script" | "data", data: Uint8Array, { magic, forms }: ReadOptions): Description {
  const split = splitNulldata(data, fromLatin1(magic), OPCODES);
  if (split === null) return nothing(input, flawText(prefixFlaw(data, magic)));
  const read = decodePayload(split.opcode, split.payload, forms);
  return read.kind === "malformed" ? nothing(input, read.reason) : something(input, null, read.value, []);
}

function describeTransaction(transaction: Transaction, options: ReadOptions): Description {
  const txid = transactionId(transaction);
  const spentScripts = transaction.inputs.map(() => STAND_IN);
  const read = readOperation(transaction, spentScripts, options);
  if (read.kind === "malformed") return nothing("transaction", read.reason, txid);
  const notes = [
    "whose coins it spends is not in the transaction: only a node knows its sender, and whether it was taken",
  ];
  const silent = transaction.inputs.findIndex(({ scriptSig }) => scriptSig.length === 0);
  if (silent >= 0) {
    notes.push(`input ${silent} has no scriptSig: unsigned, or native segwit, and then the network ignores it`);
  }
  return something("transaction", txid, read.value, notes);
}

/** A p2pkh script in place of the unknown ones that are spent; what follows from it is not shown. */
const STAND_IN = fromHex(`76a914${"00".repeat(20)}88ac`);

/** Fields that follow from the sender or from the place in a block. */
const UNKNOWN = new Set(["kind", "txid", "vtxindex", "sender", "address", "senderPubkey"]);

function something(
  input: Description["input"],
  txid: Txid | null,
  said: Operation | Payload,
  notes: readonly string[],
): Description {
  const unknown = (field: string): boolean =>
    UNKNOWN.has(field) || (said.kind === "NAMESPACE_REVEAL" && field === "preorderHash");
  const fields = Object.fromEntries(Object.entries(said).filter(([field]) => !unknown(field))) as Record<
    string,
    FieldValue
  >;
  return { input, txid, operation: { opcode: said.kind, letter: letterOf(said.kind), fields }, because: null, notes };
}

function nothing(input: Description["input"], because: string, txid: Txid | null = null): Description {
  return { input, txid, operation: null, because, notes: [] };
}
