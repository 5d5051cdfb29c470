/** `bsk node status --against`: two running nodes that agree, and two that follow different branches. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { networkOf } from "../../src/protocol/network-definition.ts";
import { formatNetworkDefinition } from "../../src/protocol/network-json.ts";
import { BIN, bsk, sandbox } from "../support/bsk.ts";
import { serveChain, wholeChain } from "../support/chain-rpc.ts";
import { until } from "../support/indexed.ts";
import type { RpcServer } from "../support/rpc-proxy.ts";
import { vectorFiles } from "../support/vector.ts";

const children: ChildProcess[] = [];
const servers: RpcServer[] = [];
let home: string;
let ours: string;
let theirs: string;
/** Height from which the second chain is another, and the tip of the first. */
let fork: number;
let top: number;

beforeAll(async () => {
  const opened = await readReplayFile(vectorFiles().find(({ name }) => name === "scenarios/basic_epoch3")!.path);
  const definition = { ...opened.network, name: "against" };
  const file = { ...opened, network: networkOf(definition) };
  home = newHome(formatNetworkDefinition(definition));
  const first = await wholeChain(file);
  const second = await wholeChain(file);
  fork = first.chain.firstBlock + 4;
  top = first.chain.height;
  second.chain.reorganise(fork, 2, top - 1);
  servers.push(await serveChain(first, file), await serveChain(second, file));
  ours = await start(home, servers[0]!, (await first.chain.tip()).hash);
  const watching = { BSK_WATCH: ours };
  theirs = await start(
    newHome(formatNetworkDefinition(definition)),
    servers[1]!,
    (await second.chain.tip()).hash,
    watching,
  );
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  for (const server of servers) await server.close();
});

function newHome(definition: string): string {
  const directory = mkdtempSync(join(tmpdir(), "bsk-test-against-"));
  mkdirSync(join(directory, "networks"));
  writeFileSync(join(directory, "networks", "against.json"), definition);
  return directory;
}

/** Starts a node and answers its URL when it has come to a block. */
async function start(at: string, from: RpcServer, tip: string, more: Record<string, string> = {}): Promise<string> {
  const argv = ["node", "start", "--network", "against", "--port", "0", "--source", `rpc:${from.url}`];
  const environment = { ...sandbox(), BSK_HOME: at, ...more };
  const child = spawn(process.execPath, [BIN, ...argv], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  const url = () => /"event":"started","url":"([^"]+)"/u.exec(told)?.[1] ?? "";
  await until("the start", () => url() !== "");
  await until("the tip", async () => (await (await fetch(`${url()}/v2/info`)).text()).includes(tip));
  return url();
}

const status = (...options: string[]) =>
  bsk(["node", "status", "--network", "against", ...options], { environment: { ...sandbox(), BSK_HOME: home } });

test("a node agrees with itself", async () => {
  const { code, out, err } = await status("--node", ours, "--against", ours);
  expect(err).toBe("");
  expect(code).toBe(0);
  expect(out).toContain(`${ours}: the same up to block ${top}`);
});

test("another branch: the first block with other names, with what each accepted there", async () => {
  const { out } = await status("--node", ours, "--against", theirs, "--json");
  const { data } = JSON.parse(out) as { data: { against: { kind: string; height: number } & Record<string, unknown> } };
  expect(data.against).toMatchObject({ kind: "chain", url: theirs });
  expect(data.against.height).toBeGreaterThan(fork);
  const consensus = async (node: string, height: number) =>
    await (await fetch(`${node}/v1/blockchains/bitcoin/consensus/${height}`)).text();
  expect(await consensus(ours, data.against.height - 1)).toBe(await consensus(theirs, data.against.height - 1));
  expect(await consensus(ours, data.against.height)).not.toBe(await consensus(theirs, data.against.height));
  expect((await status("--node", ours, "--against", theirs)).out).toContain("another chain of blocks");
});

test("the watch of a node that compares itself says so", async () => {
  await until("the watch", async () => (await (await fetch(`${theirs}/v2/info`)).text()).includes('"verdict":"fork"'));
  expect((await status("--node", theirs)).out).toContain(`${ours}: another chain above block ${fork}`);
});

test("one that is not there, and a block that is not", async () => {
  const [child] = children;
  expect((await fetch(`${ours}/v2/blocks/${top + 1}`)).status).toBe(404);
  expect((await fetch(`${ours}/v2/blocks/none`)).status).toBe(400);
  child!.kill("SIGTERM");
  await once(child!, "close");
  expect((await status("--node", theirs, "--against", ours)).code).toBe(7);
});
