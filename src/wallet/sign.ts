/** From a plan to a signed transaction (PSBT inside), and the checks that what was signed is what was planned. */
import { Psbt, Transaction } from "bitcoinjs-lib";
import { scriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import { fromHex, reversed, toHex } from "../primitives/bytes.ts";
import { type Txid, txid } from "../primitives/hash.ts";
import { type Satoshi, satoshi, toBtc } from "../primitives/units.ts";
import { outpointText } from "./coins.ts";
import type { KeyFinder } from "./keys.ts";
import { type PlanInput, REPLACEABLE, type TxPlan, VERSION } from "./plan.ts";
import { nestedSegwitScript, redeemScriptOf } from "./script.ts";

/** What a fee may be at most. */
export interface FeeLimits {
  /** Satoshis. */
  readonly maxFee: bigint;
  /** Satoshis per virtual byte. */
  readonly maxFeeRate: number;
}

/** The original's largest fee (spec 08 §5), and its rate on test networks. */
export const FEE_LIMITS: FeeLimits = { maxFee: 500_000n, maxFeeRate: 1000 };

/** @throws BskError (wallet) if the plan's fee is above a limit. */
export function checkFee({ fee, size }: Pick<TxPlan, "fee" | "size">, { maxFee, maxFeeRate }: FeeLimits): void {
  const rate = Number(fee) / size;
  if (fee <= maxFee && rate <= maxFeeRate) return;
  throw new BskError(
    "wallet",
    `the fee of ${fee.toString()} satoshis (${toBtc(fee)} BTC, ${rate.toFixed(1)} satoshis per byte) is above the limit`,
    {
      rule: "fee-too-high",
      hint: `the limits are ${maxFee.toString()} satoshis and ${maxFeeRate} satoshis per byte: --max-fee, --max-fee-rate`,
    },
  );
}

export interface SignedTransaction {
  readonly txid: Txid;
  /** Serialization, witnesses included. */
  readonly raw: Uint8Array;
  /** Satoshis. */
  readonly fee: Satoshi;
  /** Virtual bytes. */
  readonly size: number;
}

/** Whole transactions by id, with the outputs that a plan spends: a signer must see them to know what it pays. */
export type PreviousTransactions = ReadonlyMap<Txid, Uint8Array>;

const SIGHASH_ALL = 1;

/**
 * The unsigned transaction of a plan as PSBT in base64, for another signer. `publicKeyOf` is asked for nested segwit
 * inputs, which need their redeem script.
 * @throws BskError (wallet) if a previous transaction is missing, (refuted) if one does not say what the plan says.
 */
export function unsignedPsbt(
  plan: TxPlan,
  previous: PreviousTransactions,
  publicKeyOf?: (input: PlanInput) => Uint8Array | undefined,
): string {
  return psbtOf(plan, previous, publicKeyOf ?? (() => undefined)).toBase64();
}

/**
 * Signs every input with SIGHASH_ALL and checks the result against the plan.
 * @throws BskError (wallet) if a key or a previous transaction is missing or the fee is above a limit; (refuted) if a
 * previous transaction does not say what the plan says of it.
 */
export function signPlan(
  plan: TxPlan,
  previous: PreviousTransactions,
  keyOf: KeyFinder,
  limits: FeeLimits = FEE_LIMITS,
): SignedTransaction {
  checkFee(plan, limits);
  const psbt = psbtOf(plan, previous, ({ script }) => keyOf(script)?.pair.publicKey);
  plan.inputs.forEach(({ script }, index) => {
    const key = keyOf(script);
    if (key === undefined) throw new BskError("wallet", `no key for the script "${script}" of input ${index}`);
    psbt.signInput(index, { ...key.pair, publicKey: key.pair.publicKey, sign: (hash) => key.pair.sign(hash) }, [
      SIGHASH_ALL,
    ]);
  });
  psbt.finalizeAllInputs();
  // Our own limits are stricter than bitcoinjs-lib's and were checked.
  return checkSigned(plan, psbt.extractTransaction(true).toBuffer(), limits);
}

function psbtOf(
  plan: TxPlan,
  previous: PreviousTransactions,
  publicKeyOf: (input: PlanInput) => Uint8Array | undefined,
): Psbt {
  const psbt = new Psbt();
  psbt.setVersion(VERSION);
  for (const input of plan.inputs) {
    const publicKey = publicKeyOf(input);
    psbt.addInput({
      hash: reversed(fromHex(input.txid)),
      index: input.index,
      sequence: REPLACEABLE,
      sighashType: SIGHASH_ALL,
      nonWitnessUtxo: previousOf(input, previous),
      ...(publicKey !== undefined && nestedSegwitScript(publicKey) === input.script
        ? { redeemScript: redeemScriptOf(publicKey) }
        : {}),
    });
  }
  for (const { script, value } of plan.outputs) psbt.addOutput({ script: fromHex(script), value });
  return psbt;
}

/** The previous transaction of an input, checked: a wrong value would silently become fee. */
function previousOf(input: PlanInput, previous: PreviousTransactions): Uint8Array {
  const raw = previous.get(input.txid);
  if (raw === undefined) {
    throw new BskError("wallet", `transaction ${input.txid}, whose output is to be spent, is not at hand`);
  }
  let spent: Transaction;
  try {
    spent = Transaction.fromBuffer(raw);
  } catch (cause) {
    throw new BskError("refuted", `what was given as transaction ${input.txid} is none`, { cause });
  }
  const output = spent.outs[input.index];
  if (spent.getId() !== input.txid || output === undefined) {
    throw new BskError("refuted", `what was given as transaction ${input.txid} is not it`);
  }
  if (output.value !== input.value || toHex(output.script) !== input.script) {
    throw new BskError("refuted", `output ${outpointText(input)} is not what the coin source said of it`);
  }
  return raw;
}

/**
 * Is this signed transaction the plan's: same inputs in order, same outputs, payload included, fee within the limits?
 * Also for what another signer gives back.
 * @throws BskError (refuted) if it is not; (wallet) if the fee is above a limit.
 */
export function checkSigned(plan: TxPlan, raw: Uint8Array, limits: FeeLimits = FEE_LIMITS): SignedTransaction {
  const transaction = Transaction.fromBuffer(raw);
  const differs = (what: string): BskError =>
    new BskError("refuted", `the signed transaction is not the planned one: ${what} differ`);
  const outpoints = transaction.ins.map(({ hash, index }) =>
    outpointText({ txid: txid(toHex(reversed(hash))), index }),
  );
  if (outpoints.join() !== plan.inputs.map(outpointText).join()) throw differs("inputs");
  const same = plan.outputs.every(({ script, value }, i) => {
    const made = transaction.outs[i];
    return made?.value === value && scriptHex(made.script) === script;
  });
  if (!same || transaction.outs.length !== plan.outputs.length) throw differs("outputs");
  const unsigned = transaction.ins.findIndex(({ script, witness }) => script.length === 0 && witness.length === 0);
  if (unsigned >= 0) throw new BskError("wallet", `input ${unsigned} is not signed`);
  const paid = transaction.outs.reduce((total, { value }) => total + value, 0n);
  const fee = satoshi(plan.inputs.reduce((total, { value }) => total + value, 0n) - paid);
  const size = transaction.virtualSize();
  checkFee({ fee, size }, limits);
  return { txid: txid(transaction.getId()), raw, fee, size };
}
