/** `bsk node start --from-tiles`: real processes, real HTTP, real files; killed in the middle, lied to, and followed on. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import { serveApi } from "../../src/fullnode/api/server.ts";
import type { NodeStore } from "../../src/fullnode/store/store.ts";
import { gzippedTile, HELD_FORMATS, tileIndexOf } from "../../src/fullnode/tiles.ts";
import { networkOf } from "../../src/protocol/network-definition.ts";
import { formatNetworkDefinition } from "../../src/protocol/network-json.ts";
import { TILE_BLOCKS } from "../../src/verify/tile-bytes.ts";
import { tilePath, tileRanges, writeTileIndex } from "../../src/verify/tile-index.ts";
import { apiNode } from "../support/api-node.ts";
import { BIN, bsk, sandbox } from "../support/bsk.ts";
import { serveChain, wholeChain } from "../support/chain-rpc.ts";
import { freshStore, storedState, until } from "../support/indexed.ts";
import type { RpcServer } from "../support/rpc-proxy.ts";
import type { TestChain } from "../support/test-chain.ts";
import { terminal } from "../support/tmux.ts";
import { describeWith } from "../support/tools.ts";
import { answerOf } from "../support/town.ts";
import { vectorFiles } from "../support/vector.ts";

/** Blocks behind the file's, so that there are two tiles, and more headers than are asked for at once. */
const BLOCKS = TILE_BLOCKS + 300;

const root = mkdtempSync(join(tmpdir(), "bsk-test-tiles-"));
const tiles = join(root, "tiles");
let file: ReplayFile;
let chain: TestChain;
let rpc: RpcServer;
let store: NodeStore;
let url: string;
let blocksAsked = 0;
/** Resolves when headers from a height on may be given. */
let headersHeld: { readonly from: number; readonly until: Promise<void> } | null = null;
const heights = new Map<string, number>();
const running: ChildProcess[] = [];
let made = 0;

beforeAll(async () => {
  const opened = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!.path);
  file = { ...opened, network: networkOf({ ...opened.network, name: "tiled" }) };
  const whole = await wholeChain(file);
  ({ chain } = whole);
  chain.reorganise(chain.height, BLOCKS, chain.firstBlock + BLOCKS);
  for (let height = chain.firstBlock; height <= chain.height; height++) {
    heights.set((await chain.blockHashAt(height))!, height);
  }
  rpc = await serveChain(
    whole,
    file,
    () => {
      blocksAsked++;
      return Promise.resolve();
    },
    async (hash) => {
      if (headersHeld !== null && (heights.get(hash) ?? 0) >= headersHeld.from) await headersHeld.until;
    },
  );
  store = await freshStore(chain, file.network);
  for (const format of HELD_FORMATS) {
    for (const range of tileRanges(store.network.firstBlock, store.tip()!.height)) {
      const path = join(tiles, tilePath(format, range));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, gzippedTile(store, format, range));
    }
  }
  writeFileSync(join(tiles, "index.json"), writeTileIndex(tileIndexOf(store)!));
  const server = await serveApi(apiNode(store), {
    host: "127.0.0.1",
    port: 0,
    failed: (error) => {
      throw error;
    },
  });
  ({ url } = server);
  return () => server.stop();
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  }
});
afterAll(async () => {
  await rpc.close();
  store.close();
  rmSync(root, { recursive: true, force: true });
});

interface Home {
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
}

function newHome(): Home {
  const home = join(root, `home-${made++}`);
  mkdirSync(join(home, "networks"), { recursive: true });
  writeFileSync(join(home, "networks", "tiled.json"), formatNetworkDefinition(file.network));
  return { environment: { ...sandbox(), BSK_HOME: home }, directory: join(home, "tiled", "node") };
}

function start({ environment }: Home, ...options: readonly string[]) {
  const argv = ["node", "start", "--network", "tiled", "--port", "0", "--source", `rpc:${rpc.url}`, ...options];
  const child = spawn(process.execPath, [BIN, ...argv], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
  running.push(child);
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  return { child, told: () => told, ended: once(child, "close").then(() => child.exitCode) };
}

const pinOf = (height: number): string => `${height}:${store.consensusHashAt(height)!}`;

/** Lets a node run until it has all of the chain, then stops it. */
async function runToTip(home: Home, ...options: readonly string[]): Promise<string> {
  const node = start(home, ...options);
  const ended = (): boolean => node.child.exitCode !== null;
  await until("the start", () => node.told().includes('"started"') || ended());
  const at = /"url":"([^"]+)"/u.exec(node.told())?.[1] ?? "";
  await until("the tip", async () => ended() || (await fetch(`${at}/ready`)).status === 200);
  node.child.kill("SIGTERM");
  expect(await node.ended, node.told()).toBe(0);
  return node.told();
}

/** What `bsk node fsck` says of a directory, under a pin of the last block. */
async function fsck({ environment }: Home) {
  const argv = ["node", "fsck", "--network", "tiled", "--pin", pinOf(chain.height), "--json"];
  return answerOf(await bsk(argv, { environment }));
}

test("over HTTP, then on to the tip: the digest of a node that indexed the chain, and no block read below the pin", async () => {
  const indexed = newHome();
  await runToTip(indexed);
  const tiled = newHome();
  const pinned = chain.height - 40;
  blocksAsked = 0;
  const told = await runToTip(tiled, "--from-tiles", url, "--pin", pinOf(pinned));
  expect(told).toContain(`"event":"from-tiles","height":${pinned},"target":${pinned}`);
  expect(blocksAsked).toBeLessThanOrEqual(40 + 1);
  const [theirs, ours] = [await fsck(indexed), await fsck(tiled)];
  expect(ours).toMatchObject({
    code: 0,
    data: { height: chain.height, digest: theirs.data["digest"], repaired: null },
  });
  expect(theirs.data["tables"]).not.toEqual(ours.data["tables"]); // refused transactions: not in the digest
  // Started the same way again, it has nothing to take.
  expect(await runToTip(tiled, "--from-tiles", url, "--pin", pinOf(pinned))).not.toContain('"from-tiles"');
});

