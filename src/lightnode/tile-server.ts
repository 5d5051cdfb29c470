/** Tiles over HTTP: of a static web server, or of a bsk node. */
import { setTimeout as wait } from "node:timers/promises";
import { type BytesAnswer, type HttpServer, parseServerUrl, sendForBytes } from "../chain/http.ts";
import { isLoopback } from "../chain/loopback.ts";
import { BskError } from "../errors.ts";
import { badTile, type TileFiles, type TileSourceOptions } from "./tile-files.ts";

/** Where a node has its tiles. */
const OF_A_NODE = "/v2/tiles";
const TIMEOUT_MS = 60_000;
/** How often a server that is busy, or gives its clients only so much, is asked again, and how long that may take. */
const PATIENCE = 20;
const LONGEST_WAIT_S = 30;
const SHORTEST_WAIT_MS = 100;

/** What web servers call a file whose name ends in .gz, and one that ends in .json. */
const TYPES = {
  gz: ["application/gzip", "application/x-gzip", "application/octet-stream", "binary/octet-stream"],
  json: ["application/json", "application/octet-stream", "binary/octet-stream", "text/json"],
} as const;

/** @throws BskError `usage` on a bad URL */
export function tileServer(where: string, options: TileSourceOptions): TileFiles {
  const { url } = parseServerUrl(where);
  const description = `the tiles at ${url}`;
  const direct = isLoopback(new URL(url).hostname);
  const ask = (base: string, path: string, maxBytes: number): Promise<BytesAnswer> => {
    const server: HttpServer = { description, url: base, direct, socks: options.socks };
    return patiently(server, { path: `/${path}`, maxBytes }, options);
  };
  const read = async (base: string, path: string, maxBytes: number): Promise<Uint8Array | null> => {
    const answer = await ask(base, path, maxBytes).catch((error: unknown) => {
      if (error instanceof BskError && error.rule === "answer-too-large")
        throw badTile(description, path, `it is larger than ${maxBytes} bytes`);
      throw error;
    });
    return bodyOf(answer, description, path);
  };

  /** Where the index was found. */
  let base: string | null = url.endsWith(OF_A_NODE) ? url : null;
  return {
    description,
    read: async (path, maxBytes) => {
      if (base !== null) return read(base, path, maxBytes);
      const found = await read(url, path, maxBytes);
      if (found !== null) {
        base = url;
        return found;
      }
      const ofNode = await read(url + OF_A_NODE, path, maxBytes);
      if (ofNode !== null) base = url + OF_A_NODE;
      return ofNode;
    },
  };
}

/** Asks again where the server says when to come back. */
async function patiently(
  server: HttpServer,
  { path, maxBytes }: { readonly path: string; readonly maxBytes: number },
  { timeoutMs = TIMEOUT_MS, signal }: TileSourceOptions,
): Promise<BytesAnswer> {
  for (let again = 0; ; again++) {
    const answer = await sendForBytes(server, { method: "GET", path, timeoutMs, maxBytes, signal, asStored: true });
    if ((answer.status !== 429 && answer.status !== 503) || again >= PATIENCE) return answer;
    const seconds = /^[0-9]{1,4}$/u.exec(answer.header("retry-after"))?.[0];
    if (seconds === undefined || Number(seconds) > LONGEST_WAIT_S) return answer;
    await wait(
      Math.max(Number(seconds) * 1000, SHORTEST_WAIT_MS),
      undefined,
      signal === undefined ? {} : { signal },
    ).catch(() => {
      throw signal?.reason;
    });
  }
}

/** The file in an answer, null where there is none. A redirect is not followed: whoever is named is whoever is asked. */
function bodyOf({ status, bytes, header }: BytesAnswer, description: string, path: string): Uint8Array | null {
  if (status === 404) return null;
  if (status !== 200) {
    throw new BskError("machine", `${description} answered with status ${status} at ${path}`, {
      rule: "node-failed",
      ...(status >= 300 && status < 400
        ? { hint: `redirects are not followed: name the server that it leads to` }
        : {}),
    });
  }
  const type = header("content-type").split(";")[0]?.trim().toLowerCase() ?? "";
  const expected: readonly string[] = path.endsWith(".gz") ? TYPES.gz : TYPES.json;
  if (type === "" || expected.includes(type)) return bytes;
  throw new BskError("machine", `${description} answered with "${type}" at ${path}, which is no tile`, {
    rule: "bad-answer",
    hint: "is that the URL of a node, or of a directory of tiles?",
  });
}
