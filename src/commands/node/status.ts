import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { option } from "../../cli/parameter.ts";
import { httpUrl } from "../../cli/settings.ts";
import type { Style } from "../../cli/style.ts";
import { isLoopback } from "../../chain/loopback.ts";
import { differenceOf, type NodeDifference, type NodeSide } from "../../fullnode/node-difference.ts";
import type { ForkWatchAnswer } from "../../lightnode/answers.ts";
import { nodeBlocks, type OperationAnswer } from "../../lightnode/node-blocks.ts";
import type { Network } from "../../protocol/network-definition.ts";

type Line = readonly [label: string, value: string | null];

/** Asks both nodes. @throws BskError `usage` where one follows another network */
async function compared(
  ours: string,
  theirs: string,
  network: Network,
  socks: string | undefined,
): Promise<NodeDifference<OperationAnswer> & { readonly url: string }> {
  const client = (url: string) => nodeBlocks({ url, direct: isLoopback(new URL(url).hostname), socks }, network);
  return { url: theirs, ...(await differenceOf(client(ours), client(theirs), network.firstBlock)) };
}

function watchLines({ lastReorg, deepestReorg, witnesses }: ForkWatchAnswer, style: Style): Line[] {
  return [
    ["last reorg", lastReorg === null ? null : `${lastReorg.depth} blocks, above block ${lastReorg.forkHeight}`],
    ["deepest reorg", lastReorg === null ? null : `${deepestReorg} blocks`],
    ...witnesses.map(({ source, verdict, height, depth }): Line => {
      const at = height ?? "?";
      switch (verdict) {
        case "agrees":
          return ["compared with", `${source}: ${style.good("agrees")} up to block ${at}`];
        case "behind":
          return ["compared with", `${source}: has no block to compare yet`];
        case "silent":
          return ["compared with", `${source}: ${style.warn("does not answer")}`];
        case "fork":
          return [
            "compared with",
            `${source}: ${style.bad("another chain")} above block ${at}, ${depth} blocks of ours`,
          ];
        case "rules":
          return ["compared with", `${source}: ${style.bad("other rules")}: other operations since block ${at}`];
      }
    }),
  ];
}

function differenceLines(found: NodeDifference<OperationAnswer> & { readonly url: string }, style: Style): Line[] {
  if (found.kind === "nothing-in-common") return [["against", `${found.url}: one of the two has no block yet`]];
  if (found.kind === "same")
    return [["against", `${found.url}: ${style.good("the same")} up to block ${found.height}`]];
  const what = found.kind === "chain" ? "another chain of blocks" : "other operations in the same block";
  const { ours, theirs } = found;
  return [
    ["against", `${found.url}: ${style.bad("differs")} from block ${found.height} on: ${what}`],
    ...sideLines("ours", ours, style),
    ...sideLines("theirs", theirs, style),
  ];
}

function sideLines(
  label: string,
  { blockHash, consensusHash, operations }: NodeSide<OperationAnswer>,
  style: Style,
): Line[] {
  return [
    [label, `block ${blockHash}, consensus hash ${consensusHash}, ${operations.length} operations`],
    ...operations.map(({ both, opcode, subject, txid }): Line => {
      const line = `${both ? " " : "+"} ${opcode} ${subject} ${txid}`;
      return ["", both ? line : style.bad(line)];
    }),
  ];
}

/** Later epochs are paid in tokens, and who held them is in a file that only the operator may have. */
function exactness({ epoch, height }: { readonly epoch: number; readonly height: number }): string {
  return `through epoch ${epoch}, block ${height}; later epochs with your own file of the initial allocation of tokens`;
}

export const nodeStatusCommand = command({
  path: "node status",
  summary: "Show how far a node is",
  description: [
    "Asks the node of --node or of the settings, else the one on this machine.",
    "Shows what its fork watch has seen since it was started: the deepest reorg, and how the other sources that it knows see the chain.",
    "With --against it finds the first block at which the consensus hashes of the two nodes differ, in a logarithmic number of questions, and shows what each of them accepted there.",
  ],
  examples: [
    { text: "Is my node at the tip?", command: "bsk node status" },
    { text: "Do we agree?", command: "bsk node status --against https://node.example.com" },
  ],
  options: {
    against: option(httpUrl, "another node to compare this one with", { placeholder: "URL" }),
  },
  run: async ({ against }, ports) => {
    const network = await ports.network();
    const { id, name } = network;
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
      exactThrough: info.exactThrough ?? null,
      blocksBehind: source.height === null ? null : Math.max(0, source.height - (tip?.height ?? info.firstBlock - 1)),
      source,
      forkWatch: info.forkWatch,
      against: against === undefined ? null : await compared(node.url, against, network, ports.config.get("proxy")),
    };
  },
  text: (
    { url, own, version, network, tip, indexing, exactThrough, blocksBehind, source, forkWatch, against },
    style,
  ) =>
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
        ["exact", exactThrough === null ? null : exactness(exactThrough)],
        ["consensus hash", tip?.consensusHash ?? null],
        ["follows", source.description],
        ["spent scripts", source.spentScripts === null ? null : `from ${source.spentScripts}`],
        ...watchLines(forkWatch, style),
        ...(against === null ? [] : differenceLines(against, style)),
      ],
      style,
    ),
});
