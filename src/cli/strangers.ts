/** How the answer of strangers shows how it came about. */
import type { StrangersReport } from "../lightnode/cold.ts";
import type { Style } from "./style.ts";

/** Lines of a card, behind those of the standing. */
export function strangersPairs(
  { proven, later, troubles, caught }: StrangersReport,
  style: Style,
): [string, string | null][] {
  const { level, height } = proven;
  const changed =
    later === null
      ? null
      : `${later.nodes === 1 ? "a node says" : `${later.nodes} nodes say`} that it changed in block ${later.height}, after the pin`;
  return [
    [
      "proven",
      height === null ? `${level}: at or before the pin, in a block that is not proven` : `${level} in block ${height}`,
    ],
    ["since then", changed === null ? null : style.warn(changed)],
    ...troubles.map(({ node, because }): [string, string] => ["in trouble", `${style.dim(node)} ${because}`]),
    ...caught.map(({ node, evidence }): [string, string] => [
      "caught",
      `${style.warn(`${node} answered falsely`)}${evidence === null ? "" : ` (${evidence})`}`,
    ]),
  ];
}
