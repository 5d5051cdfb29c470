/** Chains of the original, read from block files: scanned in this thread; what threads add is in test/process. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { BlockFiles } from "../../src/chain/block-files/block-files.ts";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import { blockFileSource } from "../../src/fullnode/block-file-source.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { fromHex } from "../../src/primitives/bytes.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { BlockDirectoryWriter, type StoredBlock } from "../support/block-directory.ts";
import { freshStore } from "../support/indexed.ts";
import { chainOf } from "../support/linked-chain.ts";
import { vectorFiles } from "../support/vector.ts";

const root = mkdtempSync(join(tmpdir(), "bsk-test-block-file-source-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const KEY = fromHex("a1b2c3d4e5f60718");
const bitcoin = BITCOIN_CHAINS.regtest;
const [vector] = vectorFiles().filter(({ name }) => name.includes("fuzz_e3"));

let file: ReplayFile;
let chain: StoredBlock[];
let directories = 0;
beforeAll(async () => {
  file = await readReplayFile(vector!.path);
  chain = await chainOf(file);
});

function write(key: Uint8Array | null = KEY): BlockDirectoryWriter {
  const written = new BlockDirectoryWriter(join(root, String(directories++)), key);
  const half = chain.length >> 1;
  written.add(0, chain.slice(0, half).toReversed());
  written.add(1, chain.slice(half));
  return written;
}

const source = ({ path }: BlockDirectoryWriter, checkMerkle = false) =>
  blockFileSource({ files: new BlockFiles({ path, bitcoin }), threads: 0, checkMerkle });

describe("a chain of the original", () => {
  test("gives the same operations and hashes as its replay file", async () => {
    const replayed = NodeStore.open(":memory:", file.network);
    for await (const _ of replayFile(file, replayed));
    for (const checkMerkle of [false, true]) {
      const store = await freshStore(source(write(), checkMerkle), file.network);
      expect(store.tip()?.height).toBe(chain.length - 1);
      expect(store.rows("operations").length).toBeGreaterThan(50);
      expect(store.rows("operations")).toEqual(replayed.rows("operations"));
      expect(store.queries.tip()?.consensusHash).toBe(replayed.queries.tip()?.consensusHash);
      store.close();
    }
    replayed.close();
  });
});

describe("a flipped bit", () => {
  /** Heights of a block with candidates and of one without. */
  async function heights(written: BlockDirectoryWriter): Promise<{ readonly busy: number; readonly quiet: number }> {
    const { magic, opcodes } = bnsMachine(file.network);
    const found = { busy: -1, quiet: -1 };
    const { firstBlock } = file.network;
    for await (const { height, candidates } of source(written).scan!(
      { magic, opcodes },
      firstBlock,
      chain.length - 2,
    )) {
      if (candidates.length > 0) found.busy = height;
      else found.quiet = height;
    }
    return found;
  }

  /** Flips a bit near the end of a block: in the lock time of its last transaction. */
  function damage(written: BlockDirectoryWriter, height: number): void {
    const half = chain.length >> 1;
    const sizes = chain.slice(half, height + 1).map(({ raw }) => raw.length + 8);
    const path = written.file("blk", 1);
    const bytes = readFileSync(path);
    const at = sizes.reduce((sum, size) => sum + size, 0) - 2;
    bytes[at] = bytes[at]! ^ 0x10;
    writeFileSync(path, bytes);
  }

  test("in a block with operations is found, and said where", async () => {
    const written = write(null);
    const { busy } = await heights(written);
    damage(written, busy);
    await expect(freshStore(source(written), file.network)).rejects.toMatchObject({
      kind: "refuted",
      rule: "merkle-root",
      message: expect.stringMatching(new RegExp(`block ${busy} .* of block file 1`)),
    });
  });

  test("in another block is found where all blocks are checked", async () => {
    const written = write(null);
    const { quiet } = await heights(written);
    damage(written, quiet);
    const store = await freshStore(source(written), file.network);
    expect(store.tip()?.height).toBe(chain.length - 1);
    store.close();
    await expect(freshStore(source(written, true), file.network)).rejects.toMatchObject({
      kind: "refuted",
      rule: "merkle-root",
    });
  });
});
