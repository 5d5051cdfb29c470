import { Psbt, Transaction } from "bitcoinjs-lib";
import { describe, expect, test } from "vitest";
import { address, type ScriptHex } from "../../src/bitcoin/address.ts";
import { parseTransaction, transactionId } from "../../src/bitcoin/transaction.ts";
import { BskError } from "../../src/errors.ts";
import { fromHex } from "../../src/primitives/bytes.ts";
import { consensusHash, type Txid, txid } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { BUILT_IN, networkOf } from "../../src/protocol/network-definition.ts";
import { addressOf } from "../../src/bitcoin/address.ts";
import { curve } from "../../src/wallet/curve.ts";
import type { Coin } from "../../src/wallet/coins.ts";
import { keyFinder, singleKey } from "../../src/wallet/keys.ts";
import type { PlanContext, TxPlan } from "../../src/wallet/plan.ts";
import { planRenew } from "../../src/wallet/plan-name.ts";
import { planPayment } from "../../src/wallet/plan-payment.ts";
import { ladder } from "../../src/wallet/fee-ladder.ts";
import { afterSplit, planRegistration } from "../../src/wallet/plan-registration.ts";
import { nestedSegwitScript, p2pkhScript } from "../../src/wallet/script.ts";
import { checkFee, checkSigned, FEE_LIMITS, signPlan, unsignedPsbt } from "../../src/wallet/sign.ts";
import { purse } from "./purse.ts";

const regtest = BUILT_IN.find((definition) => definition.name === "regtest");
if (regtest === undefined) throw new Error("regtest is built in");
const network = networkOf(regtest);

const [payer, owner, nested, stranger] = [1, 2, 3, 4].map((byte) => singleKey(new Uint8Array(32).fill(byte)));
if (payer === undefined || owner === undefined || nested === undefined || stranger === undefined)
  throw new Error("four keys");
const PAYER = p2pkhScript(payer.pair.publicKey);
const OWNER = p2pkhScript(owner.pair.publicKey);
const NESTED = nestedSegwitScript(nested.pair.publicKey);
const keyOf = keyFinder([payer, owner, nested]);

/** Whole transactions that pay these values to these scripts, one output each behind an unrelated one. */
function funded(...outputs: readonly (readonly [ScriptHex, number])[]) {
  const previous = new Map<Txid, Uint8Array>();
  const coins = outputs.map(([script, value], i): Coin => {
    const transaction = new Transaction();
    transaction.version = 2;
    transaction.addInput(new Uint8Array(32).fill(i + 1), 0);
    transaction.addOutput(fromHex("6a"), 0n);
    transaction.addOutput(fromHex(script), BigInt(value));
    const id = txid(transaction.getId());
    previous.set(id, transaction.toBuffer());
    return { txid: id, index: 1, value: satoshi(value), script, height: blockHeight(5) };
  });
  return { coins, previous };
}

const addressIn = (script: ScriptHex) => {
  const found = addressOf(script, network.bitcoin);
  if (found === null) throw new Error("a key has an address");
  return found;
};
const { coins, previous } = funded([PAYER, 200_000], [OWNER, 5500], [NESTED, 60_000], [PAYER, 30_000]);
const context: PlanContext = {
  network,
  purse: purse(coins, { kept: new Set([OWNER]) }),
  feeRate: 10,
  changeScript: PAYER,
};
const alice = name("alice.id");
const burn = { address: address(network.burnAddress, network.bitcoin), price: satoshi(100_000) };
const renewal = planRenew({ name: alice, owner: OWNER, newOwner: addressIn(OWNER), zonefileHash: null, burn }, context);
const pay = (amount: bigint | "all", more: Partial<PlanContext> = {}): TxPlan =>
  planPayment(
    { destination: OWNER, address: "x", amount: amount === "all" ? amount : satoshi(amount) },
    { ...context, ...more },
  );

