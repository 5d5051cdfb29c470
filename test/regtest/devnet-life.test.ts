/** A devnet keeps its chain, ends with its parent, and never takes another chain for its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, appendFile, chmod, mkdtemp, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { p2pkhAddress } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { bitcoindRpc } from "../../src/chain/bitcoind-rpc.ts";
import { faucet } from "../../src/chain/devnet-faucet.ts";
import { startDevnet, type Devnet } from "../../src/chain/devnet.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";

const someone = p2pkhAddress(new Uint8Array(20).fill(3), BITCOIN_CHAINS.regtest);
let dir: string;
const started: Devnet[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bsk-test-life-"));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((devnet) => devnet.stop()));
  await rm(dir, { recursive: true, force: true });
});
async function start(options: Partial<Parameters<typeof startDevnet>[0]> = {}): Promise<Devnet> {
  const devnet = await startDevnet({ dir, ...options });
  started.push(devnet);
  return devnet;
}

/** Resolves once nobody answers at the address any more. */
async function silent(url: string): Promise<void> {
  const rpc = bitcoindRpc({ url, timeoutMs: 1000 });
  for (let attempt = 0; attempt < 200; attempt++) {
    const rule = await rpc.ask("getblockcount", [], v.number()).then(
      () => undefined,
      (error: unknown) => (error as { rule?: string }).rule,
    );
    if (rule === "unreachable") return;
    await sleep(100);
  }
  expect.fail(`somebody still answers at ${url}`);
}

describe("its chain", () => {
  test("goes on where it ended, the mempool included", async () => {
    const first = await start();
    const pay = faucet(first);
    await pay.pay([{ to: someone, value: satoshi(10_000) }]);
    await pay.mine(2);
    const pending = await pay.pay([{ to: someone, value: satoshi(20_000) }]);
    const tip = await first.blocks.tip();
    await first.stop();
    const second = await start();
    expect(await second.blocks.tip()).toEqual(tip);
    expect(await second.coins.transactionStatus(pending)).toEqual({ kind: "mempool" });
    await second.mine(1, someone);
    expect(await second.coins.transactionStatus(pending)).toMatchObject({ kind: "confirmed", height: tip.height + 1 });
  });

  test("after a reorganisation is the new branch", async () => {
    const first = await start();
    const [, , left] = await first.mine(4, someone);
    await first.node.call("invalidateblock", [left], v.null());
    await first.mine(1, someone);
    const tip = await first.blocks.tip();
    expect(tip.height).toBe(3);
    await first.stop();
    expect(await (await start()).blocks.tip()).toEqual(tip);
  });

  test("loses no more than a torn last block", async () => {
    const first = await start();
    await first.mine(5, someone);
    const fourth = await first.blocks.blockHashAt(blockHeight(4));
    await first.stop();
    const file = join(dir, "blocks.dat");
    await truncate(file, (await stat(file)).size - 10);
    const second = await start();
    expect(await second.blocks.tip()).toEqual({ height: 4, hash: fourth });
    const [fifth] = await second.mine(1, someone);
    await second.stop();
    await appendFile(file, Buffer.from([1, 2]));
    expect(await (await start()).blocks.tip()).toEqual({ height: 5, hash: fifth });
  });
});

describe("its end", () => {
  test("comes with stop, twice if one likes, and takes the cookie along", async () => {
    const devnet = await start();
    await access(devnet.cookieFile);
    expect((await stat(devnet.cookieFile)).mode & 0o077).toBe(0);
    await Promise.all([devnet.stop(), devnet.stop()]);
    await devnet.stop();
    await silent(devnet.rpc.url);
    await expect(access(devnet.cookieFile)).rejects.toThrow("ENOENT");
  });

  test("comes with the signal", async () => {
    const abort = new AbortController();
    const devnet = await start({ signal: abort.signal });
    abort.abort();
    await silent(devnet.rpc.url);
    await expect(startDevnet({ dir, signal: abort.signal })).rejects.toThrow("abort");
  });

  test("comes when the parent is killed", async () => {
    const script = fileURLToPath(new URL("../support/devnet-parent.ts", import.meta.url));
    const parent = spawn(execPath, ["--import", "tsx", script, dir], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const url = line.toString().trim();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/u);
    const ended = once(parent, "exit");
    parent.kill("SIGKILL");
    await ended;
    await silent(url);
  });
});

describe("a start that fails", () => {
  test("because the port is taken", async () => {
    const { rpc } = await start();
    const port = Number(new URL(rpc.url).port);
    const other = await mkdtemp(join(tmpdir(), "bsk-test-life-"));
    await expect(startDevnet({ dir: other, port })).rejects.toMatchObject({
      kind: "machine",
      rule: "devnet-not-started",
      message: expect.stringContaining("EADDRINUSE"),
    });
    await rm(other, { recursive: true });
  });

  test("because another one uses the directory; a lock left by a dead process is no hindrance", async () => {
    const first = await start();
    await expect(startDevnet({ dir })).rejects.toMatchObject({
      rule: "devnet-not-started",
      message: expect.stringContaining("in use by process"),
    });
    await first.mine(1, someone); // and the refusal did no harm
    await first.stop();
    await writeFile(join(dir, "lock"), "999999999");
    expect(await (await start()).blocks.tip()).toMatchObject({ height: 1 });
  });

  test("because there is no such bitcoind, or it ends at once", async () => {
    await expect(startDevnet({ dir, bitcoindPath: join(dir, "none") })).rejects.toMatchObject({
      rule: "devnet-not-started",
      message: expect.stringContaining("ENOENT"),
    });
    const failing = await program(`console.error("Error: out of order"); process.exit(1);`);
    await expect(startDevnet({ dir, bitcoindPath: failing })).rejects.toThrow("out of order");
  });

  test("because the program follows a real chain: refused, and ended", async () => {
    const pretender = await program(`
      const port = process.argv.find((arg) => arg.startsWith("-rpcport=")).slice(9);
      require("node:http").createServer((request, response) => {
        let text = "";
        request.on("data", (chunk) => (text += chunk)).on("end", () => {
          const { id, method } = JSON.parse(text);
          const genesis = "${BITCOIN_CHAINS.bitcoin.genesisHash}";
          const result = { getblockcount: 1, getblockhash: genesis, getblockchaininfo: { chain: "main" } }[method];
          response.end(JSON.stringify({ id, result, error: null }));
        });
      }).listen(Number(port), "127.0.0.1");
      require("node:fs").writeFileSync(${JSON.stringify(join(dir, "port"))}, port);`);
    await expect(startDevnet({ dir, bitcoindPath: pretender })).rejects.toMatchObject({ rule: "wrong-chain" });
    const { readFile } = await import("node:fs/promises");
    await silent(`http://127.0.0.1:${await readFile(join(dir, "port"), "utf8")}`);
  });

  async function program(source: string): Promise<string> {
    const path = join(dir, "program.cjs");
    await writeFile(path, `#!${execPath}\n${source}\n`);
    await chmod(path, 0o755);
    return path;
  }
});
