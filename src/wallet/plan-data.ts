/** A plan as `--dry-run --json` shows it, and as its text for people is made from. */
import { addressOf, type ScriptHex } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import type { Payload } from "../ops/operation.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Txid } from "../primitives/hash.ts";
import type { BlockHeight, Satoshi } from "../primitives/units.ts";
import type { PlanCost, PlanInput, PlanOutput, PlanPurpose, TxPlan } from "./plan.ts";
import { UNSIGNED_TXID } from "./plan-registration.ts";
import { segwitAddressOf } from "./destination.ts";

/** Turns heights into estimated dates. */
export interface Dating {
  /** A block whose time is known, usually the tip. */
  readonly height: BlockHeight;
  readonly time: Date;
}

/** The `plan` of the results of spending commands. Amounts in satoshis. */
export interface PlanData {
  readonly purpose: PlanPurpose;
  readonly effect: string;
  readonly inputs: readonly {
    readonly role: PlanInput["role"];
    /** Null: an output of the transaction before it, which has no id until it is signed. */
    readonly txid: Txid | null;
    readonly index: number;
    readonly value: Satoshi;
    readonly address: string | null;
    readonly confirmed: boolean;
  }[];
  readonly outputs: readonly {
    readonly role: PlanOutput["role"];
    readonly value: Satoshi;
    readonly address: string | null;
    readonly script: ScriptHex;
  }[];
  readonly payload: Payload | null;
  readonly fee: Satoshi;
  /** Satoshis per virtual byte. */
  readonly feeRate: number;
  /** Virtual bytes when signed, at most. */
  readonly size: number;
  readonly cost: PlanCost;
  /** Last block that may hold it, and when that one is expected. */
  readonly deathHeight: BlockHeight | null;
  readonly deathTime: string | null;
  readonly followUp: string | null;
}

/** What `--json` shows of a plan. */
export function planData(plan: TxPlan, { bitcoin }: Pick<Network, "bitcoin">, dating: Dating): PlanData {
  const { purpose, effect, payload, fee, feeRate, size, cost, deathHeight, followUp } = plan;
  return {
    purpose,
    effect,
    inputs: plan.inputs.map(({ role, txid, index, value, script, height }) => ({
      role,
      txid: txid === UNSIGNED_TXID ? null : txid,
      index,
      value,
      address: anyAddressOf(script, bitcoin),
      confirmed: height !== null,
    })),
    outputs: plan.outputs.map(({ role, value, script }) => ({
      role,
      value,
      address: anyAddressOf(script, bitcoin),
      script,
    })),
    payload,
    fee,
    feeRate,
    size,
    cost,
    deathHeight,
    deathTime: deathHeight === null ? null : expected(deathHeight, dating, bitcoin),
    followUp,
  };
}

function expected(height: BlockHeight, known: Dating, { secondsPerBlock }: BitcoinParameters): string {
  const at = new Date(known.time.getTime() + (height - known.height) * secondsPerBlock * 1000);
  return `${at.toISOString().slice(0, 16)}Z`;
}

function anyAddressOf(script: ScriptHex, on: BitcoinParameters): string | null {
  return addressOf(script, on) ?? segwitAddressOf(script, on);
}