function failure(work: () => unknown): BskError {
  try {
    work();
  } catch (error) {
    if (error instanceof BskError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Every input of a signed transaction, checked by bitcoinjs-lib's own sighash and by the curve. */
describe("signing", () => {
  test("an owner's operation: input 0 is the owner's, everything replaceable, nothing above the estimate", () => {
    const signed = signPlan(renewal, previous, keyOf);
    const transaction = Transaction.fromBuffer(signed.raw);
    expect(transaction.version).toBe(2);
    expect(transaction.ins.map(({ sequence }) => sequence)).toEqual(transaction.ins.map(() => 0xfffffffd));
    expect(transaction.outs.map(({ value }) => value)).toEqual(renewal.outputs.map(({ value }) => value));
    expect(signed.size).toBeLessThanOrEqual(renewal.size);
    expect(signed.size).toBeGreaterThanOrEqual(renewal.size - 2 * transaction.ins.length);
    expect(signed.fee).toBe(renewal.fee);
    expect(signed.txid).toBe(transactionId(parseTransaction(signed.raw)));
    expect(renewal.inputs[0]?.script).toBe(OWNER);
  });

  test("the same plan gives the same bytes", () => {
    expect(signPlan(renewal, previous, keyOf)).toEqual(signPlan(renewal, previous, keyOf));
  });

  test("nested segwit: signed, smaller, and the id is that without witnesses", () => {
    const plan = pay("all");
    expect(plan.inputs.map(({ script }) => script)).toContain(NESTED);
    const signed = signPlan(plan, previous, keyOf);
    expect(Transaction.fromBuffer(signed.raw).hasWitnesses()).toBe(true);
    expect(signed.size).toBeLessThanOrEqual(plan.size);
    expect(signed.txid).toBe(transactionId(parseTransaction(signed.raw)));
  });

  test("all of a registration before any of it is sent, at every fee of the ladder", () => {
    const planned = planRegistration(
      {
        name: alice,
        owner: addressIn(OWNER),
        burn,
        consensus: { hash: consensusHash("00".repeat(16)), height: blockHeight(7) },
        zonefileHash: null,
      },
      { ...context, purse: purse(coins.slice(0, 1)) },
      FEE_LIMITS,
    );
    if (planned.split === null) throw new Error("one coin must be split");
    const split = signPlan(planned.split, previous, keyOf);
    const { preorder, register, spare } = afterSplit(planned, split.txid);
    const next = new Map([[split.txid, split.raw]]);
    for (const plan of [...ladder(preorder, 4, FEE_LIMITS), ...ladder(register, 6, FEE_LIMITS), spare]) {
      const { raw, fee } = signPlan(plan, next, keyOf);
      expect(Transaction.fromBuffer(raw).outs).toHaveLength(3);
      expect(parseTransaction(raw).inputs).toHaveLength(1);
      expect(fee).toBe(plan.fee);
    }
  });

  test("a key or a previous transaction that is missing is named", () => {
    expect(failure(() => signPlan(renewal, previous, keyFinder([payer]))).message).toContain("input 0");
    expect(failure(() => signPlan(renewal, new Map(), keyOf)).kind).toBe("wallet");
    expect(failure(() => signPlan(pay(1000n), previous, keyFinder([stranger]))).kind).toBe("wallet");
  });

  test("a coin source that lies about a value, a script or a transaction is caught", () => {
    const [first, ...rest] = renewal.inputs;
    if (first === undefined) throw new Error("a plan has inputs");
    const lies: TxPlan[] = [
      { ...renewal, inputs: [{ ...first, value: satoshi(5400) }, ...rest] },
      { ...renewal, inputs: [{ ...first, script: PAYER }, ...rest] },
      { ...renewal, inputs: [{ ...first, index: 7 }, ...rest] },
    ];
    for (const plan of lies) expect(failure(() => signPlan(plan, previous, keyOf)).kind).toBe("refuted");
    const [other = new Uint8Array()] = [...previous.values()].slice(2);
    expect(failure(() => signPlan(renewal, new Map([...previous, [first.txid, other]]), keyOf)).kind).toBe("refuted");
    expect(failure(() => signPlan(renewal, new Map([...previous, [first.txid, fromHex("00")]]), keyOf)).kind).toBe(
      "refuted",
    );
  });
});

describe("fee limits", () => {
  test("at the limit it is fine, above it is not", () => {
    const limits = { maxFee: 1000n, maxFeeRate: 10 };
    expect(() => checkFee({ fee: satoshi(1000), size: 100 }, limits)).not.toThrow();
    expect(failure(() => checkFee({ fee: satoshi(1001), size: 200 }, limits)).rule).toBe("fee-too-high");
    expect(failure(() => checkFee({ fee: satoshi(1000), size: 99 }, limits)).rule).toBe("fee-too-high");
  });

  test("nothing is signed above the limit", () => {
    const dear = pay(1000n, { feeRate: FEE_LIMITS.maxFeeRate + 1, purse: purse(funded([PAYER, 900_000]).coins) });
    const error = failure(() => signPlan(dear, funded([PAYER, 900_000]).previous, keyOf));
    expect([error.kind, error.rule]).toEqual(["wallet", "fee-too-high"]);
    expect(failure(() => signPlan(renewal, previous, keyOf, { maxFee: renewal.fee - 1n, maxFeeRate: 1000 })).rule).toBe(
      "fee-too-high",
    );
  });
});

describe("other signers", () => {
  test("the unsigned PSBT, signed elsewhere, passes the checks", () => {
    const psbt = Psbt.fromBase64(unsignedPsbt(renewal, previous));
    expect(psbt.txInputs).toHaveLength(renewal.inputs.length);
    expect(
      psbt.data.inputs.every(
        ({ nonWitnessUtxo, partialSig }) => nonWitnessUtxo !== undefined && partialSig === undefined,
      ),
    ).toBe(true);
    for (const [index, { script }] of renewal.inputs.entries()) {
      const pair = keyOf(script)?.pair;
      if (pair === undefined) throw new Error("all keys are known");
      psbt.signInput(index, { publicKey: pair.publicKey, sign: (hash) => pair.sign(hash) });
    }
    expect(psbt.validateSignaturesOfAllInputs((key, hash, signature) => curve.verify(hash, key, signature, true))).toBe(
      true,
    );
    const raw = psbt.finalizeAllInputs().extractTransaction(true).toBuffer();
    expect(checkSigned(renewal, raw)).toEqual(signPlan(renewal, previous, keyOf));
  });

  test("what comes back changed or unsigned is refused", () => {
    const { raw } = signPlan(renewal, previous, keyOf);
    const changed = (change: (transaction: Transaction) => void): BskError => {
      const transaction = Transaction.fromBuffer(raw);
      change(transaction);
      return failure(() => checkSigned(renewal, transaction.toBuffer()));
    };
    expect(changed(({ outs }) => outs.reverse()).kind).toBe("refuted");
    expect(changed(({ outs }) => outs.pop()).kind).toBe("refuted");
    expect(changed(({ ins }) => ins.reverse()).kind).toBe("refuted");
    expect(changed((transaction) => transaction.addOutput(fromHex("6a"), 0n)).kind).toBe("refuted");
    expect(changed(({ outs: [, recipient] }) => recipient && (recipient.value -= 1n)).kind).toBe("refuted");
    expect(changed((transaction) => transaction.setInputScript(0, new Uint8Array())).kind).toBe("wallet");
  });
});
