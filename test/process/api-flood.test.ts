/** The API under load that means harm: strangers' floods are bounded, others are answered, and nothing falls over. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import type { ApiLimits } from "../../src/api/limits.ts";
import type { ApiServer } from "../../src/api/server.ts";
import { serveApi } from "../../src/fullnode/api/server.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { apiNode } from "../support/api-node.ts";
import { vectorFiles } from "../support/vector.ts";

let store: NodeStore;
const failures: unknown[] = [];
const servers: ApiServer[] = [];

beforeAll(async () => {
  const file = await readReplayFile(vectorFiles().find(({ name }) => name === "scenarios/basic_epoch3")!.path);
  store = NodeStore.open(":memory:", file.network);
  for await (const _ of replayFile(file, store));
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  store.close();
  expect(failures).toEqual([]);
});

/** A server whose proxy is this machine: a test says which stranger it is. */
async function served(limits: Partial<ApiLimits>) {
  const node = apiNode(store);
  const options = {
    host: "127.0.0.1",
    port: 0,
    limits,
    proxies: ["127.0.0.1"],
    failed: (e: unknown) => failures.push(e),
  };
  const server = await serveApi(node, options);
  servers.push(server);
  const port = Number(new URL(server.url).port);
  const get = (path: string, from?: string) =>
    fetch(server.url + path, { headers: from === undefined ? {} : { "x-forwarded-for": from } });
  const open = async (): Promise<Socket> => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    return socket;
  };
  return { url: server.url, get, open, tally: node.tally };
}

/** All that comes on a connection until it ends. */
async function rest(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  if (!socket.destroyed) await once(socket, "close");
  return text;
}

const retryAfter = (answer: Response) => Number(answer.headers.get("retry-after"));

