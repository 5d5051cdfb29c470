/** `bsk node start` as a process: killed while it syncs, stopped by a signal, started twice. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUILT_IN, networkOf } from "../../src/protocol/network-definition.ts";
import { BIN, sandbox } from "../support/bsk.ts";
import { useDevnet } from "../support/devnet.ts";
import { freshDigest, storedState, until } from "../support/indexed.ts";
import { type RpcServer, serveRpc } from "../support/rpc-proxy.ts";

const network = networkOf(BUILT_IN.find(({ name }) => name === "regtest")!);
const running = useDevnet();
const home = mkdtempSync(join(tmpdir(), "bsk-test-node-home-"));
const directory = join(home, "regtest", "node");
const children: ChildProcess[] = [];
/** Reads blocks so slowly that a kill comes in the middle. */
let slow: RpcServer;
beforeAll(async () => {
  const { devnet } = running();
  const getblock = async (params: readonly unknown[]) => {
    await sleep(80);
    return { result: await devnet.node.call("getblock", params, v.unknown()) };
  };
  slow = await serveRpc(devnet, { getblock });
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await slow.close();
  rmSync(home, { recursive: true, force: true });
});

/** Starts `bsk node start` on the one home; `told` grows with what it logs. */
function command(): { readonly child: ChildProcess; readonly told: () => string } {
  const { devnet } = running();
  const environment = {
    ...sandbox(),
    BSK_HOME: home,
    BSK_BITCOIND_URL: slow.url,
    BSK_BITCOIND_COOKIE: devnet.cookieFile,
  };
  const argv = [BIN, "node", "start", "--network", "regtest", "--port", "0"];
  const child = spawn(process.execPath, argv, { env: environment, stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  return { child, told: () => told };
}

test("killed again and again while it syncs, it ends up as a fresh one", async () => {
  await running().faucet.mine(300);
  const { height } = await running().devnet.blocks.tip();
  for (const after of [1, 2, 1]) {
    const { child, told } = command();
    await until("some blocks", () => told().split('"indexed"').length > after || child.exitCode !== null);
    expect(child.exitCode).toBeNull();
    child.kill("SIGKILL");
    await once(child, "close");
    const { height: reached, digest } = storedState(directory, network);
    expect(reached).toBeGreaterThan(0);
    expect(reached).toBeLessThan(height);
    expect(digest).toBe(await freshDigest(running().devnet.blocks, network, reached));
  }
  const { child, told } = command();
  await until("the tip", () => told().includes(`"height":${height},`));
  child.kill("SIGTERM");
  await once(child, "close");
  expect(storedState(directory, network)).toEqual({
    height,
    digest: await freshDigest(running().devnet.blocks, network),
  });
});

test("a second one in the same directory is refused", async () => {
  const first = command();
  await until("the start", () => first.told().includes('"started"'));
  const second = command();
  await once(second.child, "close");
  expect(second.child.exitCode).toBe(7);
  expect(second.told()).toContain(`is in use by process ${first.child.pid}`);
  first.child.kill("SIGTERM");
  await once(first.child, "close");
  expect(first.child.exitCode).toBe(0);
});
