/** A plan for people: what `--dry-run` shows is what is shown before the question whether to send it. */
import { toBtc } from "../primitives/units.ts";
import type { PlanData } from "../wallet/plan-data.ts";

/** Lines for a person, without trailing newline. */
export function planText(plan: PlanData): string {
  const { cost, fee, feeRate, size, deathHeight, deathTime, followUp } = plan;
  const inputs = plan.inputs.map(({ role, value, address, txid, index, confirmed }): Row => [
    `from ${role}`,
    value,
    `${address ?? "?"}  ${txid === null ? "made by the transaction before it" : `${txid}:${index}${confirmed ? "" : " (unconfirmed)"}`}`,
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
