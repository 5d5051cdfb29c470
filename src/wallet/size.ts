/**
 * How large a transaction will be when signed, and the smallest outputs that nodes relay.
 *
 * Sizes are upper bounds: low-S signatures have 71 or 72 bytes with their hash type, we count 72.
 */
import type { ScriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";

/** Weight units of one input (BIP 141): four for each byte outside the witness, one for each inside. */
interface InputWeight {
  readonly base: number;
  readonly witness: number;
}

// Outpoint 36, sequence 4, script length 1, then: push of 72 bytes of signature and of a 33-byte key.
const P2PKH_INPUT: InputWeight = { base: 4 * (41 + 1 + 72 + 1 + 33), witness: 0 };
// A push of the 22-byte witness program; the witness has 2 items: signature and key.
const NESTED_SEGWIT_INPUT: InputWeight = { base: 4 * (41 + 1 + 22), witness: 1 + 1 + 72 + 1 + 33 };

/** What an input of this script weighs; null for scripts that the wallet does not spend. */
function inputWeight(script: ScriptHex): InputWeight | null {
  if (isP2pkh(script)) return P2PKH_INPUT;
  if (isP2sh(script)) return NESTED_SEGWIT_INPUT;
  return null;
}

function isP2pkh(script: ScriptHex): boolean {
  return /^76a914[0-9a-f]{40}88ac$/u.test(script);
}

function isP2sh(script: ScriptHex): boolean {
  return /^a914[0-9a-f]{40}87$/u.test(script);
}

/** May a coin with this script be an input of an operation? Only p2pkh and p2sh (spec 01 §2, step 4). */
export function isSpendable(script: ScriptHex): boolean {
  return isP2pkh(script) || isP2sh(script);
}

const countLength = (n: number): number => (n < 0xfd ? 1 : 3);

const outputSize = (script: ScriptHex): number => 8 + countLength(script.length / 2) + script.length / 2;

/** Virtual bytes of a signed transaction that spends and makes these scripts. */
export function virtualSize(inputs: readonly ScriptHex[], outputs: readonly ScriptHex[]): number {
  let weight = 4 * (4 + countLength(inputs.length) + countLength(outputs.length) + 4);
  for (const script of outputs) weight += 4 * outputSize(script);
  const weights = inputs.map((script) => {
    const known = inputWeight(script);
    if (known === null) throw new BskError("wallet", `cannot spend an output with script "${script}"`);
    return known;
  });
  for (const { base } of weights) weight += base;
  // Segwit adds a marker and a flag, and an empty witness for each input without one.
  if (weights.some(({ witness }) => witness > 0)) {
    weight += 2;
    for (const { witness } of weights) weight += Math.max(witness, 1);
  }
  return Math.ceil(weight / 4);
}

/** Satoshis for a size at a rate in satoshis per virtual byte, rounded up. */
export function feeFor(size: number, feeRate: number): bigint {
  return BigInt(Math.ceil(size * feeRate));
}

/**
 * The smallest output of this script that nodes relay, in satoshis: its own bytes and those of spending it at 3 satoshis
 * each (Bitcoin Core: GetDustThreshold). 546 for p2pkh, 540 for p2sh, 294 for p2wpkh; OP_RETURN needs nothing.
 */
export function dustLimit(script: ScriptHex): bigint {
  if (script.startsWith("6a")) return 0n;
  const isWitnessProgram = /^(00|5[1-9a-f]|60)([0-9a-f]{2}){3,41}$/u.test(script) && programLength(script);
  return BigInt(3 * (outputSize(script) + (isWitnessProgram ? 67 : 148)));
}

function programLength(script: ScriptHex): boolean {
  return parseInt(script.slice(2, 4), 16) === script.length / 2 - 2;
}

/**
 * Satoshis of outputs that pay an owner, a recipient or a revealer. The original's convention (spec 08 §5, DUST_MINIMUM):
 * ten times what nodes ask, because this output must later be input 0 of the owner's operations.
 */
export const OWNER_OUTPUT = 5500n;
