/** A node whose disk is full, whose directory cannot be written, or whose database is damaged: it says so and ends. */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { BUILT_IN, type NetworkDefinition, networkOf } from "../../src/protocol/network-definition.ts";
import { formatNetworkDefinition } from "../../src/protocol/network-json.ts";
import { BIN, type Ended, runToEnd, sandbox } from "../support/bsk.ts";
import { serveChain, wholeChain } from "../support/chain-rpc.ts";
import { alter } from "../support/damage.ts";
import { freshDigest, storedState, until } from "../support/indexed.ts";
import type { RpcServer } from "../support/rpc-proxy.ts";
import type { TestChain } from "../support/test-chain.ts";
import { vectorFiles } from "../support/vector.ts";

let file: ReplayFile;
let chain: TestChain;
let rpc: RpcServer;
/** Holds a whole index of the chain. */
let whole: string;

beforeAll(async () => {
  const opened = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!.path);
  const definition: NetworkDefinition = { ...opened.network, name: "storage" };
  file = { ...opened, network: networkOf(definition) };
  const made = await wholeChain(file);
  chain = made.chain;
  rpc = await serveChain(made, file);
  whole = newHome();
  expect(await startAndStop(whole)).toMatchObject({ code: 0 });
});
afterAll(() => rpc.close());

/** A home that knows the network. */
function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "bsk-test-storage-"));
  mkdirSync(join(home, "networks"));
  writeFileSync(join(home, "networks", "storage.json"), formatNetworkDefinition(file.network));
  mkdirSync(directoryOf(home), { recursive: true, mode: 0o700 });
  return home;
}

const directoryOf = (home: string) => join(home, "storage", "node");
const databaseOf = (home: string) => join(directoryOf(home), "node.db");

/** A home with a copy of the whole index. */
function copied(): string {
  const home = newHome();
  copyFileSync(databaseOf(whole), databaseOf(home));
  return home;
}

const ARGUMENTS = ["--network", "storage"];
const startArguments = () => ["node", "start", ...ARGUMENTS, "--port", "0", "--source", `rpc:${rpc.url}`];
const bskIn = (home: string, argv: readonly string[], prefix: readonly string[] = []): Promise<Ended> => {
  const [program = process.execPath, ...rest] = [...prefix, process.execPath, BIN, ...argv];
  return runToEnd(program, rest, { ...sandbox(), BSK_HOME: home });
};
const start = (home: string, prefix?: readonly string[]) => bskIn(home, startArguments(), prefix);

/** Runs a node until it has the whole chain, or ends by itself. */
async function startAndStop(home: string): Promise<{ readonly code: number | null; readonly told: string }> {
  const child = spawn(process.execPath, [BIN, ...startArguments()], {
    env: { ...sandbox(), BSK_HOME: home },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const { hash } = await chain.tip();
  await until("the tip", async () => {
    const url = /"url":"([^"]+)"/u.exec(told)?.[1];
    if (child.exitCode !== null) return true;
    if (url === undefined) return false;
    return fetch(`${url}/v2/info`)
      .then((answer) => answer.text())
      .then((text) => text.includes(hash))
      .catch(() => false);
  });
  child.kill("SIGTERM");
  return { code: await ended, told };
}

/** Exit code 7, a sentence and a hint; no stack trace. */
function expectRefusal({ code, err }: Ended, words: RegExp): void {
  expect(err).toMatch(words);
  expect(code).toBe(7);
  expect(err).toContain("hint:");
  expect(err).not.toMatch(/^\s+at |node:internal|unexpected/mu);
}

test("no room on the disk: told, nothing is lost, and with room it goes on", async () => {
  const home = newHome();
  // Blocks of 512 bytes that a file may have: the disk is full for whoever writes more.
  const limited = ["/bin/sh", "-c", 'ulimit -f 400; exec "$@"', "sh"];
  expectRefusal(await start(home, limited), /reading or writing ".*node\.db" failed|is full/u);
  expect(await startAndStop(home)).toMatchObject({ code: 0 });
  expect(storedState(directoryOf(home), file.network)).toEqual({
    height: chain.height,
    digest: await freshDigest(chain, file.network),
  });
});

