/** A full node's API over real HTTP with the chain of a vector, and a home whose commands know its network. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { serveApi } from "../../src/fullnode/api/server.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { type Network, networkOf } from "../../src/protocol/network-definition.ts";
import { formatNetworkDefinition } from "../../src/protocol/network-json.ts";
import { apiNode } from "./api-node.ts";
import { bsk, sandbox } from "./bsk.ts";
import { type Answer, answerOf } from "./town.ts";
import { vectorFiles } from "./vector.ts";

export interface ServedVector {
  /** Of the replay file. */
  readonly path: string;
  readonly network: Network;
  readonly store: NodeStore;
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly url: string;
  /** HEIGHT:HASH of the last block. */
  readonly pin: string;
  /** Runs a command with --json on the network, which is called "proven". */
  run(...argv: readonly string[]): Promise<Answer>;
  stop(): Promise<void>;
}

export async function serveVector(named = "fuzz/fuzz_e3"): Promise<ServedVector> {
  const { path } = vectorFiles().find(({ name }) => name === named)!;
  const home = mkdtempSync(join(tmpdir(), "bsk-served-"));
  const environment = { ...sandbox(), BSK_HOME: home };
  const replay = await readReplayFile(path);
  const network = networkOf({ ...replay.network, name: "proven" });
  mkdirSync(join(home, "networks"), { recursive: true });
  writeFileSync(join(home, "networks", "proven.json"), formatNetworkDefinition(network));
  const store = NodeStore.open(":memory:", network);
  for await (const _ of replayFile({ ...replay, network }, store));
  const server = await serveApi(apiNode(store), {
    host: "127.0.0.1",
    port: 0,
    failed: (error) => {
      throw error;
    },
  });
  const { height } = store.tip()!;
  return {
    path,
    network,
    store,
    home,
    environment,
    url: server.url,
    pin: `${height}:${store.consensusHashAt(height)!}`,
    run: async (...argv) => answerOf(await bsk([...argv, "--network", "proven", "--json"], { environment })),
    stop: async () => {
      await server.stop();
      store.close();
    },
  };
}