test("killed between two batches, it goes on where it was, from a directory this time", async () => {
  const home = newHome();
  let give: () => void = () => undefined;
  // The second portion of headers never comes: the blocks of the first are stored by then, and the others are not.
  headersHeld = { from: chain.height - 100, until: new Promise((resolve) => (give = resolve)) };
  const node = start(home, "--from-tiles", url, "--pin", pinOf(chain.height));
  const stored = /"event":"from-tiles","height":(\d+)/u;
  await until("the first blocks", () => stored.test(node.told()) || node.child.exitCode !== null);
  node.child.kill("SIGKILL");
  await node.ended;
  headersHeld = null;
  give();
  const { height } = storedState(home.directory, file.network);
  expect(height).toBeGreaterThanOrEqual(Number(stored.exec(node.told())?.[1]));
  expect(height).toBeLessThan(chain.height - 100);
  const told = await runToTip(home, "--from-tiles", tiles, "--pin", pinOf(chain.height));
  expect(Number(stored.exec(told)?.[1])).toBeGreaterThan(height);
  expect(await fsck(home)).toMatchObject({ code: 0, data: { digest: store.digest() } });
});

describe("on a terminal", () => {
  const { start: startOn, shows, press, ended, isCursorShown, close } = terminal();
  afterEach(close);

  describeWith("tmux", "tmux")("the way to the pin", () => {
    test("is shown with blocks, speed and the time left; Ctrl-C ends it with 130, and what came stays", async () => {
      const home = newHome();
      let give: () => void = () => undefined;
      headersHeld = { from: chain.height - 100, until: new Promise((resolve) => (give = resolve)) };
      const options = ["--network", "tiled", "--port", "0", "--source", `rpc:${rpc.url}`];
      startOn(home.environment, "node", "start", ...options, "--from-tiles", tiles, "--pin", pinOf(chain.height));
      const at = /node: block ([0-9]+) of ([0-9]+) from tiles, [0-9]+ blocks\/s \([0-9]+ %(?:, [0-9]+ s left)?\)/u;
      const seen = at.exec(await shows(at));
      expect(Number(seen?.[2])).toBe(chain.height);
      press("C-c");
      const { code, screen } = await ended();
      headersHeld = null;
      give();
      expect({ code, cursor: isCursorShown() }).toEqual({ code: 130, cursor: true });
      expect(screen).not.toContain('"event"');
      const { height } = storedState(home.directory, file.network);
      expect(height).toBeGreaterThanOrEqual(Number(seen?.[1]));
      expect(height).toBeLessThan(chain.height - 100);
    });
  });
});

/** A copy of the tiles with one file changed. */
function changed(format: "spine" | "raw", change: (bytes: Uint8Array) => Uint8Array | null): string {
  const copy = join(root, `tiles-${made++}`);
  cpSync(tiles, copy, { recursive: true });
  const [range] = tileRanges(store.network.firstBlock, chain.height);
  const path = join(copy, tilePath(format, range!));
  const bytes = change(new Uint8Array(gunzipSync(readFileSync(path))));
  if (bytes === null) rmSync(path);
  else writeFileSync(path, gzipSync(bytes));
  return copy;
}

const bitIn = (bytes: Uint8Array): Uint8Array => {
  const copy = bytes.slice();
  copy[copy.length >> 1]! ^= 1;
  return copy;
};

test("tiles that lie end it with exit code 3 and their name; other tiles take over, and nothing of the lie stays", async () => {
  const home = newHome();
  for (const format of ["spine", "raw"] as const) {
    const lying = changed(format, bitIn);
    const node = start(home, "--from-tiles", lying, "--pin", pinOf(chain.height));
    expect(await node.ended, node.told()).toBe(3);
    expect(node.told()).toContain(`of the tiles in \\"${lying}\\" is refuted`);
  }
  const told = await runToTip(
    home,
    "--from-tiles",
    changed("raw", bitIn),
    "--from-tiles",
    url,
    "--pin",
    pinOf(chain.height),
  );
  expect(told).toContain('"tiles-passed-over"');
  expect(await fsck(home)).toMatchObject({ code: 0, data: { digest: store.digest() } });
});

test("a tile that is not there is exit code 4, a wrong pin 3, no pin 4, a pin for nothing 2", async () => {
  const home = newHome();
  const missing = start(
    home,
    "--from-tiles",
    changed("raw", () => null),
    "--pin",
    pinOf(chain.height),
  );
  expect(await missing.ended, missing.told()).toBe(4);
  expect(missing.told()).toContain("hold no raw/");
  const wrong = start(home, "--from-tiles", tiles, "--pin", `${chain.height}:${"00".repeat(16)}`);
  expect(await wrong.ended, wrong.told()).toBe(3);
  expect(wrong.told()).toContain("is the pin right?");
  const without = start(home, "--from-tiles", tiles);
  expect(await without.ended, without.told()).toBe(4);
  const forNothing = start(home, "--pin", pinOf(chain.height));
  expect(await forNothing.ended, forNothing.told()).toBe(2);
  expect(storedState(home.directory, file.network).height).toBe(0);
});
