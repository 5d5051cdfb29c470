import { command } from "../../cli/command.ts";
import { eventLog } from "../../cli/event-log.ts";
import { nodeDirectory, SERVING_OPTIONS, servingSettings } from "../../cli/node-settings.ts";
import { lockDirectory } from "../../cli/lock.ts";
import { type NodeProgress, nodeProgress } from "../../cli/node-progress.ts";
import { origin } from "../../cli/origin.ts";
import { flag, integer, option, options, path, text } from "../../cli/parameter.ts";
import { pinOption } from "../../cli/pin.ts";
import type { OpenSource, Ports } from "../../cli/ports.ts";
import { VERSION } from "../../cli/version.ts";
import { BskError } from "../../errors.ts";
import { checkedSource } from "../../chain/checked-source.ts";
import { fallbackSource } from "../../chain/fallback-source.ts";
import { isLoopback } from "../../chain/loopback.ts";
import type { KnownBlocks } from "../../chain/checked-headers.ts";
import type { BlockSource } from "../../chain/source.ts";
import { blockFileSource, usualThreads } from "../../fullnode/block-file-source.ts";
import { MerkleLanes } from "../../fullnode/merkle-lanes.ts";
import { startNode, type NodeEvent } from "../../fullnode/node.ts";
import { type FromTilesOptions, nodeFromTiles } from "../../fullnode/node-from-tiles.ts";
import type { Witness } from "../../fullnode/watcher.ts";
import { nodeBlocks } from "../../lightnode/node-blocks.ts";
import { isAttested, requiredPin } from "../../lightnode/pin.ts";
import { tileSource } from "../../lightnode/tile-source.ts";
import { name } from "../../primitives/name.ts";
import type { Network } from "../../protocol/network-definition.ts";
import type { Anchor } from "../../verify/anchor.ts";

/** Between two lines that only say how far tiles were read. */
const LOG_MS = 250;

/** Asks the sources in turn until one answers. @throws BskError what the first one failed with, where none does */
async function anyAnswers([first, ...others]: readonly [OpenSource, ...OpenSource[]]): Promise<void> {
  try {
    await first.source.tip();
  } catch (error) {
    for (const { source } of others) {
      const answers = await source.tip().then(
        () => true,
        () => false,
      );
      if (answers) return;
    }
    throw error;
  }
}

/** Another node of the network, as a witness of blocks and consensus hashes. */
function watchedNode(url: string, socks: string | undefined, network: Network): Witness {
  const node = nodeBlocks({ url, direct: isLoopback(new URL(url).hostname), socks }, network);
  return {
    description: node.description,
    blockHashAt: async (height) => (await node.blockAt(height))?.hash ?? null,
    consensusHashAt: async (height) => (await node.blockAt(height))?.consensusHash ?? null,
  };
}

interface TilesFor extends Pick<FromTilesOptions, "network" | "directory" | "source"> {
  readonly progress: NodeProgress | null;
  readonly told: (event: NodeEvent) => void;
}

/** Brings the index up to the pin from tiles, if any are named. @throws BskError as `nodeFromTiles` */
async function takeTiles(
  [where, ...more]: readonly string[],
  given: Anchor | undefined,
  { progress, told, ...node }: TilesFor,
  { pins, config, clock, signal }: Ports,
): Promise<void> {
  if (where === undefined) {
    if (given === undefined) return;
    throw new BskError("usage", "--pin says up to where blocks come from tiles, and --from-tiles is not there", {
      hint: "bsk node fsck --pin proves an index by a pin",
    });
  }
  const pin = requiredPin(given, await pins());
  if (!isAttested(pin)) {
    throw new BskError("unproven", `the pin held is one node's word (${pin.height}:${pin.consensusHash})`, {
      rule: "pin-unattested",
      hint: "give a pair that you trust with --pin, or have it attested: bsk pin attest",
    });
  }
  const { height } = pin;
  const shelf = (at: string) => tileSource(at, { socks: config.get("proxy"), signal });
  let toldAt = -Infinity;
  const outcome = await nodeFromTiles({
    ...node,
    pin,
    shelves: [shelf(where), ...more.map(shelf)],
    signal,
    clock: () => clock.now().getTime(),
    events: {
      spine: (read) => progress?.spine(read, height),
      progress: (at) => {
        progress?.tiles(at);
        const now = clock.now().getTime();
        if (at.height < at.target && now - toldAt < LOG_MS) return;
        toldAt = now;
        told({ level: "info", event: "from-tiles", fields: { height: at.height, target: at.target } });
      },
      passedOver: ({ message }) => told({ level: "warn", event: "tiles-passed-over", fields: { error: message } }),
    },
  });
  if (outcome.kind === "not-supported")
    told({ level: "warn", event: "tiles-ended", fields: { error: outcome.error.message } });
}

