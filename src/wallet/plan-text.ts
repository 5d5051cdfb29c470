/** A plan for people and for scripts: what `--dry-run` shows is what is shown before the question whether to send it. */
import { addressOf, type ScriptHex } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import type { Payload } from "../ops/operation.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Txid } from "../primitives/hash.ts";
import { type BlockHeight, type Satoshi, toBtc } from "../primitives/units.ts";
import type { PlanCost, PlanInput, PlanOutput, PlanPurpose, TxPlan } from "./plan.ts";
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
    readonly txid: Txid;
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
      txid,
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

/** Lines for a person, without trailing newline. */
export function planText(plan: PlanData): string {
  const { cost, fee, feeRate, size, deathHeight, deathTime, followUp } = plan;
  const inputs = plan.inputs.map(({ role, value, address, txid, index, confirmed }): Row => [
    `from ${role}`,
    value,
    `${address ?? "?"}  ${txid}:${index}${confirmed ? "" : " (unconfirmed)"}`,
  ]);
  const outputs = plan.outputs.map(({ role, value, address, script }): Row => [
    role === "data" ? "data" : `to ${role.replace("-", " ")}`,
    role === "data" ? null : value,
    address ?? script,
  ]);
  const costs: readonly Row[] = [
    ["fee", fee, `${size} virtual bytes at ${feeRate} satoshis`],
    ...(cost.burned === 0n
      ? []
      : [["burned", cost.burned, "the price, burned or paid to the creator of the namespace"] satisfies Row]),
    ...(cost.placed === 0n
      ? []
      : [["placed", cost.placed, "in the outputs for others or for the name's owner"] satisfies Row]),
    ["total", cost.total, "less in the wallet afterwards"],
  ];
  return [
    plan.effect,
    ...aligned([...inputs, ...outputs, ...costs]),
    ...(deathHeight === null
      ? []
      : [`  valid up to block ${deathHeight} (about ${deathTime ?? ""}): void in a later one`]),
    ...(followUp === null ? [] : [`  afterwards: ${followUp}`]),
  ].join("\n");
}

type Row = readonly [label: string, amount: bigint | null, remark: string];

function aligned(rows: readonly Row[]): readonly string[] {
  const cells = rows.map(([label, amount, remark]) => ({
    label,
    remark,
    amount: amount === null ? "" : shown(amount),
  }));
  const width = (of: readonly string[]): number => Math.max(...of.map((text) => text.length));
  const labels = width(cells.map(({ label }) => label));
  const amounts = width(cells.map(({ amount }) => amount));
  return cells.map(({ label, amount, remark }) => `  ${label.padEnd(labels)}  ${amount.padStart(amounts)}  ${remark}`);
}

function shown(amount: bigint): string {
  return `${amount.toString()} sat (${toBtc(amount)} BTC)`;
}
