/** The API on a real socket: strangers' requests, the headers that clients rely on, and a port that is taken. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import type { ApiServer } from "../../src/api/server.ts";
import { serveApi } from "../../src/fullnode/api/server.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { apiNode } from "../support/api-node.ts";
import { vectorFiles } from "../support/vector.ts";

const failures: unknown[] = [];
let store: NodeStore;
let server: ApiServer;
let port: number;

beforeAll(async () => {
  const file = await readReplayFile(vectorFiles().find(({ name }) => name === "scenarios/basic_epoch3")!.path);
  store = NodeStore.open(":memory:", file.network);
  for await (const _ of replayFile(file, store));
  server = await serveApi(apiNode(store), {
    host: "127.0.0.1",
    port: 0,
    limits: { headersMs: 300, requestMs: 300 },
    failed: (error) => failures.push(error),
  });
  port = Number(new URL(server.url).port);
});
afterAll(async () => {
  await server.stop();
  store.close();
});

/** Sends bytes and returns all that comes back until the server closes the connection. */
async function exchange(...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString("latin1")));
  socket.on("error", () => undefined); // a reset is the end of it, too
  for (const part of parts) socket.write(part);
  await once(socket, "close");
  return answer;
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 ([0-9]{3})/u.exec(answer)?.[1]);
const head = (method: string, url: string, ...headers: readonly string[]) =>
  [`${method} ${url} HTTP/1.1`, "Host: here", "Connection: close", ...headers, "", ""].join("\r\n");
const JSON_TYPE = "Content-Type: application/json";

async function isAlive(): Promise<void> {
  const answer = await fetch(`${server.url}/v1/ping`);
  expect(await answer.json()).toEqual({ status: "alive", version: "0.0.0-test" });
}

test.each(["a", "é", "€", "𝔟"])("letters in an answer arrive as they are: %s", async (letter) => {
  const answer = await fetch(`${server.url}/v1/names?${encodeURIComponent(letter)}=1&${encodeURIComponent(letter)}=2`);
  const { error } = (await answer.json()) as { error: string };
  expect([answer.status, error]).toEqual([400, `query variable given twice: "${letter}"`]);
});

