/** A vector's chain behind real HTTP, as an honest node came to it, and as one that left operations out from a height on. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import type { BlockSource } from "../../src/chain/source.ts";
import { serveApi } from "../../src/fullnode/api/server.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { type Network, networkOf } from "../../src/protocol/network-definition.ts";
import { formatNetworkDefinition } from "../../src/protocol/network-json.ts";
import { fromLatin1 } from "../../src/primitives/bytes.ts";
import { apiNode } from "./api-node.ts";

export interface ServedHistory {
  readonly network: Network;
  readonly store: NodeStore;
  /** On this machine: a command takes it for the user's own node. */
  readonly url: string;
  /** The same server by a name that is not known to be this machine's: a stranger. */
  readonly strangerUrl: string;
  readonly stop: () => Promise<void>;
}

interface Served {
  readonly path: string;
  /** What the network is called. */
  readonly name: string;
  /** Blocks from here on say nothing. */
  readonly silentFrom?: number;
  /** The last block that is indexed. */
  readonly upTo?: number;
}

export async function serveHistory({
  path,
  name,
  silentFrom = Infinity,
  upTo = Infinity,
}: Served): Promise<ServedHistory> {
  const replay = await readReplayFile(path);
  const network = networkOf({ ...replay.network, name });
  const store = NodeStore.open(":memory:", network);
  const source = silenced(replay.source, silentFrom, network.magic);
  for await (const { height } of replayFile({ ...replay, network, source }, store)) if (height >= upTo) break;
  const server = await serveApi(apiNode(store), {
    host: "0.0.0.0",
    port: 0,
    failed: (error) => {
      throw error;
    },
  });
  const { port } = new URL(server.url);
  return {
    network,
    store,
    url: `http://127.0.0.1:${port}`,
    strangerUrl: `http://0.0.0.0:${port}`,
    stop: async () => {
      await server.stop();
      store.close();
    },
  };
}

/** Makes the network known to commands of this home. */
export function defineNetwork(home: string, network: Network): void {
  mkdirSync(join(home, "networks"), { recursive: true });
  writeFileSync(join(home, "networks", `${network.name}.json`), formatNetworkDefinition(network));
}

export function silenced(source: BlockSource, from: number, magic: string): BlockSource {
  const quiet = new Set<string>();
  return {
    description: source.description,
    tip: () => source.tip(),
    blockHashAt: async (height) => {
      const hash = await source.blockHashAt(height);
      if (hash !== null && height >= from) quiet.add(hash);
      return hash;
    },
    rawBlock: async (hash) => {
      const raw = Uint8Array.from(await source.rawBlock(hash));
      const [first = 0, second = 0] = fromLatin1(magic);
      for (let at = 1; quiet.has(hash) && at < raw.length; at++) {
        if (raw[at - 1] === first && raw[at] === second) raw[at] = 0;
      }
      return raw;
    },
    spentScripts: (inBlock, outpoints) => source.spentScripts(inBlock, outpoints),
  };
}
