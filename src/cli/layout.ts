/** Text for people: aligned tables and cards. Widths ignore colour codes. */
import { PLAIN, type Style } from "./style.ts";

/** Columns as wide as their widest cell; the last one is not padded. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[], style: Style = PLAIN): string {
  const all = [headers.map((header) => style.dim(header)), ...rows];
  const widths = headers.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ""))));
  return all
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0))).join("  "),
    )
    .map((line) => line.trimEnd())
    .join("\n");
}

/** One line for each pair, values aligned; pairs whose value is null are left out. */
export function card(pairs: readonly (readonly [label: string, value: string | null])[], style: Style = PLAIN): string {
  const shown = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== null);
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `${style.dim(label.padEnd(width))}  ${value}`).join("\n");
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - widthOf(cell)));
}

function widthOf(text: string): number {
  return text.replace(/\u001b\[[0-9;]*m/gu, "").length;
}
