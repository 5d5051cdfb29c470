import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";

export const nodeStatusCommand = command({
  path: "node status",
  summary: "Show how far a node is",
  description: ["Asks the node of --node or of the settings, else the one on this machine."],
  examples: [{ text: "Is my node at the tip?", command: "bsk node status" }],
  run: async (_options, ports) => {
    const { id, name } = await ports.network();
    const node = await ports.node();
    const info = await node.info();
    const { tip, source } = info;
    return {
      url: node.url,
      own: node.own,
      version: info.version,
      network: { id: info.networkId, name: info.networkName, ours: info.networkId === id, expected: name },
      tip: tip === null ? null : { ...tip, time: tip.time.toISOString() },
      indexing: info.indexing,
      blocksBehind: source.height === null ? null : Math.max(0, source.height - (tip?.height ?? info.firstBlock - 1)),
      source,
    };
  },
  text: ({ url, own, version, network, tip, indexing, blocksBehind, source }, style) =>
    card(
      [
        ["node", own ? url : `${url} (not your own)`],
        ["version", version],
        [
          "network",
          network.ours ? network.name : style.bad(`${network.name}: another network than "${network.expected}"`),
        ],
        [
          "state",
          source.trouble !== null ? style.bad("in trouble") : indexing ? style.warn("indexing") : style.good("ready"),
        ],
        ["trouble", source.trouble],
        ["block", tip === null ? "none yet" : `${tip.height} (${tip.time.slice(0, 16)}Z)`],
        ["behind", blocksBehind === null || blocksBehind === 0 ? null : `${blocksBehind} blocks`],
        ["consensus hash", tip?.consensusHash ?? null],
        ["follows", source.description],
        ["spent scripts", source.spentScripts === null ? null : `from ${source.spentScripts}`],
      ],
      style,
    ),
});
