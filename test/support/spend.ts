/** Keys and signed transactions for tests against a real node: one key, every kind of output that people use. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { initEccLib, opcodes, payments, script as scripts, Transaction } from "bitcoinjs-lib";
import { scriptHex, type ScriptHex } from "../../src/bitcoin/address.ts";
import { fromHex, fromUtf8, reversed } from "../../src/primitives/bytes.ts";
import { sha256 } from "../../src/primitives/digest.ts";

initEccLib(undefined);

export interface TestKey {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

export function testKey(seed: string): TestKey {
  const privateKey = sha256(fromUtf8(seed));
  return { privateKey, publicKey: secp256k1.getPublicKey(privateKey, true) };
}

export type SpendKind = "p2pkh" | "p2wpkh" | "p2sh-p2wpkh" | "p2sh-multisig" | "p2wsh-multisig" | "p2sh-p2wsh-multisig";

interface Locked {
  readonly output: Uint8Array;
  /** What the signature covers as script. */
  readonly scriptCode: Uint8Array;
  readonly segwit: boolean;
  readonly fill: (signature: Uint8Array) => { scriptSig: Uint8Array; witness: Uint8Array[] };
}

const push = (data: Uint8Array) => scripts.compile([data]);
const given = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("bitcoinjs-lib left a field out");
  return value;
};

function locked(kind: SpendKind, { publicKey }: TestKey): Locked {
  const p2pkh = given(payments.p2pkh({ pubkey: publicKey }).output);
  const p2wpkh = given(payments.p2wpkh({ pubkey: publicKey }).output);
  const multisig = given(payments.p2ms({ m: 1, pubkeys: [publicKey, testKey("other").publicKey] }).output);
  const p2wsh = given(payments.p2wsh({ redeem: { output: multisig } }).output);
  const p2sh = (output: Uint8Array) => given(payments.p2sh({ redeem: { output } }).output);
  const none = new Uint8Array(0);
  switch (kind) {
    case "p2pkh":
      return {
        output: p2pkh,
        scriptCode: p2pkh,
        segwit: false,
        fill: (signature) => ({ scriptSig: scripts.compile([signature, publicKey]), witness: [] }),
      };
    case "p2wpkh":
      return {
        output: p2wpkh,
        scriptCode: p2pkh,
        segwit: true,
        fill: (signature) => ({ scriptSig: none, witness: [signature, publicKey] }),
      };
    case "p2sh-p2wpkh":
      return {
        output: p2sh(p2wpkh),
        scriptCode: p2pkh,
        segwit: true,
        fill: (signature) => ({ scriptSig: push(p2wpkh), witness: [signature, publicKey] }),
      };
    case "p2sh-multisig":
      return {
        output: p2sh(multisig),
        scriptCode: multisig,
        segwit: false,
        fill: (signature) => ({
          scriptSig: scripts.compile([given(opcodes["OP_0"]), signature, multisig]),
          witness: [],
        }),
      };
    case "p2wsh-multisig":
      return {
        output: p2wsh,
        scriptCode: multisig,
        segwit: true,
        fill: (signature) => ({ scriptSig: none, witness: [none, signature, multisig] }),
      };
    case "p2sh-p2wsh-multisig":
      return {
        output: p2sh(p2wsh),
        scriptCode: multisig,
        segwit: true,
        fill: (signature) => ({ scriptSig: push(p2wsh), witness: [none, signature, multisig] }),
      };
  }
}

export function lockingScript(kind: SpendKind, key: TestKey): ScriptHex {
  return scriptHex(locked(kind, key).output);
}

export interface Spend {
  readonly txid: string;
  readonly index: number;
  readonly value: bigint;
  readonly kind: SpendKind;
  readonly key: TestKey;
  readonly sequence?: number;
}

export interface Output {
  readonly script: string;
  readonly value: bigint;
}

/** Signed with SIGHASH_ALL. `wrongly` damages the signatures' message. */
export function signed(inputs: readonly Spend[], outputs: readonly Output[], wrongly = false): Uint8Array {
  const transaction = new Transaction();
  transaction.version = 2;
  for (const { txid, index, sequence } of inputs) transaction.addInput(reversed(fromHex(txid)), index, sequence);
  for (const { script, value } of outputs) transaction.addOutput(fromHex(script), value);
  const filled = inputs.map(({ kind, key, value }, i) => {
    const { scriptCode, segwit, fill } = locked(kind, key);
    const digest = segwit
      ? transaction.hashForWitnessV0(i, scriptCode, value, Transaction.SIGHASH_ALL)
      : transaction.hashForSignature(i, scriptCode, Transaction.SIGHASH_ALL);
    const signature = secp256k1.sign(wrongly ? sha256(digest) : digest, key.privateKey, { prehash: false });
    return fill(scripts.signature.encode(signature, Transaction.SIGHASH_ALL));
  });
  for (const [i, { scriptSig, witness }] of filled.entries()) {
    transaction.setInputScript(i, scriptSig);
    transaction.setWitness(i, witness);
  }
  return new Uint8Array(transaction.toBuffer());
}

/** Script of an OP_RETURN output with so many bytes of data. */
export function dataScript(length: number): string {
  return scriptHex(scripts.compile([given(opcodes["OP_RETURN"]), new Uint8Array(length).fill(0x69)]));
}
