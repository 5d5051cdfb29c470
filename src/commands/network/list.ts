import { command } from "../../cli/command.ts";
import { table } from "../../cli/layout.ts";

export const networkListCommand = command({
  path: "network list",
  summary: "List the networks that this installation knows",
  description: ["Networks are built in or defined by files in the configuration directory, under networks/."],
  run: async (_options, { networks }) => ({
    networks: (await networks.list()).map(({ network, file }) => ({
      name: network.name,
      id: network.id,
      chain: network.chain,
      firstBlock: network.firstBlock,
      endHeight: network.endHeight,
      file,
    })),
  }),
  text: ({ networks }, style) =>
    table(
      ["NAME", "CHAIN", "FIRST BLOCK", "STATE", "ID"],
      networks.map(({ name, id, chain, firstBlock, endHeight, file }) => [
        style.name(name),
        chain,
        String(firstBlock),
        endHeight === null ? (file === null ? "built in" : "your own") : `ended at ${endHeight}, read-only`,
        style.dim(id.slice(0, 16)),
      ]),
      style,
    ),
});
