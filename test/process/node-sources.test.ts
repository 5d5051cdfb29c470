/** `bsk node start` on Bitcoin nodes that lie, are out, or are both: which one it follows, and how it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { HEADER_SIZE } from "../../src/bitcoin/header.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { BUILT_IN, networkOf } from "../../src/protocol/network-definition.ts";
import { BIN, bsk, sandbox } from "../support/bsk.ts";
import { useDevnet } from "../support/devnet.ts";
import { freshDigest, storedState, until } from "../support/indexed.ts";
import { minedBlock } from "../support/mined-chain.ts";
import { type RestOverride, serveRest } from "../support/rest-proxy.ts";
import { type RpcOverrides, serveRpc } from "../support/rpc-proxy.ts";

const network = networkOf(BUILT_IN.find(({ name }) => name === "regtest")!);
const running = useDevnet();
const root = mkdtempSync(join(tmpdir(), "bsk-test-sources-"));
const closing: (() => Promise<void>)[] = [];
let height: number;
let made = 0;

beforeAll(async () => {
  await running().faucet.mine(30);
  ({ height } = await running().devnet.blocks.tip());
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Node {
  readonly child: ChildProcess;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly told: () => string;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts a node on a directory of its own. */
function start(...sources: readonly string[]): Node {
  const home = join(root, String(made++));
  const environment = { ...sandbox(), BSK_HOME: home };
  const argv = [BIN, "node", "start", "--network", "regtest", "--port", "0"];
  const named = sources.flatMap((each) => ["--source", each]);
  const child = spawn(process.execPath, [...argv, ...named], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  const ended = once(child, "close").then(() => child.exitCode);
  closing.push(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, directory: join(home, "regtest", "node"), environment, told: () => told, ended };
}

async function rpc(overrides: RpcOverrides = {}): Promise<string> {
  const server = await serveRpc(running().devnet, overrides);
  closing.push(() => server.close());
  return `rpc:${server.url}`;
}

async function rest(override: RestOverride = () => null): Promise<string> {
  const server = await serveRest(running().devnet.rpc.url, override);
  closing.push(() => server.close());
  return `rest:${server.url}`;
}

const rawAt = async (at: number) => {
  const { blocks } = running().devnet;
  return blocks.rawBlock((await blocks.blockHashAt(blockHeight(at)))!);
};
const hashAt = async (at: number) => (await running().devnet.blocks.blockHashAt(blockHeight(at)))!;
/** JSON-RPC that shows something else for one block. */
const instead = async (method: "getblock" | "getblockheader", at: number, bytes: Uint8Array) => {
  const hash = await hashAt(at);
  return rpc({
    [method]: async (params) => ({
      result: params[0] === hash ? toHex(bytes) : await running().devnet.node.call(method, params, v.unknown()),
    }),
  });
};

/** What each liar does, and what it is refused for. */
const LIARS: readonly [string, string, () => Promise<string>][] = [
  ["another block", "gave another block", async () => instead("getblock", 12, await rawAt(13))],
  ["a block cut short", "not-a-block", async () => instead("getblock", 12, (await rawAt(12)).slice(0, -1))],
  ["another coinbase", "merkle-root", async () => instead("getblock", 12, turned(await rawAt(12), IN_SCRIPT))],
  [
    "a header of another height",
    "do not follow each other",
    async () => instead("getblockheader", 12, header(await rawAt(20))),
  ],
  [
    "a header without proof of work",
    "no-proof-of-work",
    async () => instead("getblockheader", 12, header(minedBlock(await hashAt(11), 1, 0x1d00ffff))),
  ],
  [
    "a header that nothing follows",
    "do not follow each other",
    async () => instead("getblockheader", 12, header(minedBlock(await hashAt(11), 1))),
  ],
  [
    "the hash of another height",
    "do not follow each other",
    () =>
      rpc({
        getblockhash: async ([at]) => ({ result: await hashAt(at === 12 ? 20 : Number(at)) }),
      }),
  ],
];

const header = (block: Uint8Array) => block.slice(0, HEADER_SIZE);
/** Inside of the script of the coinbase, which has a witness that no Merkle root covers. */
const IN_SCRIPT = HEADER_SIZE + 1 + 4 + 2 + 1 + 36 + 2;
const turned = (block: Uint8Array, at: number): Uint8Array => {
  const copy = block.slice();
  copy[at]! ^= 1;
  return copy;
};

test.each(LIARS)("%s: the only source is refused with exit code 3", async (_what, because, liar) => {
  const node = start(await liar());
  expect(await node.ended).toBe(3);
  expect(node.told()).toContain(because);
  expect(node.told()).toContain('"source-refused"');
  const { height: reached, digest } = storedState(node.directory, network);
  expect(reached).toBeLessThan(12);
  if (reached > 0) expect(digest).toBe(await freshDigest(running().devnet.blocks, network, reached));
});

test("a liar is named, the next source takes over, and the status says which", async () => {
  const honest = await rest();
  const liar = await instead("getblock", 12, await rawAt(13));
  const node = start(liar, honest);
  await until("the tip", () => node.told().includes(`"height":${height},`));
  expect(node.told()).toMatch(/"source-refused".*another block/u);
  expect(node.told()).toContain('"source-switched"');
  const url = /"url":"([^"]+)"/u.exec(node.told())![1]!;
  const status = await bsk(["node", "status", "--network", "regtest", "--node", url], {
    environment: node.environment,
  });
  expect(status.out).toContain(honest.slice("rest:".length));
  expect(status.out).not.toContain(liar.slice("rpc:".length));
  node.child.kill("SIGTERM");
  expect(await node.ended).toBe(0);
  const digest = await freshDigest(running().devnet.blocks, network);
  expect(storedState(node.directory, network)).toEqual({ height, digest });
});

