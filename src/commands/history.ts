import { showDatedHeight } from "../cli/amount.ts";
import { command } from "../cli/command.ts";
import { card, table } from "../cli/layout.ts";
import { arg } from "../cli/parameter.ts";
import { datesBy, shownStanding, standingPairs } from "../cli/standing.ts";
import { standingOf } from "../lightnode/as-of.ts";
import { denial } from "../lightnode/denial.ts";
import { name } from "../primitives/name.ts";

export const historyCommand = command({
  path: "history",
  summary: "Show every operation on a name, oldest first",
  examples: [{ text: "All states of a name", command: "bsk history alice.test" }],
  options: { name: arg(name, "the name, such as alice.test") },
  run: async ({ name }, ports) => {
    const { bitcoin } = await ports.network();
    const node = await ports.node();
    const standing = await standingOf(node);
    const history = await node.history(name);
    if (history.length === 0) throw denial(node, "name-not-registered", `"${name}" was never registered`);
    const dates = datesBy(standing, bitcoin.secondsPerBlock);
    return {
      name,
      operations: history.map(({ height, ...entry }) => ({ ...dates.at(height), ...entry })),
      ...shownStanding(standing),
    };
  },
  text: ({ operations, ...standing }, style) =>
    [
      table(
        ["BLOCK", "OPERATION", "OWNER", "ZONE FILE", "TRANSACTION"],
        operations.map(({ opcode, address, zonefileHash, txid, ...at }) => [
          showDatedHeight(at),
          opcode,
          address,
          zonefileHash ?? "none",
          style.dim(txid),
        ]),
        style,
      ),
      "",
      card(standingPairs(standing, style), style),
    ].join("\n"),
});