describe("hostile requests are refused and do not disturb others", () => {
  const posted = (body: string | Buffer) =>
    exchange(head("POST", "/v1/zonefile", JSON_TYPE, `Content-Length: ${body.length}`), body);

  test.each<[string, number, () => Promise<string>]>([
    ["a huge body", 413, () => posted(Buffer.alloc(1 << 20, "a"))],
    [
      "a huge body without a length",
      413,
      () =>
        exchange(
          head("POST", "/v1/zonefile", JSON_TYPE, "Transfer-Encoding: chunked"),
          `80000\r\n${"a".repeat(0x80000)}\r\n`,
        ),
    ],
    ["a long URL", 414, () => exchange(head("GET", `/v1/names/${"a".repeat(40_000)}`))],
    // Small enough for one read: a server that closes with more to read resets the connection, and its answer with it.
    ["a huge URL", 431, () => exchange(head("GET", `/v1/names/${"a".repeat(60_000)}`))],
    ["huge headers", 431, () => exchange(head("GET", "/v1/ping", `X-Much: ${"a".repeat(60_000)}`))],
    ["a broken percent-encoding", 400, () => exchange(head("GET", "/v1/names/%zz"))],
    ["a percent-encoding that is no text", 400, () => exchange(head("GET", "/v1/names/%ff%fe.test"))],
    ["a name with a slash inside", 400, () => exchange(head("GET", "/v1/names/a%2fb.test"))],
    ["a query variable given twice", 400, () => exchange(head("GET", "/v1/names?page=0&page=1"))],
    ["a page that is no number", 400, () => exchange(head("GET", "/v1/names?page=-1"))],
    ["a page beyond all counting", 400, () => exchange(head("GET", `/v1/names?page=${"9".repeat(30)}`))],
    ["a path of an object's inside", 404, () => exchange(head("GET", "/__proto__/constructor"))],
    ["a path out of the tree", 404, () => exchange(head("GET", "/../../etc/passwd"))],
    ["a method that nobody knows", 400, () => exchange(head("EXPLODE", "/v1/ping"))],
    ["a method that is not for this", 405, () => exchange(head("DELETE", "/v1/names/alice.test"))],
    ["a method with a body that never ends", 405, () => exchange(head("PUT", "/v1/ping", "Content-Length: 999999999"))],
    ["broken JSON", 400, () => posted('{"zonefile":')],
    ["JSON that is no text", 400, () => posted(Buffer.from([0x7b, 0xff, 0x7d]))],
    ["JSON of another shape", 400, () => posted("[]")],
    ["an empty body", 400, () => posted("")],
    [
      "a body that does not come",
      408,
      () => exchange(head("POST", "/v1/zonefile", JSON_TYPE, "Content-Length: 50"), "{"),
    ],
    ["headers that do not end", 408, () => exchange("GET /v1/ping HTTP/1.1\r\nHost: h")],
    ["garbage", 400, () => exchange(Buffer.from([0, 1, 2, 3, 250, 251, 13, 10, 13, 10]))],
    ["a TLS greeting", 400, () => exchange(Buffer.from("1603010200010001fc0303", "hex"), Buffer.alloc(64))],
    ["two lengths", 400, () => exchange(head("POST", "/v1/zonefile", "Content-Length: 1", "Content-Length: 2"), "{}")],
    [
      "a length and chunks",
      400,
      () => exchange(head("POST", "/v1/zonefile", "Content-Length: 1", "Transfer-Encoding: chunked"), "0\r\n\r\n"),
    ],
  ])("%s: %i", async (_, status, send) => {
    expect(statusOf(await send())).toBe(status);
    await isAlive();
  });

  test("garbage behind a good request: the good one is answered, then the connection ends", async () => {
    const answer = await exchange("GET /v1/ping HTTP/1.1\r\nHost: h\r\n\r\n", "\0garbage\r\n\r\n");
    expect(statusOf(answer)).toBe(200);
    expect(answer).toContain('"alive"');
    await isAlive();
  });

  test("many requests in one go are answered in order", async () => {
    const one = (height: number) =>
      `GET /v1/blockchains/bitcoin/consensus/${height} HTTP/1.1\r\nHost: h\r\n${height === 719 ? "Connection: close\r\n" : ""}\r\n`;
    const heights = Array.from({ length: 20 }, (_, i) => 700 + i);
    const answer = await exchange(heights.map(one).join(""));
    const hashes = [...answer.matchAll(/"consensus_hash":"?([0-9a-f]+|null)/gu)].map(([, hash]) => hash);
    expect(hashes).toEqual(heights.map((height) => String(store.consensusHashAt(height))));
  });

  test("a client that leaves in the middle of its body is no failure of ours", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write(head("POST", "/v1/zonefile", JSON_TYPE, "Content-Length: 50") + "{");
    await once(socket, "connect");
    await isAlive();
    socket.destroy();
    await isAlive();
  });

  test("none of them was a failure of a handler", () => {
    expect(failures).toEqual([]);
  });
});

describe("headers", () => {
  test("every answer may be read by any page", async () => {
    for (const path of ["/v1/ping", "/v1/names?page=0", "/v1/names/nobody.test", "/nowhere", "/v1/names/%zz"]) {
      const answer = await fetch(server.url + path);
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
      expect(answer.headers.get("content-type")).toBe("application/json");
    }
  });

  test("OPTIONS says what a page may send", async () => {
    const { status, headers } = await fetch(`${server.url}/v1/zonefile`, { method: "OPTIONS" });
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, PUT, POST, DELETE",
      "access-control-allow-headers": "content-type, authorization, range",
      "access-control-max-age": "21600",
    });
  });

  test("HEAD answers as GET, without the body", async () => {
    const get = await fetch(`${server.url}/v1/namespaces`);
    const sent = request(`${server.url}/v1/namespaces`, { method: "HEAD", agent: false }).end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["etag"]).toBe(get.headers.get("etag"));
    expect(Number(answer.headers["content-length"])).toBe((await get.arrayBuffer()).byteLength);
  });

  test("the consensus hash stands for what the chain says", async () => {
    const url = `${server.url}/v1/namespaces`;
    const etag = `"${store.queries.tip()?.consensusHash}"`;
    expect((await fetch(url)).headers.get("etag")).toBe(etag);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const answer = await fetch(url, { headers: { "if-none-match": known } });
      expect([known, answer.status, await answer.text()]).toEqual([known, 304, ""]);
      expect(answer.headers.get("etag")).toBe(etag);
    }
    for (const unknown of ['"other"', etag.slice(0, -2) + '"', ""]) {
      const answer = await fetch(url, { headers: { "if-none-match": unknown } });
      expect(answer.status).toBe(200);
    }
  });

  test("it does not stand for what else may change, or for refusals", async () => {
    for (const path of ["/v1/info", "/v2/info", "/v1/names/nobody.test", "/v1/namespaces/nowhere"]) {
      const answer = await fetch(server.url + path, {
        headers: { "if-none-match": `"${store.queries.tip()?.consensusHash}"` },
      });
      expect([path, answer.headers.get("etag"), answer.status === 304]).toEqual([path, null, false]);
    }
  });
});

test("a port that is in use, and an address that is not ours, are the machine's fault", async () => {
  const listen = (host: string, at: number) =>
    serveApi(apiNode(store), { host, port: at, failed: (error) => failures.push(error) });
  await expect(listen("127.0.0.1", port)).rejects.toMatchObject({
    kind: "machine",
    rule: "port-in-use",
    message: `port ${port} on 127.0.0.1 is in use`,
  });
  await expect(listen("192.0.2.1", 0)).rejects.toMatchObject({ kind: "machine", rule: "cannot-listen" });
});

test("a failing handler is told to the log and not to the client", async () => {
  const broken = NodeStore.open(":memory:", store.network);
  const told: string[] = [];
  const other = await serveApi(apiNode(broken), {
    host: "127.0.0.1",
    port: 0,
    failed: (_, url) => told.push(url),
  });
  broken.close();
  const answer = await fetch(`${other.url}/v1/names/alice.test`);
  expect([answer.status, await answer.json()]).toEqual([500, { error: "internal error" }]);
  expect(told).toEqual(["/v1/names/alice.test"]);
  await other.stop();
});
