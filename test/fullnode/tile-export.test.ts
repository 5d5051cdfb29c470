/** Tiles as files: of a node's database in a directory, grown, killed, and pointed at a place that is another's. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import type { NodeStore } from "../../src/fullnode/store/store.ts";
import { exportTiles } from "../../src/fullnode/tile-export.ts";
import { gzippedTile } from "../../src/fullnode/tiles.ts";
import { consensusHash, networkId } from "../../src/primitives/hash.ts";
import { type Network, networkOf } from "../../src/protocol/network-definition.ts";
import { readTileIndex, tilePath, tileRanges, writeTileIndex } from "../../src/verify/tile-index.ts";
import { addEmptyBlocks, longChain } from "../support/long-chain.ts";

const newDirectory = () => mkdtempSync(join(tmpdir(), "bsk-export-"));
const directory = newDirectory();
let network: Network;
let store: NodeStore;

/** Stops after so many ranges, as a signal does. */
const write = (to: string, ranges = Infinity) =>
  exportTiles({
    network,
    directory,
    to,
    told: (done) => {
      if (done === ranges) throw new BskError("cancelled", "stopped");
    },
  });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error: unknown) => (error instanceof BskError ? `${error.kind} ${error.rule}` : String(error)),
  );
const filesIn = (to: string) =>
  readdirSync(to, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(to, name)).isFile())
    .sort();
const indexIn = (to: string) => readTileIndex(readFileSync(join(to, "index.json"), "utf8"));

/** Everything that the index names is there, and is what the node says. */
function expectWhole(to: string, height: number): void {
  const index = indexIn(to);
  expect([index.network, index.height, index.formats]).toEqual([network.id, height, ["spine", "oplog", "raw"]]);
  for (const [k, range] of tileRanges(index.firstBlock, height).entries()) {
    expect(index.consensusHashes[k]).toBe(store.hashed.consensusHashAt(range.last));
    for (const format of index.formats) {
      const written = gunzipSync(readFileSync(join(to, tilePath(format, range))));
      expect(written.equals(gunzipSync(gzippedTile(store, format, range)))).toBe(true);
    }
  }
}

beforeAll(async () => {
  ({ network, store } = await longChain(directory, 4200));
  return () => store.close();
});

test("everything, while the node has its database open; and nothing again", async () => {
  const to = newDirectory();
  const height = store.tip()!.height;
  expect(await write(to)).toMatchObject({ height, tiles: 9, written: 9 });
  expectWhole(to, height);
  expect(filesIn(to).length).toBe(10);
  const before = filesIn(to).map((name) => [name, statSync(join(to, name)).ino]);
  expect(await write(to)).toMatchObject({ height, tiles: 9, written: 0, bytesWritten: 0 });
  expect(
    filesIn(to)
      .map((name) => [name, statSync(join(to, name)).ino])
      .filter(([name]) => name !== "index.json"),
  ).toEqual(before.filter(([name]) => name !== "index.json"));
});

test("one that was stopped goes on, and what it had written before is usable", async () => {
  const to = newDirectory();
  for (const ranges of [1, 2]) {
    await expect(write(to, ranges)).rejects.toThrow("stopped");
    expectWhole(to, network.firstBlock + ranges * 2016 - 1);
  }
  mkdirSync(join(to, "spine"), { recursive: true });
  writeFileSync(join(to, "spine", "1-2.gz.new"), "half a tile");
  expect(await write(to)).toMatchObject({ tiles: 9, written: 3 });
  expectWhole(to, store.tip()!.height);
  expect(filesIn(to).some((name) => name.endsWith(".new"))).toBe(false);
});

test("a chain that grew: whole tiles stay, the last one is replaced, the one before it stays for who has the old index", async () => {
  const to = newDirectory();
  await write(to);
  const first = store.tip()!.height;
  const wholes = filesIn(to).filter((name) => !name.includes(String(first)) && name !== "index.json");
  const inodes = wholes.map((name) => statSync(join(to, name)).ino);
  for (const more of [10, 20]) {
    addEmptyBlocks(store, first + more);
    expect(await write(to)).toMatchObject({ written: 3, height: first + more });
    expectWhole(to, first + more);
  }
  expect(wholes.map((name) => statSync(join(to, name)).ino)).toEqual(inodes);
  const ends = filesIn(to)
    .filter((name) => name.startsWith("spine/"))
    .map((name) => Number(/-([0-9]+)\.gz/u.exec(name)![1]));
  expect(ends.sort((a, b) => a - b).slice(-2)).toEqual([first + 10, first + 20]);
});

test("a missing file is written again", async () => {
  const to = newDirectory();
  await write(to);
  const path = join(to, tilePath("oplog", tileRanges(network.firstBlock, store.tip()!.height)[0]!));
  rmSync(path);
  expect(await write(to)).toMatchObject({ written: 1 });
  expect(existsSync(path)).toBe(true);
});

describe("a directory that holds something else", () => {
  test("another network is refused", async () => {
    const to = newDirectory();
    await write(to);
    const index = indexIn(to);
    writeFileSync(join(to, "index.json"), writeTileIndex({ ...index, network: networkId("00".repeat(32)) }));
    expect(await failure(write(to))).toBe("usage wrong-network");
  });

  test("another chain below what is settled is refused, and not touched", async () => {
    const to = newDirectory();
    await write(to);
    const index = indexIn(to);
    const [first, ...rest] = index.consensusHashes;
    const other = [consensusHash(`${first!.startsWith("0") ? "1" : "0"}${first!.slice(1)}`), ...rest];
    writeFileSync(join(to, "index.json"), writeTileIndex({ ...index, consensusHashes: other }));
    expect(await failure(write(to))).toBe("refuted other-chain");
    expect(indexIn(to).consensusHashes).toEqual(other);
  });

  test("an index that cannot be read is no index", async () => {
    const to = newDirectory();
    writeFileSync(join(to, "index.json"), "{");
    expect(await write(to)).toMatchObject({ written: 9 });
    expectWhole(to, store.tip()!.height);
  });
});

test("a place that cannot be written, a node that has nothing", async () => {
  expect(await failure(write("/proc/tiles"))).toBe("machine disk-failed");
  expect(await failure(write(join(newDirectory(), "no", "parent")))).toBe("machine disk-failed");
  const nothing = { network, to: newDirectory(), told: () => undefined };
  expect(await failure(exportTiles({ ...nothing, directory: newDirectory() }))).toBe("machine no-database");
  const empty = newDirectory();
  writeFileSync(join(empty, "node.db"), "");
  expect(await failure(exportTiles({ ...nothing, directory: empty, network: networkOf(network) }))).toBe(
    "machine not-indexed",
  );
});

test("a reorg across the end of a tile: the young tile is written again, the settled one stays", async () => {
  const to = newDirectory();
  const { firstBlock } = network;
  addEmptyBlocks(store, firstBlock + 3 * 2016 + 40);
  await write(to);
  const hashes = indexIn(to).consensusHashes;
  // Blocks without operations come to the same hashes on every branch: the index is made to say another one.
  const young = [...hashes.slice(0, 2), consensusHash("ab".repeat(16)), ...hashes.slice(3)];
  writeFileSync(join(to, "index.json"), writeTileIndex({ ...indexIn(to), consensusHashes: young }));
  expect(await write(to)).toMatchObject({ written: 3 });
  expectWhole(to, store.tip()!.height);
});
