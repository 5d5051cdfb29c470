/**
 * `bsk light serve` as a process beside a full node's API over real HTTP: what it answers, how it keeps current, what a
 * lying node behind it changes (nothing), and what a kill leaves.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ApiServer } from "../../src/api/server.ts";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { serveApi } from "../../src/fullnode/api/server.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { Name } from "../../src/primitives/name.ts";
import { networkOf } from "../../src/protocol/network-definition.ts";
import { formatNetworkDefinition } from "../../src/protocol/network-json.ts";
import { apiNode } from "../support/api-node.ts";
import { BIN, bsk, sandbox } from "../support/bsk.ts";
import { until } from "../support/indexed.ts";
import { lyingProxy, type LyingProxy } from "../support/lying-proxy.ts";
import { answerOf } from "../support/town.ts";
import { vectorFiles } from "../support/vector.ts";

const home = mkdtempSync(join(tmpdir(), "bsk-light-serve-"));
const environment = { ...sandbox(), BSK_HOME: home };
let store: NodeStore;
let blocks: ReturnType<typeof replayFile>;
let node: ApiServer;
let proxy: LyingProxy;

type Fields = Readonly<Record<string, unknown>>;

const run = async (...argv: readonly string[]) =>
  answerOf(await bsk([...argv, "--network", "lit", "--json"], { environment }));
const tip = () => store.tip()!.height as number;
const advance = async (count: number) => {
  for (let i = 0; i < count; i++) expect((await blocks.next()).done).toBe(false);
};
const json = async (url: string) => (await (await fetch(url)).json()) as Fields;
/** Names that live after a block, as the full node has them. */
const namesAfter = async (height: number): Promise<Name[]> => {
  const all = store.rows("names").map((row) => String(row["name"]) as Name);
  const states = await Promise.all(all.map((name) => fetch(`${node.url}/v1/names/${name}?height=${height}`)));
  return all.filter((name, i) => states[i]!.status === 200 && !name.startsWith("-"));
};

beforeAll(async () => {
  const file = vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!;
  const replay = await readReplayFile(file.path);
  const network = networkOf({ ...replay.network, name: "lit" });
  mkdirSync(join(home, "networks"), { recursive: true });
  writeFileSync(join(home, "networks", "lit.json"), formatNetworkDefinition(network));
  store = NodeStore.open(":memory:", network);
  blocks = replayFile({ ...replay, network }, store);
  await advance(60);
  node = await serveApi(apiNode(store), {
    host: "127.0.0.1",
    port: 0,
    failed: (error) => {
      throw error;
    },
  });
  proxy = await lyingProxy(node.url);
});
afterAll(async () => {
  await proxy.stop();
  await node.stop();
  store.close();
});

