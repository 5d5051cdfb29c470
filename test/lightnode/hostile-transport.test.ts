/** What a server can do to a connection, over real HTTP: refused within bounded memory and time, and told from a lie. */
import { once } from "node:events";
import { createServer as createSocketServer, type Server, type Socket } from "node:net";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { askStrangers } from "../../src/lightnode/cold.ts";
import { nodeClient } from "../../src/lightnode/node-client.ts";
import { type NodeWord, wordOf } from "../../src/lightnode/node-word.ts";
import { REGTEST } from "../support/fake-node.ts";
import { answeringChain } from "../support/answers.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { stranger } from "../support/strangers.ts";
import { replayVectors } from "../support/vectors.ts";
import { LONGEST_ANSWER, writeAnswer } from "../../src/verify/answer-file.ts";

const { path } = replayVectors("scenarios").find(({ vector }) => vector === "wallets_kinds")!;
const world = answeringChain(replayedChain(path), REGTEST.id);
const NAME = world.names.find((each) => world.on(each, world.chain.tip).length > 1)!;
const asked = world.asked(NAME, world.chain.tip);
const HONEST = Buffer.from(writeAnswer(world.answer(NAME, world.chain.tip)));
const JSON_TYPE = { "content-type": "application/json" };
/** For what answers at once, on however busy a machine; and all that is waited for what never comes. */
const [PATIENT_MS, IMPATIENT_MS] = [60_000, 800];

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function listening(server: Server, sockets: Set<Socket>): Promise<string> {
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Handle = (response: ServerResponse, request: IncomingMessage) => void;

const served = (handle: Handle): Promise<string> =>
  listening(
    createServer((request, response) => {
      response.on("error", () => undefined);
      handle(response, request);
    }),
    new Set(),
  );

/** Speaks to the socket itself. */
const raw = (speak: (socket: Socket) => void): Promise<string> => listening(createSocketServer(speak), new Set());

const client = (url: string, timeoutMs = PATIENT_MS) =>
  nodeClient({ url, own: false, direct: true, timeoutMs }, REGTEST);
const word = async (url: string, timeoutMs = PATIENT_MS): Promise<NodeWord> => wordOf(client(url, timeoutMs), asked);

/** Writes without end, and counts what was taken. */
function endless(response: NodeJS.WritableStream, piece: string | Uint8Array): { readonly bytes: number } {
  const count = { bytes: 0 };
  const more = (): void => {
    while ((response as { destroyed?: boolean }).destroyed !== true) {
      count.bytes += piece.length;
      if (!response.write(piece)) {
        response.once("drain", more);
        return;
      }
    }
  };
  more();
  return count;
}

test("an honest answer is taken: what follows is refused for what it is", async () => {
  const found = await word(await served((response) => response.writeHead(200, JSON_TYPE).end(HONEST)));
  expect(found.kind).toBe("answered");
});

describe("too much", () => {
  test("a stream without end", async () => {
    let count = { bytes: 0 };
    const url = await served((response) => {
      response.writeHead(200, JSON_TYPE);
      count = endless(response, Buffer.alloc(65_536, " "));
    });
    expect(await word(url)).toMatchObject({ kind: "unreadable", error: { rule: "answer-too-large" } });
    expect(count.bytes).toBeLessThan(16 * LONGEST_ANSWER);
  });

  test("a length beyond all bounds", async () => {
    const url = await served((response) => {
      response.writeHead(200, { ...JSON_TYPE, "content-length": String(2 ** 40) });
      endless(response, Buffer.alloc(65_536, "1"));
    });
    expect((await word(url)).kind).toBe("unreadable");
  });

  const bomb = Buffer.alloc(64 * 1024 * 1024, " ");
  test.each([
    ["gzip", gzipSync(bomb)],
    ["deflate", deflateSync(bomb)],
    ["br", brotliCompressSync(bomb, { params: { 1: 1 } })],
    ["gzip, gzip", gzipSync(gzipSync(bomb))],
  ])("little that becomes much: %s", async (encoding, bytes) => {
    expect(bytes.length).toBeLessThan(LONGEST_ANSWER);
    const url = await served((response) => {
      response.writeHead(200, { ...JSON_TYPE, "content-encoding": encoding }).end(bytes);
    });
    expect((await word(url)).kind).toBe("unreadable");
  });

  test("headers without end", async () => {
    const url = await raw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      endless(socket, `x-filler: ${"x".repeat(1000)}\r\n`);
    });
    expect((await word(url)).kind).toBe("silent");
  });
});

