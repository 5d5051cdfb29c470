/** Are all inputs of a transaction signed by their owners, over all of it? For the two kinds of coins that wallets here spend. */
import type { Transaction } from "bitcoinjs-lib";
import { script as scripts } from "bitcoinjs-lib";
import type { ScriptHex } from "../bitcoin/address.ts";
import { equalBytes, fromHex, toHex } from "../primitives/bytes.ts";
import { hash160 } from "../primitives/digest.ts";
import { curve } from "../wallet/curve.ts";
import { p2pkhScript } from "../wallet/script.ts";

/** An output that is spent. */
export interface SpentOutput {
  /** Satoshis. */
  readonly value: bigint;
  readonly script: ScriptHex;
}

const SIGHASH_ALL = 1;
/** A push of 0 and 20 bytes: the witness program in a nested segwit input. */
const PROGRAM_SIZE = 22;

/** The first input without a valid signature over the whole transaction (SIGHASH_ALL); null where all have one. */
export function unsignedInput(transaction: Transaction, spent: readonly SpentOutput[]): number | null {
  const wrong = transaction.ins.findIndex((_, index) => {
    const output = spent[index];
    return output === undefined || !isSigned(transaction, index, output);
  });
  return wrong < 0 && spent.length === transaction.ins.length ? null : Math.max(wrong, 0);
}

function isSigned(transaction: Transaction, index: number, { value, script }: SpentOutput): boolean {
  const input = transaction.ins[index];
  if (input === undefined) return false;
  const pushed = pushesOf(input.script);
  if (pushed === null) return false;
  const [first, key] = pushed;
  if (first === undefined) return false;
  if (key !== undefined) {
    if (pushed.length !== 2 || input.witness.length > 0 || p2pkhScript(key) !== script) return false;
    return isValid(first, key, transaction.hashForSignature(index, fromHex(script), SIGHASH_ALL));
  }
  const [signature, witnessKey, ...more] = input.witness;
  if (signature === undefined || witnessKey === undefined || more.length > 0) return false;
  const program = hash160(witnessKey);
  const isNested = first.length === PROGRAM_SIZE && toHex(first) === `0014${toHex(program)}`;
  if (!isNested || script !== `a914${toHex(hash160(first))}87`) return false;
  return isValid(
    signature,
    witnessKey,
    transaction.hashForWitnessV0(index, fromHex(p2pkhScript(witnessKey)), value, SIGHASH_ALL),
  );
}

/** What a scriptSig pushes, if it does nothing else, in the shortest way: no other spelling of it is the same. */
function pushesOf(script: Uint8Array): readonly Uint8Array[] | null {
  const chunks = scripts.decompile(script);
  if (chunks === null) return null;
  const data = chunks.filter((chunk): chunk is Uint8Array => typeof chunk !== "number");
  return data.length === chunks.length && equalBytes(scripts.compile(chunks), script) ? data : null;
}

function isValid(encoded: Uint8Array, publicKey: Uint8Array, digest: Uint8Array): boolean {
  let decoded: ReturnType<typeof scripts.signature.decode>;
  try {
    decoded = scripts.signature.decode(encoded);
  } catch {
    return false; // not DER
  }
  return decoded.hashType === SIGHASH_ALL && curve.verify(digest, publicKey, decoded.signature, true);
}