interface Serving {
  readonly url: string;
  readonly child: ChildProcess;
  readonly events: readonly Fields[];
  /** Height of the pin that it answers under. */
  height(): Promise<number>;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function serve(...argv: readonly string[]): Promise<Serving> {
  const child = spawn(
    process.execPath,
    [BIN, "light", "serve", "--port", "0", "--poll", "1", "--network", "lit", ...argv],
    { env: environment },
  );
  children.push(child);
  const events: Fields[] = [];
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    const lines = err.split("\n");
    err = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("{")) events.push(JSON.parse(line) as Fields);
  });
  const told = () => events.find(({ event }) => event === "serving");
  await until("it serves", () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${err} ${JSON.stringify(events)}`);
    return told() !== undefined;
  });
  const url = String(told()!["url"]);
  return { url, child, events, height: async () => Number((await json(`${url}/v1/info`))["last_block_processed"]) };
}

async function stopped({ child }: Serving): Promise<number | null> {
  child.kill("SIGTERM");
  const [code] = (await once(child, "close")) as [number | null];
  return code;
}

/** A request with headers that fetch does not let one set. */
function raw(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    asked.on("error", reject).end();
  });
}

describe("from nothing", () => {
  test("it takes a pin from the own node, syncs, and answers as that node does, three blocks behind", async () => {
    const light = await serve("--node", node.url);
    await until("the log is there", async () => (await light.height()) === tip() - 3);
    const height = await light.height();
    const names = await namesAfter(height);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) {
      const answer = await fetch(`${light.url}/v1/names/${name}`);
      expect(answer.headers.get("bsk-level")).toBe("complete");
      const { checked, ...fields } = (await answer.json()) as Fields;
      expect(checked).toMatchObject({ as_of: height, pin: { source: "own-node", attested: true } });
      expect(fields).toEqual(await json(`${node.url}/v1/names/${name}?height=${height}`));
    }
    // The command line finds the same, through the server and with nobody to ask.
    const [name] = names;
    const through = await run("show", name!, "--node", light.url, "--require", "complete");
    expect(through).toMatchObject({ code: 0, data: { name, level: "complete", asOf: { height } } });
    const offline = await run("show", name!, "--offline", "--require", "complete");
    expect(offline).toMatchObject({ code: 0, data: { ...through.data, node: null } });
    expect(await run("history", name!, "--offline")).toMatchObject({ code: 0, data: { level: "complete" } });
    expect(await run("key", name!, "--offline")).toMatchObject({ data: { address: through.data["address"] } });
    expect(await run("show", "nobody.nowhere", "--offline")).toMatchObject({ code: 5, error: { kind: "rejected" } });
    expect(await run("show", name!, "--offline", "--max-age", "1h")).toMatchObject({
      code: 4,
      error: { rule: "stale" },
    });
    const [older] = await namesAfter(height - 5);
    const earlier = `${height - 5}:${store.consensusHashAt(height - 5)!}`;
    expect(await run("show", older!, "--offline", "--pin", earlier)).toMatchObject({
      data: { asOf: { height: height - 5 } },
    });
    const wrong = `${height - 5}:${"00".repeat(16)}`;
    expect(await run("show", name!, "--offline", "--pin", wrong)).toMatchObject({
      code: 3,
      error: { rule: "pin-contradiction" },
    });
    expect(await stopped(light)).toBe(0);
  });
});

describe("while the chain grows", () => {
  test("it follows; killed with -9 and started again it answers at once, and follows on", async () => {
    const light = await serve("--node", node.url);
    await advance(5);
    await until("it followed", async () => (await light.height()) === tip() - 3);
    const before = await light.height();
    light.child.kill("SIGKILL");
    await once(light.child, "close");
    // With its node out, too.
    const alone = await serve("--node", "http://127.0.0.1:1");
    expect(await alone.height()).toBe(before);
    const [name] = await namesAfter(before);
    expect((await fetch(`${alone.url}/v1/names/${name!}`)).status).toBe(200);
    await until("the outage shows", async () => (await fetch(`${alone.url}/ready`)).status === 503);
    expect(await stopped(alone)).toBe(0);
    await advance(5);
    const again = await serve("--node", node.url);
    await until("it followed on", async () => (await again.height()) === tip() - 3);
    expect(await stopped(again)).toBe(0);
  });

  test("a node that lies about records, hashes or tiles changes no answer", async () => {
    const light = await serve("--node", proxy.url);
    await until("it is current", async () => (await light.height()) === tip() - 3);
    const before = await light.height();
    const names = (await namesAfter(before)).slice(0, 5);
    const answers = () => Promise.all(names.map((name) => json(`${light.url}/v1/names/${name}`)));
    const honest = await answers();
    const trouble = (rule: string | RegExp) =>
      until(`trouble: ${String(rule)}`, () =>
        light.events.some(({ rule: told, event }) => new RegExp(rule, "u").test(`${String(event)} ${String(told)}`)),
      );
    const flip = (body: Uint8Array) => {
      const bytes = Uint8Array.from(body);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      return bytes;
    };
    // Records and addresses: never asked for.
    proxy.lie(/^\/v1\/(?:names|blockchains\/bitcoin\/names|addresses)/u, flip);
    expect(await answers()).toEqual(honest);
    expect(proxy.lies()).toBe(0);
    // Another history above the pin: it does not reach the one that is held.
    await advance(1);
    const forged = (body: Uint8Array) => {
      const text = new TextDecoder().decode(body);
      return new TextEncoder().encode(
        text.replace(/"consensus_hash":"[0-9a-f]/u, '"consensus_hash":"x').replace(/:"x/u, ':"0'),
      );
    };
    proxy.lie(/^\/v1\/blockchains\/bitcoin\/consensus/u, (body) => {
      const lied = forged(body);
      return Buffer.from(lied).equals(Buffer.from(body)) ? flip(body) : lied;
    });
    await trouble(/pin-unreachable|pin-other-fork-set|bad-answer|pin-contradiction/u);
    expect([await light.height(), await answers()]).toEqual([before, honest]);
    // An honest pin, and tiles that do not come out at it.
    proxy.lie(/^\/v2\/tiles\/(?:spine|oplog)/u, flip);
    await trouble(/source-refused/u);
    expect([await light.height(), await answers()]).toEqual([before, honest]);
    // Honest again: it goes on.
    proxy.lie(null, (body) => body);
    await until("it goes on", async () => (await light.height()) === tip() - 3);
    expect(await stopped(light)).toBe(0);
  });

  test("where the log on disk is damaged, what it lost is not answered but fetched again", async () => {
    const light = await serve("--node", node.url);
    await until("it is current", async () => (await light.height()) === tip() - 3);
    expect(await stopped(light)).toBe(0);
    const path = join(home, "lit", "light", "texts");
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const names = await namesAfter(tip() - 3);
    const again = await serve("--node", node.url);
    await until("all is right again", async () => {
      const answers = await Promise.all(names.map((name) => fetch(`${again.url}/v1/names/${name}`)));
      for (const [i, answer] of answers.entries()) {
        if (answer.status === 500 || answer.status === 503) return false;
        const { checked, ...fields } = (await answer.json()) as Fields;
        const at = (checked as { as_of: number }).as_of;
        expect(fields).toEqual(await json(`${node.url}/v1/names/${names[i]!}?height=${at}`));
      }
      return true;
    });
    expect(await stopped(again)).toBe(0);
  });
});

describe("who may ask", () => {
  test("requests that are addressed to this machine; no page that the user did not allow", async () => {
    const light = await serve("--node", node.url, "--origin", "https://app.example");
    const ping = `${light.url}/v1/ping`;
    const { port } = new URL(light.url);
    expect(await raw(ping, { host: "evil.example" })).toBe(421);
    expect(await raw(ping, { host: `127.0.0.1.evil.example:${port}` })).toBe(421);
    for (const own of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "LOCALHOST"]) {
      expect(await raw(ping, { host: own })).toBe(200);
    }
    expect(await raw(ping, { origin: "https://evil.example" })).toBe(403);
    expect(await raw(ping, { origin: "null" })).toBe(403);
    expect(await raw(ping, { "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await raw(ping, { "sec-fetch-site": "none" })).toBe(200);
    const allowed = await fetch(ping, { headers: { origin: "https://app.example" } });
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect((await fetch(ping)).headers.get("access-control-allow-origin")).toBeNull();
    expect(await stopped(light)).toBe(0);
  });

  test("another address than loopback only where the user insists", async () => {
    const { code, error } = await run("light", "serve", "--host", "0.0.0.0", "--port", "0", "--node", node.url);
    expect([code, error.rule]).toEqual([2, "not-loopback"]);
  });
});
