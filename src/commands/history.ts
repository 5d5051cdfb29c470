import { showDatedHeight } from "../cli/amount.ts";
import { command } from "../cli/command.ts";
import { card, table } from "../cli/layout.ts";
import { arg } from "../cli/parameter.ts";
import { datesBy, shownStanding, standingPairs } from "../cli/standing.ts";
import { termsOf, termsOptions } from "../cli/terms.ts";
import { sourceWithin } from "../lightnode/terms.ts";
import { TRUST_LEVELS } from "../lightnode/trust-level.ts";
import { name } from "../primitives/name.ts";

export const historyCommand = command({
  path: "history",
  summary: "Show every operation on a name, oldest first",
  description: [
    "A node also shows the preorders that its registrations used up; the log on this machine does not, since preorders hide their names.",
  ],
  examples: [{ text: "All states of a name", command: "bsk history alice.test" }],
  options: { name: arg(name, "the name, such as alice.test"), ...termsOptions(TRUST_LEVELS) },
  run: async ({ name, ...options }, ports) => {
    const { bitcoin } = await ports.network();
    const source = await sourceWithin(await ports.ways(options), termsOf(options, ports.clock));
    const { standing } = source;
    const history = await source.history(name);
    if (history.length === 0) throw source.denial("name-not-registered", `"${name}" was never registered`);
    const dates = datesBy(standing, bitcoin.secondsPerBlock);
    return {
      name,
      operations: history.map(({ height, publicKey: _, ...entry }) => ({ ...dates.at(height), ...entry })),
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
