/** What the sources need of a transaction's bytes: its id, and the scripts of its outputs. */
import { BskError, ParseError } from "../errors.ts";
import { txid as parseTxid, type Txid } from "../primitives/hash.ts";
import { satoshi, type Satoshi } from "../primitives/units.ts";

/** Fast decoding of long hex texts. @throws ParseError unless the text is hex of whole bytes. */
export function hexBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, "hex");
  if (bytes.length * 2 !== text.length) throw new ParseError(`not hex: "${text.slice(0, 80)}"`);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

async function parse(raw: Uint8Array) {
  const { Transaction } = await import("bitcoinjs-lib");
  try {
    return Transaction.fromBuffer(Buffer.from(raw));
  } catch (cause) {
    throw new ParseError("not a transaction", { cause });
  }
}

/** The id of a serialized transaction, witness or not. @throws ParseError */
export async function txidOfRaw(raw: Uint8Array): Promise<Txid> {
  return parseTxid((await parse(raw)).getId());
}

/** Scripts of its outputs. @throws BskError `refuted` unless the bytes are the transaction with that id. */
export async function outputScripts(raw: Uint8Array, expected: Txid): Promise<readonly Uint8Array[]> {
  const transaction = await parse(raw).catch(() => null);
  if (transaction?.getId() !== expected) {
    throw new BskError("refuted", `got another transaction than "${expected}"`, { rule: "txid-mismatch" });
  }
  return transaction.outs.map(({ script }) => new Uint8Array(script));
}

/** One output; null where the transaction has none of that index. @throws ParseError */
export async function outputOf(
  raw: Uint8Array,
  index: number,
): Promise<{ readonly value: Satoshi; readonly script: Uint8Array } | null> {
  const output = (await parse(raw)).outs[index];
  return output === undefined ? null : { value: satoshi(output.value), script: new Uint8Array(output.script) };
}