export const nodeStartCommand = command({
  path: "node start",
  summary: "Run a full node: index the chain and serve the API",
  description: [
    "Follows the Bitcoin node of the settings (bitcoind.url, bitcoind.cookie or bitcoind.user and bitcoind.password-file) from the network's first block on, and goes on where it stopped.",
    "With --blocks it reads the block files of a Bitcoin node on this machine instead, which is the fastest; that node must not prune, and need not run. They are read again whenever they grow. Headers are linked, and the Merkle root is checked of every block that carries operations; of every block with --check-merkle.",
    "Several sources can be named with --source, in the order of trust: rpc (the node of the settings), rpc:URL or rpc:URL#COOKIEFILE (JSON-RPC), rest:URL (REST of a node with -rest), files:DIR (as --blocks, which comes first). Headers, proofs of work and Merkle roots of all but files are checked. A source that is out is passed over while it is; one that serves what cannot be true is not asked again, and when none is left, the node stops with exit code 3.",
    "With --from-tiles it takes the blocks up to a pin (--pin, else the pin held) from tiles, which any server or directory can hold and which are believed in nothing: every block is judged by all rules, and must come to what the pin proves. The Bitcoin node is asked for headers only and may have pruned its blocks. Of tiles that lie in anything the name, the block and the reason are told, and the next --from-tiles is asked; nothing of them is kept. Then it goes on as without tiles. Refused transactions up to the pin are not known to such a node.",
    "Serves the API at the address of the settings host and port, within the limits of the settings api.rate, api.burst and api.connections for each client that is not on this machine. On a terminal it shows its progress, elsewhere it logs a line for each event on standard error. docs/operating.md is for whoever runs it.",
    "SIGINT and SIGTERM stop it between two blocks.",
    "The other sources, and the bsk nodes of the setting watch, are compared with at each poll: another chain of blocks, and other operations in the same blocks, are logged and shown by bsk node status.",
    "A reorg of the Bitcoin chain is followed, unless more than max-reorg blocks would have to be taken back: then it stops with exit code 4 and leaves its index as it is.",
  ],
  examples: [
    { text: "On a private chain", command: "bsk node start --network regtest" },
    { text: "From the files of a Bitcoin node", command: "bsk node start --blocks ~/.bitcoin" },
    { text: "With another Bitcoin node", command: "BSK_BITCOIND_URL=http://10.0.0.5:8332 bsk node start" },
    {
      text: "REST of a Bitcoin node, and another node where that is out",
      command: "bsk node start --source rest:http://127.0.0.1:8332 --source rpc:http://10.0.0.5:8332#/etc/bsk/cookie",
    },
    {
      text: "The first blocks from tiles, under a consensus hash that you trust",
      command: "bsk node start --from-tiles https://tiles.example --pin 610437:1d6d2ecdca4611cadacf1474b7dd6e83",
    },
  ],
  options: {
    blocks: option(path, "read the block files in this data directory of a Bitcoin node", {
      placeholder: "DIR",
      completes: "directory",
    }),
    checkMerkle: flag("with --blocks, check the Merkle root of every block"),
    source: options(origin, "where the blocks come from, instead of the setting", { placeholder: "SOURCE" }),
    fromTiles: options(
      text,
      "take the blocks up to the pin from tiles first: of a bsk node, a web server, a directory",
      {
        placeholder: "URL|DIR",
      },
    ),
    pin: pinOption,
    ...SERVING_OPTIONS,
    maxReorg: option(
      integer(0, 9_999_999),
      "stop where more blocks would have to be taken back, instead of the setting",
      {
        placeholder: "N",
      },
    ),
    announcer: options(name, "keep announcements by the owner of this name", { placeholder: "NAME" }),
  },
  run: async ({ blocks, checkMerkle, source: named, fromTiles, pin: given, maxReorg, announcer, ...flags }, ports) => {
    const { config, terminal, clock, signal } = ports;
    const network = await ports.network();
    const serving = servingSettings(flags, config, network.apiPort);
    const directory = nodeDirectory(config, ports.directories.data(network.name), flags.directory);
    ports.atEnd(lockDirectory(directory, "bsk node start"));
    const log = eventLog(terminal, clock, serving.log);
    const progress = terminal.interactive ? nodeProgress(terminal) : null;
    if (progress !== null) ports.atEnd(progress.stop);
    const told = ({ level, event, fields }: NodeEvent): void => {
      if (progress === null) log({ level, event, fields });
      else if (level !== "info") terminal.warn(`${event}: ${Object.values(fields).join(", ")}`);
    };
    const headers = ({ files, of }: { readonly files: number; readonly of: number }): void => {
      signal.throwIfAborted();
      if (progress === null) log({ level: "info", event: "headers-read", fields: { files, of } });
      else progress.headers(files, of);
    };
    const files = blocks === undefined ? [] : [{ kind: "files", path: blocks } as const];
    const sources = await ports.blockSources([...files, ...named], headers);
    await anyAnswers(sources); // where none can be asked at all, that is told at once
    const source = (stored: KnownBlocks): BlockSource => {
      const lanes = new MerkleLanes();
      const faultOf = (block: Uint8Array) => lanes.faultOf(block);
      const usable = (each: OpenSource): BlockSource =>
        each.believed
          ? blockFileSource({ files: each.source, threads: usualThreads(), checkMerkle })
          : checkedSource(each.source, network.bitcoin, network.firstBlock, stored, faultOf);
      const [first, ...others] = sources;
      return fallbackSource([usable(first), ...others.map(usable)], {
        refused: (source, { message }) =>
          told({ level: "error", event: "source-refused", fields: { source, error: message } }),
        switched: (from, to) => told({ level: "warn", event: "source-switched", fields: { from, to } }),
      });
    };
    await takeTiles(fromTiles, given, { network, directory, source, progress, told }, ports);
    const node = await startNode({
      network,
      directory,
      source,
      announcers: announcer,
      witnesses: [
        ...sources.slice(1).map(({ source }) => source),
        ...(config.get("watch") ?? []).map((url) => watchedNode(url, config.get("proxy"), network)),
      ],
      maxReorg: maxReorg ?? config.get("max-reorg") ?? 100,
      host: serving.host,
      port: serving.port,
      limits: serving.limits,
      proxies: serving.proxies,
      version: VERSION,
      log: told,
      progress: progress?.show ?? (() => undefined),
      now: () => clock.now().getTime(),
    });
    if (progress !== null)
      terminal.note(`serving ${network.name} at ${node.url}, following ${sources[0].source.description}`);
    const asked = new Promise<void>((stop) => {
      if (signal.aborted) stop();
      signal.addEventListener(
        "abort",
        () => {
          stop();
        },
        { once: true },
      );
    });
    let tip: ReturnType<typeof node.store.tip>;
    try {
      await Promise.race([node.ended, asked]);
      tip = node.store.tip();
    } finally {
      progress?.stop();
      await node.stop();
    }
    return { url: node.url, height: tip?.height ?? null, blockHash: tip?.hash ?? null };
  },
  text: ({ url, height }) => `${url} stopped ${height === null ? "before its first block" : `at block ${height}`}`,
});
