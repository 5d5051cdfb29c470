/**
 * Raw blocks as Bitcoin's are: about 2300 transactions, 1.2 MB, the usual kinds of inputs and outputs, now and then data
 * of somebody else's protocol. Signatures and hashes are noise, as they are for anyone who does not check them.
 */
import { Block, type Payment, payments, script, Transaction } from "bitcoinjs-lib";
import { concat, fromLatin1 } from "../../src/primitives/bytes.ts";
import type { SeededRandom } from "./random.ts";

const OP_RETURN = 0x6a;
const SEQUENCE = 0xffff_fffd;

/** 71 bytes of DER signature and 1 of hash type. */
function signature(random: SeededRandom): Uint8Array {
  const integer = () => [0x02, 0x20, random.below(0x80), ...random.bytes(31)];
  return Uint8Array.from([0x30, 0x44, ...integer(), ...integer(), 0x01]);
}

const publicKey = (random: SeededRandom): Uint8Array => Uint8Array.from([0x02 + random.below(2), ...random.bytes(32)]);

/** One input of a common kind: P2PKH, P2WPKH, P2WPKH in P2SH, or 2 of 3 in P2SH. */
function addInput(transaction: Transaction, random: SeededRandom): void {
  const kind = random.below(10);
  const keys = [publicKey(random), publicKey(random), publicKey(random)] as const;
  let scriptSig: Uint8Array = new Uint8Array();
  if (kind < 4) scriptSig = script.compile([signature(random), keys[0]]);
  else if (kind < 9 && kind >= 7) scriptSig = script.compile([Uint8Array.from([0, 20, ...random.bytes(20)])]);
  else if (kind === 9) {
    const redeem = Uint8Array.from([0x52, ...keys.flatMap((key) => [33, ...key]), 0x53, 0xae]);
    scriptSig = script.compile([0, signature(random), signature(random), redeem]);
  }
  const index = transaction.addInput(random.bytes(32), random.below(4), SEQUENCE, scriptSig);
  if (kind >= 4 && kind < 9) transaction.setWitness(index, [signature(random), keys[0]]);
}

function scriptOf({ output }: Payment): Uint8Array {
  if (output === undefined) throw new Error("a payment of known parts has an output");
  return output;
}

const ownerScript = (random: SeededRandom): Uint8Array => scriptOf(payments.p2pkh({ hash: random.bytes(20) }));

function outputScript(random: SeededRandom): Uint8Array {
  const kind = random.below(100);
  if (kind < 45) return ownerScript(random);
  const hash = random.bytes(20);
  if (kind < 75) return scriptOf(payments.p2sh({ hash }));
  if (kind < 97) return scriptOf(payments.p2wpkh({ hash }));
  return scriptOf(payments.embed({ data: [concat(fromLatin1("omni"), random.bytes(16))] }));
}

/** Mostly one or two inputs and two outputs, with a long tail. */
function randomTransaction(random: SeededRandom): Transaction {
  const transaction = new Transaction();
  transaction.version = 1 + random.below(2);
  const inputs = random.below(10) < 8 ? 1 + random.below(2) : 2 + random.below(12);
  const outputs = random.below(10) < 8 ? 2 : 1 + random.below(12);
  for (let i = 0; i < inputs; i++) addInput(transaction, random);
  for (let i = 0; i < outputs; i++) transaction.addOutput(outputScript(random), BigInt(546 + random.uint32()));
  return transaction;
}

function coinbase(random: SeededRandom): Transaction {
  const transaction = new Transaction();
  transaction.addInput(new Uint8Array(32), 0xffff_ffff, 0xffff_ffff, Uint8Array.from([3, ...random.bytes(40)]));
  transaction.setWitness(0, [new Uint8Array(32)]);
  transaction.addOutput(outputScript(random), 625_000_000n);
  return transaction;
}

/** A transaction with an operation: OP_RETURN first, then owner and change; P2PKH, or P2WPKH with its witness. */
export function operationTransaction(data: Uint8Array, segwit: boolean, random: SeededRandom): Transaction {
  const transaction = new Transaction();
  const key = publicKey(random);
  transaction.addInput(
    random.bytes(32),
    1,
    SEQUENCE,
    segwit ? new Uint8Array() : script.compile([signature(random), key]),
  );
  if (segwit) transaction.setWitness(0, [signature(random), key]);
  transaction.addOutput(script.compile([OP_RETURN, data]), 0n);
  transaction.addOutput(ownerScript(random), 5500n);
  transaction.addOutput(ownerScript(random), 1_000_000n);
  return transaction;
}

/** One raw block of `count` transactions, `operations` of them spread evenly over it, the last close to its end. */
export function rawBlock(count: number, operations: readonly Transaction[], random: SeededRandom): Buffer {
  const block = new Block();
  block.prevHash = random.bytes(32);
  block.merkleRoot = random.bytes(32);
  block.timestamp = 1_500_000_000;
  block.bits = 0x1d00_ffff;
  const transactions = [coinbase(random)];
  while (transactions.length < count) transactions.push(randomTransaction(random));
  operations.forEach((operation, i) => {
    transactions[Math.floor(((i + 1) * (count - 1)) / operations.length)] = operation;
  });
  block.transactions = transactions;
  return Buffer.from(block.toBuffer());
}
