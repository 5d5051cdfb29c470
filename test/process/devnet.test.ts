/** `bsk devnet` and `bsk node start` as processes: found by other commands, funded, stopped cleanly. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { BIN, bsk, sandbox } from "../support/bsk.ts";

interface Server {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves with the first log line of this event. */
  event(name: string): Promise<Readonly<Record<string, unknown>>>;
  /** Sends the signal and resolves with the exit code and all that it printed. */
  stop(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

const running: Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop("SIGKILL");
});

function start(argv: readonly string[], environment: Readonly<Record<string, string>>): Server {
  const child = spawn(process.execPath, [BIN, ...argv], { env: environment });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdin.end();
  const closed = once(child, "close");
  const find = (name: string) => {
    const lines = err.split("\n").filter((line) => line.startsWith("{"));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>).find(({ event }) => event === name);
  };
  const server: Server = {
    child,
    event: async (name) => {
      for (;;) {
        const found = find(name);
        if (found !== undefined) return found;
        if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${out}${err}`);
        await Promise.race([once(child.stderr, "data"), closed]);
      }
    },
    stop: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await closed;
      return { code: child.exitCode, out, err };
    },
  };
  running.push(server);
  return server;
}

const inDirectory = (): Readonly<Record<string, string>> => ({
  ...sandbox(),
  BSK_HOME: mkdtempSync(join(tmpdir(), "bsk-devnet-")),
});

async function data(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const { code, out, err } = await bsk([...argv, "--network", "regtest", "--json"], { environment });
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${code}: ${out}${err}`);
  return (JSON.parse(out) as { data: Record<string, unknown> }).data;
}

describe("bsk devnet", () => {
  test("is found by other commands, funds the wallet, and stops without a trace", async () => {
    const environment = inDirectory();
    const home = environment["BSK_HOME"]!;
    const devnet = start(["devnet", "--port", "0"], environment);
    const ready = await devnet.event("ready");
    expect(await data(["node", "status"], environment)).toMatchObject({ url: ready["nodeUrl"], indexing: false });

    const passphrase = join(home, "passphrase");
    const { writeFile } = await import("node:fs/promises");
    await writeFile(passphrase, "a devnet's passphrase\n");
    const made = ["wallet", "create", "--passphrase-file", passphrase, "--phrase-file", join(home, "phrase")];
    await data(made, environment);
    await devnet.event("funded");
    const { coins } = await data(["wallet", "coins"], environment);
    expect(coins).toHaveLength(1);
    expect(await data(["price", "test"], environment)).toMatchObject({ kind: "namespace", level: "indexed" });

    const second = await bsk(["devnet"], { environment });
    expect([second.code, second.err.includes("in use by process")]).toEqual([7, true]);

    expect(existsSync(join(home, "regtest", "devnet.json"))).toBe(true);
    const { code, out, err } = await devnet.stop("SIGTERM");
    expect({ code, err: err.includes("error") }).toEqual({ code: 0, err: false });
    expect(out).toContain("stopped at block");
    expect(existsSync(join(home, "regtest", "devnet.json"))).toBe(false);
    // Port 1: on the usual one a devnet of somebody else may answer.
    const alone = { ...environment, BSK_PORT: "1" };
    expect((await bsk(["node", "status", "--network", "regtest"], { environment: alone })).code).toBe(7);
    await expect(fetch(String(ready["bitcoindUrl"]))).rejects.toThrow();
  });

  test("keeps its chain, and Ctrl-C ends it with 130", async () => {
    const environment = inDirectory();
    const first = start(["devnet", "--port", "0"], environment);
    await first.event("ready");
    const before = (await data(["node", "status"], environment))["tip"] as { height: number; hash: string };
    expect((await first.stop("SIGINT")).code).toBe(130);
    const again = start(["devnet", "--port", "0", "--block-time", "86400"], environment);
    await again.event("ready");
    const after = (await data(["node", "status"], environment))["tip"] as { height: number };
    expect(after.height).toBeGreaterThanOrEqual(before.height);
    expect((await again.stop("SIGTERM")).code).toBe(0);
  });

  test("never runs on a real chain", async () => {
    const { code, err } = await bsk(["devnet", "--network", "mainnet"]);
    expect([code, err.includes("regtest")]).toEqual([2, true]);
  });
});

describe("bsk node start", () => {
  let environment: Readonly<Record<string, string>>;
  let bitcoin: Server;
  beforeAll(() => {
    environment = inDirectory();
  });

  test("indexes what the Bitcoin node has, serves it, and goes on where it stopped", async () => {
    bitcoin = start(["devnet", "--port", "0", "--block-time", "1"], environment);
    const { bitcoindUrl, cookieFile } = await bitcoin.event("ready");
    // Another directory: all that this node knows of the chain is the Bitcoin node of the settings.
    const other = {
      ...inDirectory(),
      BSK_BITCOIND_URL: String(bitcoindUrl),
      BSK_BITCOIND_COOKIE: String(cookieFile),
    };
    const node = start(["node", "start", "--network", "regtest", "--port", "0"], other);
    const { url } = await node.event("started");
    await node.event("indexed");
    const status = await data(["node", "status", "--node", String(url)], other);
    expect(status).toMatchObject({ network: { ours: true }, source: { trouble: null } });
    const stopped = await node.stop("SIGTERM");
    expect({ code: stopped.code, out: stopped.out.includes("stopped at block") }).toEqual({ code: 0, out: true });

    const again = start(["node", "start", "--network", "regtest", "--port", "0"], other);
    const { url: next } = await again.event("started");
    const { tip } = (await data(["node", "status", "--node", String(next)], other)) as {
      tip: { height: number } | null;
    };
    expect(tip?.height).toBeGreaterThan(0);
    expect((await again.stop("SIGINT")).code).toBe(130);
  });

  test("without a Bitcoin node it says so and ends", async () => {
    const lost = { ...inDirectory(), BSK_BITCOIND_URL: "http://127.0.0.1:9", BSK_BITCOIND_USER: "u" };
    const { code } = await bsk(["node", "start", "--network", "regtest", "--port", "0"], { environment: lost });
    expect(code).toBe(2);
    const gone = { ...inDirectory(), BSK_BITCOIND_URL: "http://127.0.0.1:9" };
    expect((await bsk(["node", "start", "--network", "regtest", "--port", "0"], { environment: gone })).code).toBe(7);
  });
});
