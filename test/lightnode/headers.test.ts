import { describe, expect, test } from "vitest";
import { encodeHeaderFile, type HeaderFile, lastHeight } from "../../src/bitcoin/header-file.ts";
import { parseHeader } from "../../src/bitcoin/header.ts";
import { BITCOIN_CHAINS, type BitcoinParameters } from "../../src/bitcoin/parameters.ts";
import { checkedSource } from "../../src/chain/checked-source.ts";
import { type CheckedRun, type Headers, headersOf, knownBlocks, openHeaders } from "../../src/lightnode/headers.ts";
import { syncHeaders } from "../../src/lightnode/sync-headers.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { MinedChain } from "../support/mined-chain.ts";

const bitcoin = BITCOIN_CHAINS.regtest;
const network = { bitcoin, firstBlock: blockHeight(1) };
const quiet = { progress: () => undefined, keep: () => Promise.resolve() };
const sync = (source: MinedChain, held: Headers | null = null, on: BitcoinParameters = bitcoin) =>
  syncHeaders(source, { ...network, bitcoin: on }, held, quiet);

function memory() {
  const runs: CheckedRun[] = [];
  return {
    runs,
    list: () => Promise.resolve(runs),
    remember: (run: CheckedRun) => {
      runs.push(run);
      return Promise.resolve();
    },
  };
}

describe("headers out of a source", () => {
  test("all of them, then what is new, and no more is asked for than that", async () => {
    const source = new MinedChain("a source").mine(30);
    const first = await sync(source);
    expect(first.last.height).toBe(30);
    for (let at = 0; at <= 30; at++) expect(first.hashAt(at)).toBe(source.hashOf(at));
    expect(first.hashAt(31)).toBeNull();
    source.mine(5);
    const kept: Headers[] = [];
    const second = await syncHeaders(source, network, first, {
      progress: () => undefined,
      keep: (headers) => Promise.resolve(void kept.push(headers)),
    });
    expect(second.last).toMatchObject({ height: 35, hash: source.hashOf(35) });
    expect(kept.at(-1)).toBe(second);
    expect((await sync(source, second)).file).toEqual(second.file);
  });

  test("a reorganisation is followed, a chain with less work is not", async () => {
    const source = new MinedChain("a source").mine(30);
    const held = await sync(source);
    const longer = source.copy("another", 500).cutTo(20).mine(12);
    const followed = await sync(longer, held);
    expect(followed.last).toMatchObject({ height: 32, hash: longer.hashOf(32) });
    const shorter = source.copy("a third", 900).cutTo(20).mine(5);
    await expect(sync(shorter, held)).rejects.toMatchObject({ kind: "refuted", rule: "less-work" });
    await expect(sync(source.copy("behind", 1).cutTo(25), held)).rejects.toMatchObject({ rule: "less-work" });
  });

  test("from a checkpoint, which proves the headers before it", async () => {
    const source = new MinedChain("a source").mine(40);
    const checkpoint = { height: 25, hash: source.hashOf(25)! };
    const known = { ...bitcoin, checkpoint };
    const headers = await syncHeaders(source, { bitcoin: known, firstBlock: blockHeight(30) }, null, quiet);
    expect(headers.file.first).toBe(0); // the checkpoint's period starts there
    const other = source.copy("another", 700).cutTo(20).mine(30);
    const refused = syncHeaders(other, { bitcoin: known, firstBlock: blockHeight(30) }, null, quiet);
    await expect(refused).rejects.toMatchObject({ kind: "refuted", rule: "wrong-chain" });
    const behind = syncHeaders(
      source.copy("early", 1).cutTo(24),
      { bitcoin: known, firstBlock: blockHeight(30) },
      null,
      quiet,
    );
    await expect(behind).rejects.toMatchObject({ kind: "machine", rule: "source-behind" });
  });

  test("a header that cannot be: refuted with the fault", async () => {
    const source = new MinedChain("a source").mine(10);
    const harder = { ...bitcoin, easiestBits: 0x1f00_0000 };
    await expect(sync(source, null, harder)).rejects.toMatchObject({ kind: "refuted", rule: "target-out-of-range" });
    const odd = new MinedChain("odd").mine(10);
    odd.headers = () => Promise.resolve([new Uint8Array(79)]);
    await expect(sync(odd)).rejects.toMatchObject({ kind: "refuted", rule: "not-a-header" });
    const unlinked = new MinedChain("unlinked").mine(10);
    unlinked.blocks[5] = new MinedChain("x", 77).mine(5).blocks[5]!;
    await expect(sync(unlinked)).rejects.toMatchObject({ kind: "refuted", rule: "not-linked" });
  });
});

describe("headers in a file", () => {
  const source = new MinedChain("a source").mine(50);
  const opened = async (file: HeaderFile, remembered = memory()) =>
    openHeaders(encodeHeaderFile(file), "headers.bin", bitcoin, remembered, () => undefined);

  test("are checked once; what grew is checked from where it ended", async () => {
    const remembered = memory();
    const { file } = await sync(source);
    const early = { ...file, headers: file.headers.slice(0, 31 * 80) };
    expect((await opened(early, remembered)).last.height).toBe(30);
    expect(remembered.runs.map(({ height }) => height)).toEqual([30]);
    await opened(early, remembered);
    expect(remembered.runs).toHaveLength(1);
    await opened(file, remembered);
    expect(remembered.runs.map(({ height }) => height)).toEqual([30, 50]);
  });

  test("what is remembered of one file makes no other one right", async () => {
    const remembered = memory();
    const { file } = await sync(source);
    await opened(file, remembered);
    for (const height of [10, 49]) {
      const headers = file.headers.slice();
      headers[height * 80 + 40] = (headers[height * 80 + 40] ?? 0) ^ 1;
      await expect(opened({ ...file, headers }, remembered)).rejects.toMatchObject({ kind: "refuted" });
    }
    expect(remembered.runs).toHaveLength(1);
    expect(lastHeight(file)).toBe(50);
  });

  test("another kind of file is refused", async () => {
    const none = openHeaders(new Uint8Array(200), "x", bitcoin, memory(), () => undefined);
    await expect(none).rejects.toMatchObject({ kind: "refuted", rule: "not-headers" });
  });

  test("spare a source that is checked the headers below", async () => {
    const known = knownBlocks(headersOf((await sync(source)).file));
    const asked = source.copy("again", 1);
    const checked = checkedSource(asked, bitcoin, 1, known);
    expect(await checked.blockHashAt(blockHeight(48))).toBe(parseHeader(source.blocks[48]!).hash);
    const forked = source.copy("forked", 5).cutTo(47).mine(3);
    const other = checkedSource(forked, bitcoin, 1, known);
    expect(await other.blockHashAt(blockHeight(48))).toBe(forked.hashOf(48));
  });
});
