/** Where tiles come from, over real HTTP and out of real directories: what is no tile is refused within its bounds. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { tileSource } from "../../src/lightnode/tile-source.ts";
import { MOST_TILE_BYTES, writeTileIndex } from "../../src/verify/tile-index.ts";
import { REGTEST } from "../support/fake-node.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function server(listener: RequestListener): Promise<string> {
  const made = createServer(listener);
  await new Promise<void>((listening) => made.listen(0, "127.0.0.1", listening));
  stops.push(() => {
    made.closeAllConnections();
    made.close();
  });
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error: unknown) => (error instanceof BskError ? `${error.kind} ${error.rule}` : String(error)),
  );

const INDEX = writeTileIndex({
  network: REGTEST.id,
  firstBlock: 1,
  height: 7,
  formats: ["spine", "oplog"],
  consensusHashes: ["ab".repeat(16) as never],
});
const TILE = new TextEncoder().encode("a tile");
const BOMB = gzipSync(new Uint8Array(MOST_TILE_BYTES.spine + 1));

function directory(files: Readonly<Record<string, Uint8Array | string>>): string {
  const at = mkdtempSync(join(tmpdir(), "bsk-tiles-"));
  mkdirSync(join(at, "spine"));
  for (const [path, content] of Object.entries(files)) writeFileSync(join(at, path), content);
  return at;
}

describe("a directory", () => {
  test("gives what it holds", async () => {
    const source = tileSource(directory({ "index.json": INDEX, "spine/1-7.gz": gzipSync(TILE) }));
    expect(await source.index()).toMatchObject({ height: 7, firstBlock: 1 });
    expect(await source.tile("spine", 1, 7)).toEqual(TILE);
    expect(await source.tile("oplog", 1, 7)).toBeNull();
  });

  test("is refused where it holds what is no tile", async () => {
    const at = directory({
      "index.json": "{}",
      "spine/1-1.gz": "not compressed",
      "spine/1-2.gz": gzipSync(TILE).subarray(0, 15),
      "spine/1-3.gz": BOMB,
      "spine/1-4.gz": new Uint8Array(2 * MOST_TILE_BYTES.spine),
      "spine/1-5.gz": "",
    });
    mkdirSync(join(at, "spine/1-6.gz"));
    execFileSync("mkfifo", [join(at, "spine/1-7.gz")]);
    const source = tileSource(at);
    expect(await failure(source.index())).toBe("refuted bad-tile");
    for (let last = 1; last <= 7; last++) {
      expect([last, await failure(source.tile("spine", 1, last))]).toEqual([last, "refuted bad-tile"]);
    }
  });

  test("without an index, or that is not there, holds no tiles", async () => {
    expect(await failure(tileSource(directory({})).index())).toBe("machine no-tiles");
    expect(await failure(tileSource("/no/such/directory").index())).toBe("machine no-tiles");
  });
});

describe("a web server", () => {
  const gz = { "content-type": "application/gzip" };

  test.each([
    ["below the URL", ""],
    ["below /v2/tiles, as a node has them", "/v2/tiles"],
  ])("has its tiles %s", async (_, root) => {
    const asked: string[] = [];
    const url = await server((request, response) => {
      asked.push(request.url ?? "");
      if (request.url === `${root}/index.json`) response.setHeader("content-type", "application/json").end(INDEX);
      else if (request.url === `${root}/spine/1-7.gz`) response.writeHead(200, gz).end(gzipSync(TILE));
      else response.writeHead(404).end();
    });
    for (const named of [url, `${url}/`, `${url}${root}`]) {
      const source = tileSource(named);
      expect((await source.index()).height).toBe(7);
      expect(await source.tile("spine", 1, 7)).toEqual(TILE);
      expect(await source.tile("spine", 1, 8)).toBeNull();
    }
    expect(asked.at(-1)).toBe(`${root}/spine/1-8.gz`);
  });

  test("may call a tile what such servers call it: compressed on its way, or just bytes", async () => {
    for (const headers of [{}, { "content-type": "application/octet-stream", "content-encoding": "gzip" }]) {
      const url = await server((_, response) => response.writeHead(200, headers).end(gzipSync(TILE)));
      expect(await tileSource(`${url}/v2/tiles`).tile("spine", 1, 7)).toEqual(TILE);
    }
  });

  test.each<[string, string, RequestListener]>([
    ["a bomb", "refuted bad-tile", (_, response) => response.writeHead(200, gz).end(BOMB)],
    [
      "an endless stream",
      "refuted bad-tile",
      (_, response) => {
        response.writeHead(200, gz);
        const more = (): void => {
          while (!response.destroyed && response.write(new Uint8Array(65_536)));
        };
        response.on("drain", more);
        more();
      },
    ],
    ["what cannot be decompressed", "refuted bad-tile", (_, response) => response.writeHead(200, gz).end("nonsense")],
    [
      "a tile cut short",
      "refuted bad-tile",
      (_, response) => response.writeHead(200, gz).end(gzipSync(TILE).subarray(0, 9)),
    ],
    [
      "a page",
      "machine bad-answer",
      (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    ],
    ["a redirect", "machine node-failed", (_, response) => response.writeHead(302, { location: "/elsewhere" }).end()],
    ["a failure", "machine node-failed", (_, response) => response.writeHead(500).end()],
    ["silence", "machine timeout", () => undefined],
    [
      "a tile that comes too slowly",
      "machine timeout",
      (_, response) => {
        response.writeHead(200, gz);
        const timer = setInterval(() => response.write("a"), 20);
        response.on("close", () => clearInterval(timer));
      },
    ],
    [
      "an end in the middle",
      "machine unreachable",
      (_, response) => {
        response.writeHead(200, { ...gz, "content-length": "1000" }).write("x");
        setTimeout(() => response.destroy(), 20);
      },
    ],
  ])("that gives %s: %s", async (_, wanted, listener) => {
    const url = await server(listener);
    const source = tileSource(`${url}/v2/tiles`, { timeoutMs: 500 });
    expect(await failure(source.tile("spine", 1, 7))).toBe(wanted);
  });

  test("that asks for patience gets it", async () => {
    let asked = 0;
    const url = await server((_, response) => {
      if (++asked < 3) response.writeHead(429, { "retry-after": "0" }).end();
      else response.writeHead(200, gz).end(gzipSync(TILE));
    });
    expect(await tileSource(`${url}/v2/tiles`).tile("spine", 1, 7)).toEqual(TILE);
    expect(asked).toBe(3);
  });

  test("is not asked any longer when the user stops it", async () => {
    const stop = new AbortController();
    const url = await server(() => {
      stop.abort(new BskError("cancelled", "stopped"));
    });
    const source = tileSource(`${url}/v2/tiles`, { signal: stop.signal });
    expect(await failure(source.tile("spine", 1, 7))).toBe("cancelled undefined");
  });
});
