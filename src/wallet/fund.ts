/** Chooses coins for a transaction so that outputs and fee are paid exactly. Deterministic. */
import type { ScriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import { toBtc } from "../primitives/units.ts";
import type { Coin } from "./coins.ts";
import { feeFor, virtualSize } from "./size.ts";

/** An output before it is paid: only its script and value matter here. */
interface Priced {
  readonly script: ScriptHex;
  readonly value: bigint;
}

export interface FundingRequest<Output extends Priced> {
  /** Inputs that must be there, first and in this order. */
  readonly fixed: readonly Coin[];
  /** Coins that may be added, best first. */
  readonly candidates: readonly Coin[];
  /** Satoshis per virtual byte. */
  readonly feeRate: number;
  /** Some operations need a change output to be valid; elsewhere change too small to be relayed goes to the miner. */
  readonly changeRequired: boolean;
  /** Least change worth making, in satoshis. */
  readonly changeMinimum: bigint;
  /** All outputs in order, for these inputs (never empty) and this change; null: no change output. */
  readonly outputs: (inputs: readonly [Coin, ...Coin[]], change: bigint | null) => readonly Output[];
}

export interface Funding<Output> {
  readonly inputs: readonly Coin[];
  readonly outputs: readonly Output[];
  /** Satoshis: what the inputs hold more than the outputs. */
  readonly fee: bigint;
  /** Virtual bytes when signed, at most. */
  readonly size: number;
}

/**
 * Confirmed candidates are tried before pending ones: one coin alone if one suffices (the smallest such), else the
 * largest first until the sum suffices.
 * @throws BskError (wallet) with the shortfall if all candidates together do not suffice.
 */
export function fund<Output extends Priced>(request: FundingRequest<Output>): Funding<Output> {
  const confirmed = request.candidates.filter(({ height }) => height !== null);
  for (const candidates of [confirmed, request.candidates]) {
    const settled = fundFrom(candidates, request);
    if (settled !== null) return settled;
  }
  throw notEnough(request);
}

function fundFrom<Output extends Priced>(
  candidates: readonly Coin[],
  request: FundingRequest<Output>,
): Funding<Output> | null {
  const asTheyAre = settle(request.fixed, request);
  if (asTheyAre !== null) return asTheyAre;
  const smallestFirst = candidates.toReversed();
  for (const coin of smallestFirst) {
    const alone = settle([...request.fixed, coin], request);
    if (alone !== null) return alone;
  }
  const chosen = [...request.fixed];
  for (const coin of candidates) {
    // A coin that costs more than it brings makes things worse.
    if (coin.value <= feeFor(inputSize(coin), request.feeRate)) continue;
    chosen.push(coin);
    const settled = settle(chosen, request);
    if (settled !== null) return settled;
  }
  return null;
}

const inputSize = (coin: Coin): number => virtualSize([coin.script], []) - virtualSize([], []);

/** The transaction with exactly these inputs, null if they do not suffice. */
function settle<Output extends Priced>(
  inputs: readonly Coin[],
  { feeRate, changeRequired, changeMinimum, outputs }: FundingRequest<Output>,
): Funding<Output> | null {
  const [first, ...rest] = inputs;
  if (first === undefined) return null;
  const held = sum(inputs);
  const withChange = measure(inputs, outputs([first, ...rest], 0n), feeRate);
  const change = held - withChange.paid - withChange.fee;
  if (change >= changeMinimum) {
    const { fee, size } = withChange;
    return { inputs, outputs: outputs([first, ...rest], change), fee, size };
  }
  if (changeRequired) return null;
  const made = outputs([first, ...rest], null);
  const { paid, fee, size } = measure(inputs, made, feeRate);
  return held - paid >= fee ? { inputs, outputs: made, fee: held - paid, size } : null;
}

function measure(inputs: readonly Coin[], outputs: readonly Priced[], feeRate: number) {
  const scripts = (of: readonly { readonly script: ScriptHex }[]) => of.map(({ script }) => script);
  const size = virtualSize(scripts(inputs), scripts(outputs));
  return { size, fee: feeFor(size, feeRate), paid: sum(outputs) };
}

const sum = (of: readonly { readonly value: bigint }[]): bigint => of.reduce((total, { value }) => total + value, 0n);

/** What is missing if every candidate that is worth its fee were spent; with no coin at all, one p2pkh input is assumed. */
function notEnough<Output extends Priced>(request: FundingRequest<Output>): BskError {
  const useful = request.candidates.filter((coin) => coin.value > feeFor(inputSize(coin), request.feeRate));
  const [first = NO_COIN, ...rest] = [...request.fixed, ...useful];
  const inputs: readonly [Coin, ...Coin[]] = [first, ...rest];
  const withChange = measure(inputs, request.outputs(inputs, 0n), request.feeRate);
  const bare = measure(inputs, request.outputs(inputs, null), request.feeRate);
  const needed = request.changeRequired
    ? withChange.paid + withChange.fee + request.changeMinimum
    : bare.paid + bare.fee;
  const shortfall = needed - sum(inputs);
  return new BskError(
    "wallet",
    `not enough coins: ${shortfall.toString()} satoshis (${toBtc(shortfall)} BTC) are missing`,
    {
      rule: "not-enough-coins",
      hint: "not spent is what owns names, what is under way or locked, native segwit, and change behind 25 transactions that wait: bsk wallet coins",
    },
  );
}

const NO_COIN = {
  txid: "0".repeat(64),
  index: 0,
  value: 0n,
  script: `76a914${"00".repeat(20)}88ac`,
  height: null,
} as Coin;
