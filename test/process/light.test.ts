/** `bsk light sync` as a process, against real servers and real directories: killed, stopped, lied to, without room. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { env } from "node:process";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { serveApi } from "../../src/fullnode/api/server.ts";
import { HELD_FORMATS } from "../../src/fullnode/tiles.ts";
import { LIGHT_FILES } from "../../src/lightnode/light-files.ts";
import { networkId } from "../../src/primitives/hash.ts";
import { formatNetworkDefinition } from "../../src/protocol/network-json.ts";
import { writeTileIndex } from "../../src/verify/tile-index.ts";
import { apiNode } from "../support/api-node.ts";
import { BIN, bsk, type Ended, runToEnd, sandbox } from "../support/bsk.ts";
import { longChain } from "../support/long-chain.ts";
import { tileChain } from "../support/tile-chain.ts";
import { answerOf } from "../support/town.ts";

const KILLS = env["BSK_LONG"] === "1" ? 100 : 12;

const chain = tileChain();
const pin = `${chain.tip}:${chain.log.spine.consensusHashAt(chain.tip)}`;
const newHome = (): string => mkdtempSync(join(tmpdir(), "bsk-light-home-"));
const environmentOf = (home: string) => ({ ...sandbox(), BSK_HOME: home });
const dataOf = (home: string) =>
  LIGHT_FILES.map((file) => readFileSync(join(home, "regtest", "light", file)).toString("hex"));
const arguments_ = (froms: readonly string[], more: readonly string[] = []) => [
  "light",
  "sync",
  "--network",
  "regtest",
  "--json",
  ...froms.flatMap((from) => ["--from", from]),
  ...(more.includes("--pin") ? [] : ["--pin", pin]),
  ...more,
];
const sync = async (home: string, froms: readonly string[], more: readonly string[] = []) =>
  answerOf(await bsk(arguments_(froms, more), { environment: environmentOf(home) }));
const status = async (home: string) =>
  answerOf(await bsk(["light", "status", "--network", "regtest", "--json"], { environment: environmentOf(home) })).data;

interface Web {
  readonly url: string;
  asked: number;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A web server that holds files; `told` hears of each request before it is answered. */
async function web(
  files: ReadonlyMap<string, Uint8Array>,
  told: (asked: number) => unknown = () => undefined,
): Promise<Web> {
  const made: Web = { url: "", asked: 0 };
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      await told(++made.asked);
      const found = files.get((request.url ?? "").slice(1));
      if (found === undefined) response.writeHead(404).end();
      else response.end(found);
    };
    void answer();
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(made, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function directoryWith(files: ReadonlyMap<string, Uint8Array>): string {
  const directory = mkdtempSync(join(tmpdir(), "bsk-tiles-"));
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  }
  return directory;
}

