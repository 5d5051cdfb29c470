import { command } from "../../cli/command.ts";
import { arg } from "../../cli/parameter.ts";
import { pinWords } from "../../cli/pin.ts";
import { shownPin } from "../../lightnode/pin.ts";
import { parseBlockHeight } from "../../primitives/units.ts";

export const pinRemoveCommand = command({
  path: "pin remove",
  summary: "Stop trusting a pin",
  description: ["It stays in the history: bsk pin list --all."],
  examples: [{ text: "The pin of block 813", command: "bsk pin remove 813" }],
  options: { height: arg(parseBlockHeight, "the pin's block") },
  run: async ({ height }, ports) => shownPin(await (await ports.pins()).remove(height)),
  text: (shown, style) => `no longer trusted: ${pinWords(shown, style)}`,
});
