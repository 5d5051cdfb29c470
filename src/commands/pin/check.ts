import { command } from "../../cli/command.ts";
import { integer, optionOr } from "../../cli/parameter.ts";
import { pinOption, pinWords } from "../../cli/pin.ts";
import { requiredPin, shownPin } from "../../lightnode/pin.ts";
import { judgePin, troubleOf, witnessesOf } from "../../lightnode/pin-standing.ts";

const DAY = "144";

export const pinCheckCommand = command({
  path: "pin check",
  summary: "Compare the pin with what nodes say",
  description: [
    "Asks the nodes of --node or the settings whether they have the pin in their history, and how far they are beyond it.",
    "Exit code 4: the pin is stale (rule pin-stale), ahead of every node (pin-ahead), or known to none of them (pin-unknown). 3: they have an older pin of yours and another history above it (pin-other-fork-set).",
  ],
  examples: [{ text: "Against two nodes", command: "bsk pin check --node https://a.example,https://b.example" }],
  options: {
    pin: pinOption,
    maxBehind: optionOr(DAY, integer(0, 10_000_000), "blocks that the pin may be behind their last one", {
      placeholder: "BLOCKS",
    }),
  },
  run: async ({ pin: given, maxBehind }, ports) => {
    const book = await ports.pins();
    const pin = requiredPin(given, book);
    const nodes = await ports.nodes();
    const standing = judgePin(pin, await witnessesOf(pin, book.list(), nodes), maxBehind);
    const trouble = troubleOf(pin, standing);
    if (trouble !== null) throw trouble;
    return { pin: shownPin(pin), ...standing };
  },
  text: ({ pin, ...standing }, style) => {
    if (standing.kind !== "known") return "";
    const { by, against, behind } = standing;
    const lines = [
      pinWords(pin, style),
      `${style.good("known")} to ${by.join(", ")}; ${behind === 0 ? "their last block" : `${behind} blocks behind them`}`,
    ];
    if (against.length > 0) lines.push(style.warn(`of another fork-set: ${against.join(", ")}`));
    return lines.join("\n");
  },
});
