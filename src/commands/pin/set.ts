import { command } from "../../cli/command.ts";
import { arg } from "../../cli/parameter.ts";
import { pin as parsePin, pinWords } from "../../cli/pin.ts";
import { requireCovered } from "../../lightnode/pin-reach.ts";
import { shownPin } from "../../lightnode/pin.ts";

export const pinSetCommand = command({
  path: "pin set",
  summary: "Trust a pair of height and consensus hash that you have from elsewhere",
  description: [
    "A consensus hash stands for the whole history of names up to its block: whoever has the right one can check anything that a server says about that history. Take it from somebody whose node you trust, from several places, or from your own node (bsk pin from-node).",
    "Another hash than the one held for the same block is refused with exit code 3, and nothing is stored.",
  ],
  examples: [{ text: "A pair that a friend read to you", command: "bsk pin set 813:4625d9bc4a8ac0a5605e07530c1e1478" }],
  options: { pair: arg(parsePin, "the pair that you trust", { placeholder: "HEIGHT:HASH" }) },
  run: async ({ pair }, ports) => {
    requireCovered(pair, (await ports.network()).firstBlock);
    const book = await ports.pins();
    return shownPin(await book.add(book.make(pair, { kind: "hand" })));
  },
  text: (shown, style) => `pinned ${pinWords(shown, style)}`,
});
