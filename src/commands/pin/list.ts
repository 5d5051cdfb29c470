import { command } from "../../cli/command.ts";
import { table } from "../../cli/layout.ts";
import { flag } from "../../cli/parameter.ts";
import { sourceWords } from "../../cli/pin.ts";
import { isAttested } from "../../lightnode/pin.ts";

export const pinListCommand = command({
  path: "pin list",
  summary: "List the pins held, and where they came from",
  description: [
    "Answers rest on the one that is marked: the highest that is attested, else the highest of all. With --all those that were removed or replaced are listed too.",
  ],
  options: { all: flag("with those that were given up") },
  run: async ({ all }, ports) => {
    const book = await ports.pins();
    const current = book.current();
    return {
      pins: book
        .history()
        .filter(({ ended }) => all || ended === null)
        .map((pin) => ({
          height: pin.height,
          consensusHash: pin.consensusHash,
          source: pin.source,
          attested: isAttested(pin),
          since: pin.since,
          ended: pin.ended,
          current: pin.ended === null && pin.height === current?.height,
        }))
        .sort((a, b) => a.height - b.height),
    };
  },
  text: ({ pins }, style) =>
    pins.length === 0
      ? "no pin is held: bsk pin from-node takes one from your own node"
      : table(
          ["", "PIN", "SINCE", "ENDED", "SOURCE"],
          pins.map(({ height, consensusHash, source, attested, since, ended, current }) => [
            current ? style.good("*") : "",
            `${height}:${consensusHash}`,
            since.slice(0, 10),
            ended?.slice(0, 10) ?? "",
            attested ? sourceWords(source) : style.warn(sourceWords(source)),
          ]),
          style,
        ),
});
