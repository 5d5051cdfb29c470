/** Tiles as a node serves them, beside the chain that it indexed. */
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { answerRequest } from "../../src/fullnode/api/routes.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { ParseError } from "../../src/errors.ts";
import { startLog, verifyLog } from "../../src/verify/op-log.ts";
import { startSpine, verifySpine } from "../../src/verify/spine.ts";
import { decodeLogTile, decodeSpineTile } from "../../src/verify/tile.ts";
import { readTileIndex, writeTileIndex } from "../../src/verify/tile-index.ts";
import { apiNode, type Get, getFrom } from "../support/api-node.ts";
import { replayVectors } from "../support/vectors.ts";

let store: NodeStore;
let get: Get;

beforeAll(async () => {
  const file = await readReplayFile(replayVectors("fuzz")[0]!.path);
  store = NodeStore.open(":memory:", file.network);
  for await (const _ of replayFile(file, store));
  get = getFrom(store);
});
afterAll(() => store.close());

const textOf = (body: unknown): string => new TextDecoder().decode(body as Uint8Array);
const indexNow = () => readTileIndex(textOf(get("/v2/tiles/index.json").body));
const anchorAt = (height: number) => ({
  height: height as never,
  consensusHash: store.hashed.consensusHashAt(height),
});

describe("a node's tiles", () => {
  test("the index says what there is, with the consensus hash at the end of each tile", () => {
    const index = indexNow();
    expect(index).toEqual({
      network: store.network.id,
      firstBlock: store.network.firstBlock,
      height: store.tip()!.height,
      formats: ["spine", "oplog", "raw"],
      consensusHashes: [store.hashed.consensusHashAt(store.tip()!.height)],
    });
  });

  test("come out at the tip's consensus hash", () => {
    const { firstBlock, height } = indexNow();
    const spineTile = decodeSpineTile(gunzipSync(get(`/v2/tiles/spine/${firstBlock}-${height}.gz`).body as Uint8Array));
    const spine = startSpine(firstBlock);
    for (const hash of spineTile.opsHashes) spine.append(hash);
    expect(verifySpine(anchorAt(height), spine).kind).toBe("proven");
    const logTile = decodeLogTile(gunzipSync(get(`/v2/tiles/oplog/${firstBlock}-${height}.gz`).body as Uint8Array));
    const log = startLog(firstBlock);
    for (const texts of logTile.blocks) log.append(texts);
    expect(verifyLog(anchorAt(height), log).kind).toBe("proven");
  });

  test("the beginning of a tile is held too, for whoever has an older index", () => {
    const { firstBlock } = indexNow();
    const { status, body } = get(`/v2/tiles/spine/${firstBlock}-${firstBlock + 4}.gz`);
    expect([status, decodeSpineTile(gunzipSync(body as Uint8Array)).opsHashes.length]).toEqual([200, 5]);
  });

  test("carry the consensus hash of their last block as ETag, and are for ever once they are settled", () => {
    const { firstBlock, height } = indexNow();
    const early = get(`/v2/tiles/oplog/${firstBlock}-${height - 100}.gz`);
    expect(early.headers).toEqual({
      "content-type": "application/gzip",
      "cache-control": "public, max-age=31536000, immutable",
      etag: `"${store.hashed.consensusHashAt(height - 100)}"`,
    });
    const url = `/v2/tiles/oplog/${firstBlock}-${height - 99}.gz`;
    const late = get(url);
    expect(late.headers?.["cache-control"]).toBe("no-cache");
    const ifNoneMatch = late.headers?.["etag"];
    expect(answerRequest({ method: "GET", url, ifNoneMatch }, apiNode(store)).status).toBe(304);
  });

  test.each([
    ["a format that nobody knows", (first: number) => `/v2/tiles/nonsense/${first}-${first}.gz`, 400],
    ["a name that is none", (first: number) => `/v2/tiles/spine/${first}-${first}`, 400],
    ["a height with a zero before it", (first: number) => `/v2/tiles/spine/0${first}-${first}.gz`, 400],
    ["a start inside of a tile", (first: number) => `/v2/tiles/spine/${first + 1}-${first + 2}.gz`, 404],
    ["a start before the first block", (first: number) => `/v2/tiles/spine/0-${first - 1}.gz`, 404],
    ["an end before the start", (first: number) => `/v2/tiles/spine/${first}-${first - 1}.gz`, 404],
    ["more than a tile", (first: number) => `/v2/tiles/spine/${first}-${first + 2016}.gz`, 404],
    ["blocks that are not there yet", (_: number, tip: number) => `/v2/tiles/spine/${tip}-${tip + 1}.gz`, 404],
  ])("%s is refused", (_, url, status) => {
    expect(get(url(store.network.firstBlock, store.tip()!.height)).status).toBe(status);
  });

  test("a store without blocks has none", () => {
    const empty = NodeStore.open(":memory:", store.network);
    expect(getFrom(empty)("/v2/tiles/index.json").status).toBe(503);
    expect(getFrom(empty)(`/v2/tiles/spine/${store.network.firstBlock}-${store.network.firstBlock}.gz`).status).toBe(
      404,
    );
    empty.close();
  });

  test("another chain of blocks is served under another tag, even of the same name", () => {
    const before = indexNow();
    const url = `/v2/tiles/oplog/${before.firstBlock}-${before.height - 1}.gz`;
    const { headers } = get(url);
    store.rollBack();
    expect(get(url).headers?.["etag"]).toBe(headers?.["etag"]);
    store.rollBack();
    expect(get(url).status).toBe(404);
  });
});

test("an index is read strictly, and may grow", () => {
  const index = indexNow();
  const text = writeTileIndex(index);
  const changed = (changes: Readonly<Record<string, unknown>>) =>
    JSON.stringify({ ...(JSON.parse(text) as object), ...changes });
  expect(readTileIndex(text)).toEqual(index);
  expect(readTileIndex(changed({ formats: ["spine", "later"], more: 1 })).formats).toEqual(["spine"]);
  for (const wrong of [
    { format: "tiles" },
    { version: 2 },
    { version: { toString: false } },
    { tileBlocks: { toString: false } },
    { tileBlocks: 100 },
    { network: "00" },
    { firstBlock: -1 },
    { firstBlock: "1" },
    { height: index.firstBlock - 1 },
    { height: index.height + 2016 },
    { height: 1e300 },
    { consensusHashes: [] },
    { consensusHashes: ["zz".repeat(16)] },
    { consensusHashes: [1] },
    { formats: "spine" },
    { formats: [null] },
  ]) {
    expect(() => readTileIndex(changed(wrong))).toThrow(ParseError);
  }
  for (const nonsense of ["", "[]x", "null", "3", " ".repeat(5_000_000)]) {
    expect(() => readTileIndex(nonsense)).toThrow(ParseError);
  }
});