/** Starts a sync in a process that the test ends. */
function started(home: string, froms: readonly string[]) {
  const child = spawn(process.execPath, [BIN, ...arguments_(froms)], {
    env: environmentOf(home),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close") as Promise<[number | null, string | null]>;
  return { child, ended };
}

let wanted: readonly string[];
beforeAll(async () => {
  const home = newHome();
  expect(await sync(home, [directoryWith(chain.files())])).toMatchObject({ code: 0 });
  wanted = dataOf(home);
});

describe("a sync", () => {
  test("from a web server and a directory at once; then status, and nothing to do", async () => {
    const home = newHome();
    const server = await web(chain.files());
    const mirror = directoryWith(chain.files());
    expect(await status(home)).toMatchObject({ pin: null, bytes: 0, unfinished: null });
    const { code, data, err } = await sync(home, [server.url, mirror]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(data).toMatchObject({
      pin: { height: chain.tip, source: "hand", attested: true },
      before: null,
      refused: [],
    });
    expect(server.asked).toBeGreaterThan(1);
    expect(data["fetched"]).toBe(
      [...chain.files()].reduce((sum, [path, { length }]) => (path.endsWith(".gz") ? sum + length : sum), 0),
    );
    expect(dataOf(home)).toEqual(wanted);
    expect(await status(home)).toMatchObject({ pin: { height: chain.tip }, unfinished: null });
    const asked = server.asked;
    expect(await sync(home, [server.url])).toMatchObject({ code: 0, data: { fetched: 0, before: chain.tip } });
    expect(server.asked).toBe(asked);
    const shown = await bsk(["light", "status", "--network", "regtest"], { environment: environmentOf(home) });
    expect(shown.out).toContain("every operation");
  });

  test("killed again and again, at whatever moment: ends as one that was not", async () => {
    const home = newHome();
    const mirror = directoryWith(chain.files());
    let kill: (() => void) | null = null;
    let left = 0;
    const server = await web(chain.files(), () => {
      if (--left === 0) kill?.();
    });
    let killed = 0;
    for (let i = 0; i < KILLS; i++) {
      // By what it asks for, and by time: the files are written when nothing is asked for.
      left = 1 + (i % 8);
      const { child, ended } = started(home, i % 3 === 0 ? [server.url, mirror] : [server.url]);
      kill = () => setTimeout(() => child.kill("SIGKILL"), (i * 37) % 160);
      const [code, signal] = await ended;
      if (signal === "SIGKILL") killed++;
      else expect(code).toBe(0);
      const { pin: seen } = await status(home);
      expect([null, chain.tip]).toContain((seen as { height: number } | null)?.height ?? null);
    }
    expect(killed).toBeGreaterThan(2);
    kill = null;
    expect(await sync(home, [server.url])).toMatchObject({ code: 0, data: { pin: { height: chain.tip } } });
    expect(dataOf(home)).toEqual(wanted);
  });

  test("stopped by a signal: exit code 130, and it goes on where it was", async () => {
    const home = newHome();
    let stop: (() => void) | null = null;
    const files = chain.files();
    const server = await web(files, (asked) => {
      if (asked === 6) stop?.();
    });
    const { child, ended } = started(home, [server.url]);
    stop = () => child.kill("SIGINT");
    expect((await ended)[0]).toBe(130);
    expect(await sync(home, [server.url])).toMatchObject({ code: 0 });
    expect(dataOf(home)).toEqual(wanted);
  });

  test("a second one at the same time is refused", async () => {
    const home = newHome();
    let reached: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (reached = resolve));
    const stuck = await web(chain.files(), () => {
      reached();
      return new Promise(() => undefined);
    });
    const { child, ended } = started(home, [stuck.url]);
    await first;
    expect(await sync(home, [directoryWith(chain.files())])).toMatchObject({ code: 7, error: { rule: "locked" } });
    child.kill("SIGKILL");
    await ended;
    expect(await sync(home, [directoryWith(chain.files())])).toMatchObject({ code: 0 });
  });

  test("without room on the disk: said, and with room it goes on", async () => {
    const home = newHome();
    const mirror = directoryWith(chain.files());
    // Blocks of 512 bytes that a file may have.
    const limited = ["-c", 'ulimit -f 300; exec "$@"', "sh", process.execPath, BIN, ...arguments_([mirror])];
    const { code, error } = answerOf(await runToEnd("/bin/sh", limited, environmentOf(home)));
    expect([code, error]).toMatchObject([7, { rule: "disk-full" }]);
    expect(await sync(home, [mirror])).toMatchObject({ code: 0 });
    expect(dataOf(home)).toEqual(wanted);
  });

  test("with a damaged file: said, and repaired", async () => {
    const home = newHome();
    const mirror = directoryWith(chain.files());
    await sync(home, [mirror]);
    const path = join(home, "regtest", "light", "subjects");
    const bytes = readFileSync(path);
    bytes[10]! ^= 1;
    writeFileSync(path, bytes);
    const { code, err } = await sync(home, [mirror]);
    expect(code).toBe(0);
    expect(err).toContain("was damaged");
    expect(dataOf(home)).toEqual(wanted);
  });
});

describe("what is wrong is said by the exit code", () => {
  const lying = new Map(
    [...chain.files()].map(([path, bytes]) => [
      path,
      path.startsWith("oplog/1-") ? chain.files().get("oplog/2017-4032.gz")! : bytes,
    ]),
  );

  test("3: every source lies; but one that lies beside an honest one is only named", async () => {
    const liar = directoryWith(lying);
    expect(await sync(newHome(), [liar])).toMatchObject({ code: 3, error: { rule: "tiles-refuted" } });
    const server = await web(chain.files());
    const home = newHome();
    const { code, err, data } = await sync(home, [liar, server.url]);
    expect(code).toBe(0);
    if (err !== "") expect(err).toContain(liar);
    expect(dataOf(home)).toEqual(wanted);
    expect((data["refused"] as unknown[]).length).toBe(err === "" ? 0 : 1);
  });

  test("3: the pin is of another chain", async () => {
    const other = `${chain.tip}:${"ab".repeat(16)}`;
    const { code, error } = await sync(newHome(), [directoryWith(chain.files())], ["--pin", other]);
    expect([code, error]).toMatchObject([3, { rule: "pin-refuted" }]);
  });

  test("4: no source reaches the pin, and there is no pin", async () => {
    const ahead = `${chain.tip + 10}:${"ab".repeat(16)}`;
    const { code, error } = await sync(newHome(), [directoryWith(chain.files())], ["--pin", ahead]);
    expect([code, error]).toMatchObject([4, { rule: "tiles-missing" }]);
    expect(String(error["message"])).toContain(`block ${chain.tip}`);
    const bare = await bsk(["light", "sync", "--network", "regtest", "--json"], {
      environment: environmentOf(newHome()),
    });
    expect(answerOf(bare)).toMatchObject({ code: 4, error: { rule: "no-pin" } });
  });

  test("7: nobody is there; 2: tiles of another network", async () => {
    const gone = await web(new Map());
    expect(await sync(newHome(), [gone.url])).toMatchObject({ code: 7, error: { rule: "no-tiles" } });
    servers.at(-1)!.closeAllConnections();
    expect(await sync(newHome(), ["http://127.0.0.1:1"])).toMatchObject({ code: 7, error: { rule: "unreachable" } });
    const other = writeTileIndex({ ...chain.index(), network: networkId("00".repeat(32)) });
    const foreign = new Map([...chain.files(), ["index.json", new TextEncoder().encode(other)]]);
    const { code, error } = await sync(newHome(), [directoryWith(foreign)]);
    expect([code, error]).toMatchObject([2, { rule: "wrong-network" }]);
  });
});

test("a full node feeds it: over its API, and by the files that it exports while it runs", async () => {
  const home = newHome();
  const at = join(home, "long", "node");
  mkdirSync(at, { recursive: true });
  const { network, store } = await longChain(at, 4200);
  mkdirSync(join(home, "networks"));
  writeFileSync(join(home, "networks", "long.json"), formatNetworkDefinition(network));
  const server = await serveApi(apiNode(store), { host: "127.0.0.1", port: 0, failed: () => undefined });
  const environment = { ...environmentOf(home), BSK_NODE: server.url };
  const run = async (...argv: readonly string[]) =>
    answerOf(await bsk([...argv, "--network", "long", "--json"], { environment }));
  try {
    expect(await run("pin", "from-node")).toMatchObject({ code: 0 });
    const height = store.tip()!.height - 3;
    expect(await run("light", "sync")).toMatchObject({
      code: 0,
      data: { pin: { height, source: "own-node", consensusHash: store.consensusHashAt(height) } },
    });
    const tiles = join(home, "tiles");
    expect(await run("node", "export", "tiles", tiles)).toMatchObject({
      code: 0,
      data: { height: height + 3, tiles: 3 * HELD_FORMATS.length, written: 3 * HELD_FORMATS.length },
    });
    expect(readdirSync(tiles).sort()).toEqual([...HELD_FORMATS, "index.json"].sort());
    const elsewhere = newHome();
    mkdirSync(join(elsewhere, "networks"));
    writeFileSync(join(elsewhere, "networks", "long.json"), formatNetworkDefinition(network));
    const argv = ["light", "sync", "--from", tiles, "--pin", `${height}:${store.consensusHashAt(height)}`];
    const other: Ended = await bsk([...argv, "--network", "long"], { environment: environmentOf(elsewhere) });
    expect({ code: other.code, err: other.err }).toEqual({ code: 0, err: "" });
    for (const file of LIGHT_FILES) {
      const [a, b] = [home, elsewhere].map((root) => readFileSync(join(root, "long", "light", file)));
      expect(a!.equals(b!)).toBe(true);
    }
  } finally {
    await server.stop();
    store.close();
  }
});
