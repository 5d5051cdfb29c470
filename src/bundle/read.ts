/** One signed transaction of a bundle: what it spends and says, and that its owners signed exactly this. */
import { Transaction as SignedTransaction } from "bitcoinjs-lib";
import { scriptHex, type ScriptHex } from "../bitcoin/address.ts";
import { parseTransaction } from "../bitcoin/transaction.ts";
import { BskError, ParseError } from "../errors.ts";
import type { Operation } from "../ops/operation.ts";
import { readOperation, readOutputs } from "../ops/read-transaction.ts";
import { fromHex, reversed, toHex } from "../primitives/bytes.ts";
import { txid, type Txid } from "../primitives/hash.ts";
import type { Network } from "../protocol/network-definition.ts";
import { payloadFormsAt } from "../rules/machine.ts";
import { type SpentOutput, unsignedInput } from "./signatures.ts";

/** A transaction of a checked bundle. */
export interface Variant {
  readonly txid: Txid;
  readonly raw: Uint8Array;
  /** Satoshis. */
  readonly fee: bigint;
  /** Virtual bytes. */
  readonly size: number;
  /** What it spends first: no other of its ladder can confirm with it. */
  readonly stake: { readonly txid: Txid; readonly index: number };
}

/** With what the check compares. */
export interface Read extends Variant {
  readonly inputs: readonly string[];
  readonly op: Operation | null;
  /** Script of the output that input 0 spends. */
  readonly payer: ScriptHex | undefined;
  readonly outputs: readonly SpentOutput[];
}

/** Two parts of a bundle contradict each other, or a transaction is not what the bundle says. */
export function wrong(because: string): BskError {
  return new BskError("refuted", `the bundle is not what it says: ${because}`, {
    rule: "bundle-refuted",
    hint: "do not use it; ask its author for another copy",
  });
}

/** Reads one transaction of a bundle as the network would, and verifies it. @throws BskError `refuted` */
export function readVariant(
  hex: string,
  what: string,
  around: { readonly spendable: ReadonlyMap<string, SpentOutput>; readonly network: Network; readonly height: number },
): Read {
  const raw = fromHex(hex);
  let signed: SignedTransaction;
  try {
    signed = SignedTransaction.fromBuffer(raw);
  } catch {
    throw wrong(`${what} is no transaction`);
  }
  // Numbers have longer spellings, which no node takes.
  if (toHex(signed.toBuffer()) !== hex) throw wrong(`${what} is not spelled as nodes do`);
  const id = txid(signed.getId());
  const inputs = signed.ins.map(({ hash, index }) => `${toHex(reversed(hash))}:${index}`);
  const spent = inputs.map((input) => {
    const output = around.spendable.get(input);
    if (output === undefined) throw wrong(`${what} spends a coin that the bundle does not list`);
    return output;
  });
  const unsigned = unsignedInput(signed, spent);
  if (unsigned !== null) throw wrong(`input ${unsigned} of ${what} has no valid signature`);
  const outputs = signed.outs.map(({ value, script }) => ({ value, script: scriptHex(script) }));
  const sum = (of: readonly SpentOutput[]): bigint => of.reduce((total, { value }) => total + value, 0n);
  const fee = sum(spent) - sum(outputs);
  if (fee < 0n) throw wrong(`${what} pays more than it has`);
  const [first] = signed.ins;
  if (first === undefined) throw wrong(`${what} spends nothing`);
  const stake = { txid: txid(toHex(reversed(first.hash))), index: first.index };
  const op = operationOf(raw, spent, id, around, what);
  return { txid: id, raw, fee, size: signed.virtualSize(), stake, inputs, op, payer: spent[0]?.script, outputs };
}

function operationOf(
  raw: Uint8Array,
  spent: readonly SpentOutput[],
  of: Txid,
  { network, height }: { readonly network: Network; readonly height: number },
  what: string,
): Operation | null {
  let transaction: ReturnType<typeof parseTransaction>;
  try {
    transaction = parseTransaction(raw);
  } catch (error) {
    if (error instanceof ParseError) throw wrong(`${what} is no transaction: ${error.message}`);
    throw error;
  }
  if (readOutputs(transaction, network.magic).kind === "malformed") return null;
  const spentScripts = spent.map(({ script }) => fromHex(script));
  const forms = payloadFormsAt(network, height);
  const found = readOperation(transaction, spentScripts, { magic: network.magic, on: network.bitcoin, forms });
  if (found.kind === "malformed") throw wrong(`${what} is no operation: ${found.reason}`);
  return found.value;
}