test("where all lie it ends with exit code 3 and names them", async () => {
  const wrong = await rawAt(13);
  const node = start(
    await instead("getblock", 12, wrong),
    await rest((path) => (path.startsWith("/rest/block/") ? { status: 200, body: Buffer.from(wrong) } : null)),
  );
  expect(await node.ended).toBe(3);
  expect(node.told().split('"source-refused"')).toHaveLength(3);
  expect(node.told()).toContain("all 2 block sources serve what cannot be true");
});

test("one that is out, endless or silent is passed over; where it is the only honest one, it is waited for", async () => {
  let out = true;
  const broken = await rest((path) =>
    out && path.startsWith("/rest/block/") ? { status: 500, body: Buffer.of() } : null,
  );
  const liar = await instead("getblock", 12, await rawAt(13));
  const node = start(liar, broken);
  await until("trouble", () => node.told().includes('"source-trouble"'));
  expect(node.child.exitCode).toBeNull();
  out = false;
  await until("the tip", () => node.told().includes(`"height":${height},`));

  const endless = createServer((_request, response) => {
    response.writeHead(200);
    const more = () => {
      while (response.write(Buffer.alloc(65_536, 0x20)));
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  });
  endless.listen(0, "127.0.0.1");
  await once(endless, "listening");
  closing.push(async () => {
    endless.closeAllConnections();
    endless.close();
    await once(endless, "close");
  });
  const { port } = endless.address() as AddressInfo;
  const other = start(`rest:http://127.0.0.1:${port}`, "rpc:http://127.0.0.1:9", await rpc());
  await until("the tip", () => other.told().includes(`"height":${height},`));
  expect(other.told()).not.toContain("source-refused");
});

test("where none can be asked at the start, that is told at once", async () => {
  const node = start("rpc:http://127.0.0.1:9", "rest:http://127.0.0.1:9");
  expect(await node.ended).toBe(7);
  expect(node.told()).toContain("cannot be reached");
});