describe("one client that asks too much", () => {
  test("is told to wait, for how long, and is answered again then; others are not touched", async () => {
    const { get } = await served({ requestsPerSecond: 20, burst: 10 });
    const answers = await Promise.all(Array.from({ length: 30 }, () => get("/v1/ping", "203.0.113.1")));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(10);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect(retryAfter(answer)).toBeGreaterThanOrEqual(1);
      expect(await answer.json()).toEqual({ error: "too many requests of one client" });
      expect(answer.headers.get("access-control-expose-headers")).toContain("retry-after");
    }
    expect((await get("/v1/ping", "203.0.113.2")).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, retryAfter(refused[0]!) * 1000));
    expect((await get("/v1/ping", "203.0.113.1")).status).toBe(200);
  });

  test("pays more for a list than for a name, and for a zone file before it is read", async () => {
    const { get, url } = await served({ requestsPerSecond: 1, burst: 25 });
    const cheap = await Promise.all(Array.from({ length: 10 }, () => get("/v1/names/foo.test", "203.0.113.1")));
    expect(cheap.map(({ status }) => status)).not.toContain(429);
    expect((await get("/v1/names?page=0", "203.0.113.2")).status).toBe(200);
    expect((await get("/v1/names?page=0", "203.0.113.2")).status).toBe(429);
    const post = await fetch(`${url}/v1/zonefile`, {
      method: "POST",
      body: "a".repeat(100_000),
      headers: { "x-forwarded-for": "203.0.113.2", "content-type": "application/json" },
    });
    expect([200, 400, 429]).toContain(post.status);
  });

  test("this machine's own tools are not counted", async () => {
    const { get } = await served({ requestsPerSecond: 1, burst: 1 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => get("/v1/ping", "127.0.0.2")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe("too much at the same time", () => {
  test("beyond so many requests: 503 and when to come back; those inside are answered", async () => {
    const { get, open } = await served({ concurrent: 4, requestMs: 2000 });
    const head = "POST /v1/zonefile HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n";
    const waiting = await Promise.all(Array.from({ length: 4 }, open));
    for (const socket of waiting) socket.write(head);
    let refused: Response;
    do refused = await get("/v1/ping");
    while (refused.status === 200);
    expect([refused.status, retryAfter(refused)]).toEqual([503, 1]);
    const answers = waiting.map(rest);
    for (const socket of waiting) socket.end("{}");
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 400 /u);
    expect((await get("/v1/ping")).status).toBe(200);
  });

  test("beyond so many on one connection: 503, and the end of it", async () => {
    const { open, get } = await served({ pipelined: 10 });
    const socket = await open();
    socket.write("GET /v1/ping HTTP/1.1\r\nHost: h\r\n\r\n".repeat(5000));
    const statuses = [...(await rest(socket)).matchAll(/HTTP\/1\.1 ([0-9]{3})/gu)].map(([, status]) => Number(status));
    expect(statuses).toEqual([...Array<number>(10).fill(200), 503]);
    expect((await get("/v1/ping")).status).toBe(200);
  });

  test("beyond so many connections: 503, closed; when they are gone, there is room again", async () => {
    const { get, open, tally } = await served({ connections: 20 });
    const sockets = await Promise.all(Array.from({ length: 20 }, open));
    const extra = await Promise.all(Array.from({ length: 10 }, open));
    for (const answer of await Promise.all(extra.map(rest))) {
      expect(answer).toMatch(/^HTTP\/1\.1 503 /u);
      expect(answer).toMatch(/\r\nRetry-After: 1\r\n/u);
    }
    sockets[0]!.end("GET /v1/ping HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    expect(await rest(sockets[0]!)).toContain('"alive"');
    for (const socket of sockets) socket.destroy();
    while (tally.connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await get("/v1/ping")).status).toBe(200);
  });
});

describe("requests that take their time", () => {
  test("headers that come byte by byte are cut off, and hundreds of them do not keep others out", async () => {
    const { get, open } = await served({ headersMs: 500, requestMs: 500 });
    const slow = await Promise.all(Array.from({ length: 200 }, open));
    const dripping = setInterval(() => slow.forEach((socket) => socket.writable && socket.write("X")), 50);
    for (const socket of slow) socket.write("GET /v1/ping HTTP/1.1\r\n");
    const ended = Promise.all(slow.map(rest));
    for (let i = 0; i < 20; i++) expect((await get("/v1/ping")).status).toBe(200);
    const answers = await ended;
    clearInterval(dripping);
    // A cut that meets a byte on its way resets the connection; no one of them gets an answer to its request.
    for (const answer of answers) expect(answer).toMatch(/^(HTTP\/1\.1 408 .*)?$/su);
    expect(answers.some((answer) => answer !== "")).toBe(true);
  });

  test("answers that nobody reads are given up", async () => {
    const { open, get } = await served({ silenceMs: 500, pipelined: 5000 });
    const socket = await open();
    socket.pause();
    socket.write("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n".repeat(4000));
    const closed = once(socket, "close");
    // To see the end of a connection, its data must be taken at last.
    setTimeout(() => socket.resume(), 2500);
    await closed;
    expect((await get("/v1/ping")).status).toBe(200);
  });
});

test("a storm of all of it at once, and the server still stands", async () => {
  const { get, open, tally } = await served({ connections: 100, concurrent: 20, requestMs: 400, headersMs: 400 });
  const pieces = [
    "GET /v1/names/%zz HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /v1/names?page=0&page=1 HTTP/1.1\r\nHost: h\r\n\r\n",
    `GET /${"a".repeat(50_000)} HTTP/1.1\r\nHost: h\r\n\r\n`,
    "CONNECT evil.example:443 HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /v1/ping HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "GET http://elsewhere/v1/ping HTTP/1.1\r\nHost: h\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
    "TRACE /v1/ping HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /v1/zonefile HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\n{",
    "POST /v1/zonefile HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
    "POST /v1/zonefile HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
    "\0\x01\x02\x03",
    "GET /v1/ping HTTP/9.9\r\n\r\n",
  ];
  const sockets: Socket[] = [];
  for (let i = 0; i < 260; i++) {
    const socket = connect(Number(new URL(servers.at(-1)!.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(pieces[i % pieces.length]!);
    setTimeout(() => socket.destroy(), i % 3 === 0 ? i % 50 : 1000);
    sockets.push(socket);
  }
  for (const socket of sockets) if (!socket.destroyed) await once(socket, "close");
  while (tally.connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const socket = await open();
  socket.destroy();
  expect((await get("/v1/ping")).status).toBe(200);
});

test("figures for a monitor: in the text format, and they count what happened", async () => {
  const { get } = await served({});
  await get("/v1/names/alice.test");
  await get("/v1/names/nobody.test");
  await get("/v1/names/nobody.test");
  const answer = await get("/metrics");
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await answer.text();
  const lines = text.trimEnd().split("\n");
  for (const line of lines) {
    expect(line).toMatch(
      /^(# HELP [a-z_]+ .+|# TYPE [a-z_]+ (counter|gauge|histogram)|[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? -?[0-9.e+-]+)$/u,
    );
  }
  expect(lines).toContain(`bsk_indexed_height ${store.tip()!.height}`);
  expect(lines).toContain('bsk_http_requests_total{route="/v1/names/:name",status="200"} 1');
  expect(lines).toContain('bsk_http_requests_total{route="/v1/names/:name",status="404"} 2');
  expect(lines).toContain('bsk_http_request_duration_seconds_bucket{le="+Inf"} 3');
  expect(lines).toContain("bsk_http_request_duration_seconds_count 3");
  for (const name of ["bsk_operations_total", "bsk_reorgs_total", "bsk_source_height", "bsk_info"]) {
    expect(text).toMatch(new RegExp(`^# TYPE ${name} `, "mu"));
  }
});
