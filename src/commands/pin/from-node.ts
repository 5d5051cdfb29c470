import { command } from "../../cli/command.ts";
import { option, optionalArg } from "../../cli/parameter.ts";
import { pinWords } from "../../cli/pin.ts";
import { httpUrls } from "../../cli/settings.ts";
import { pinFromNodes } from "../../lightnode/pin-from-nodes.ts";
import { reachedPins } from "../../lightnode/pin-reach.ts";
import { shownPin } from "../../lightnode/pin.ts";
import { parseBlockHeight } from "../../primitives/units.ts";

export const pinFromNodeCommand = command({
  path: "pin from-node",
  summary: "Take a pin from your own node, or from several that agree",
  description: [
    "Your own node (on this machine, or named with the setting own-node) replayed the chain: its word is enough. Two or more others have to say the same. A single node of somebody else gives a pin too, but an unattested one: every answer that rests on it says so.",
    "Pins that are held already are compared: the node has to prove that the nearest older one is part of the new one's history. That is needed, and says nothing for the new one by itself, since anybody can extend a history with blocks of their own.",
    "The pin is that of the highest block that all of them have, less three, or of the block that --at names.",
  ],
  examples: [
    { text: "From the node on this machine", command: "bsk pin from-node" },
    {
      text: "From two that do not know each other",
      command: "bsk pin from-node https://names.example.org,https://bns.example.com",
    },
  ],
  options: {
    url: optionalArg(httpUrls, "the node, or several, instead of those of --node and the settings", {
      placeholder: "URL[,URL]",
    }),
    at: option(parseBlockHeight, "this block", { placeholder: "HEIGHT" }),
  },
  run: async ({ url, at }, ports) => {
    const nodes = url === undefined ? await ports.nodes() : await ports.nodesAt(url);
    const [book, network] = [await ports.pins(), await ports.network()];
    const { anchor, source } = await pinFromNodes(nodes, network, at);
    const reached = await reachedPins(anchor, book.list(), nodes, network);
    return {
      ...shownPin(await book.add(book.make(anchor, source))),
      nodes: nodes.map((node) => node.url),
      reached: reached.map(({ height, consensusHash }) => ({ height, consensusHash })),
    };
  },
  text: ({ reached, ...shown }, style) =>
    [
      `pinned ${pinWords(shown, style)}`,
      ...reached
        .filter(({ height }) => height !== shown.height)
        .map(({ height }) =>
          style.dim(
            `of one history with the pin of block ${height}${shown.attested ? "" : ", which a liar can do too"}`,
          ),
        ),
      ...(shown.attested ? [] : [style.dim("name a second node, or look at the chain itself: bsk pin attest")]),
    ].join("\n"),
});