describe("too little", () => {
  test.each<[string, Handle]>([
    ["no answer", () => undefined],
    ["headers, and then nothing", (response) => response.writeHead(200, JSON_TYPE).flushHeaders()],
    [
      "a byte now and then",
      (response) => {
        response.writeHead(200, JSON_TYPE);
        const timer = setInterval(() => response.write(" "), 100);
        response.on("close", () => clearInterval(timer));
      },
    ],
    [
      "an answer that breaks off",
      (response) =>
        void response
          .writeHead(200, { ...JSON_TYPE, "content-length": String(HONEST.length) })
          .write(HONEST.subarray(0, 500), () => response.destroy()),
    ],
    ["a server that is out of order", (response) => response.writeHead(503).end(HONEST)],
  ])("%s: an outage", async (_, handle) => {
    expect((await word(await served(handle), IMPATIENT_MS)).kind).toBe("silent");
  });

  test("something else than HTTP: an outage", async () => {
    expect((await word(await raw((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")))).kind).toBe("silent");
  });
});

describe("something else", () => {
  const cases: readonly (readonly [what: string, handle: Handle])[] = [
    ["nothing", (response) => response.writeHead(204).end()],
    ["an empty answer", (response) => response.writeHead(200, JSON_TYPE).end()],
    ["a page", (response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>Log in")],
    ["the right bytes as something else", (response) => response.writeHead(200, { "content-type": "text/html" }).end(HONEST)],
    ["a part", (response) => response.writeHead(206, JSON_TYPE).end(HONEST)],
    ["no such thing", (response) => response.writeHead(404, JSON_TYPE).end('{"error":"Not found"}')],
    ["bytes that are no text", (response) => response.writeHead(200, JSON_TYPE).end(Buffer.concat([HONEST, Buffer.of(0xff)]))],
    ["a mark before the text", (response) => response.writeHead(200, JSON_TYPE).end(Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), HONEST]))],
    ["bytes behind the end", (response) => response.writeHead(200, JSON_TYPE).end(Buffer.concat([HONEST, HONEST]))],
    ["lists in lists", (response) => response.writeHead(200, JSON_TYPE).end("[".repeat(500_000))],
    ["an encoding that it has not", (response) => response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" }).end(HONEST)],
  ]; // prettier-ignore
  test.each(cases)("%s: no answer of a node", async (_, handle) => {
    const found = await word(await served(handle));
    expect(["unreadable", "silent"]).toContain(found.kind);
  });

  test("another address is not gone to", async () => {
    const visited: string[] = [];
    const elsewhere = await served((response, { url = "" }) => {
      visited.push(url);
      response.writeHead(200, JSON_TYPE).end(HONEST);
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const url = await served((response, request) => {
        response.writeHead(status, { location: `${elsewhere}${request.url ?? ""}` }).end();
      });
      expect(await word(url)).toMatchObject({ kind: "unreadable", error: { rule: "node-refused" } });
    }
    expect(visited).toEqual([]);
  });
});

test("none of them keeps an honest node from being heard", async () => {
  const silent = await served(() => undefined);
  const urls = await Promise.all([
    served((response) => void endless(response.writeHead(200, JSON_TYPE), Buffer.alloc(65_536, " "))),
    served((response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end()),
    raw((socket) => socket.destroy()),
  ]);
  const honest = stranger(world, "https://honest.example");
  const { standing, strangers } = await askStrangers({
    name: NAME,
    nodes: [client(silent, IMPATIENT_MS), ...urls.map((url) => client(url)), honest],
    pin: { ...asked.pin, network: REGTEST.id, source: { kind: "hand" }, since: "2026-01-02T03:04:05.000Z" },
    network: { ...REGTEST, firstBlock: world.chain.firstBlock },
    now: new Date(0),
    caught: () => Promise.resolve(null),
  });
  expect(standing.nodes).toEqual({ asked: 5, answered: 1, agreeing: 1 });
  expect(strangers.troubles.map(({ kind }) => kind).sort()).toEqual(["silent", "silent", "unreadable", "unreadable"]);
});