describe("a directory that cannot be written", () => {
  test("because it is a file", async () => {
    const home = mkdtempSync(join(tmpdir(), "bsk-test-storage-"));
    mkdirSync(join(home, "networks"));
    writeFileSync(join(home, "networks", "storage.json"), formatNetworkDefinition(file.network));
    writeFileSync(join(home, "storage"), "");
    const { code, err } = await start(home);
    expect(code).toBe(7);
    expect(err).toMatch(/storage/u);
    expect(err).not.toMatch(/^\s+at |unexpected/mu);
  });
});

describe("a database", () => {
  test("cut in half: refused, and repaired to a prefix from which the node goes on", async () => {
    const home = copied();
    truncateSync(databaseOf(home), readFileSync(databaseOf(home)).length >> 1);
    expectRefusal(await start(home), /database ".*" is damaged|cannot open the database/u);
    const repaired = await bskIn(home, ["node", "fsck", ...ARGUMENTS, "--repair", "--json"]);
    expect(repaired, repaired.err).toMatchObject({ code: 0 });
    expect(await startAndStop(home)).toMatchObject({ code: 0 });
    expect(storedState(directoryOf(home), file.network).digest).toBe(await freshDigest(chain, file.network));
  });

  test("that is none", async () => {
    const home = newHome();
    writeFileSync(databaseOf(home), "not a database, but long enough to be looked at ".repeat(100));
    expectRefusal(await start(home), /cannot open the database/u);
  });

  test("with one bit changed near the tip: the node does not build on it", async () => {
    const home = copied();
    alter(
      directoryOf(home),
      "UPDATE blocks SET consensus_hash = replace(consensus_hash, 'a', 'b') WHERE height = ?",
      chain.height - 2,
    );
    expectRefusal(await start(home), /block \d+ .*is not what was stored/u);
    const found = await bskIn(home, ["node", "fsck", ...ARGUMENTS]);
    expect(found.code).toBe(3);
    expect(found.err).toMatch(/blocks "\d+": consensus_hash is/u);
    expect(await bskIn(home, ["node", "fsck", ...ARGUMENTS, "--repair"])).toMatchObject({ code: 0 });
    expect(await startAndStop(home)).toMatchObject({ code: 0 });
    expect(storedState(directoryOf(home), file.network).digest).toBe(await freshDigest(chain, file.network));
  });

  test("of another network, or of another version of the tables", async () => {
    const other = networkOf(BUILT_IN.find(({ name }) => name === "regtest")!);
    const home = newHome();
    NodeStore.open(databaseOf(home), other).close();
    expectRefusal(await start(home), /belongs to network/u);
    const newer = copied();
    alter(directoryOf(newer), "UPDATE meta SET value = '999' WHERE key = 'schema_version'");
    expectRefusal(await start(newer), /schema version "999"/u);
  });
});

test("fsck of a whole index, with and without a pin", async () => {
  const pin = chain.height - 30;
  const store = NodeStore.open(databaseOf(whole), file.network);
  const hash = store.consensusHashAt(pin)!;
  store.close();
  const whole0 = await bskIn(whole, ["node", "fsck", ...ARGUMENTS, "--pin", `${pin}:${hash}`]);
  expect(whole0, whole0.err).toMatchObject({ code: 0 });
  expect(whole0.out).toContain(`up to block ${pin}, by the pin`);
  expect(whole0.out).toContain(await freshDigest(chain, file.network));
  const other = await bskIn(whole, ["node", "fsck", ...ARGUMENTS, "--pin", `${pin}:${"0".repeat(32)}`]);
  expect(other.code).toBe(3);
  expect((await bskIn(whole, ["node", "fsck", ...ARGUMENTS, "--pin", "12"])).code).toBe(2);
});
