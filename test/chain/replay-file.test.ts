import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { blockHash, txid } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { replayVectors } from "../support/vectors.ts";

const directory = mkdtempSync(join(tmpdir(), "bsk-replay-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const { path: PATH } = replayVectors("scenarios").find(({ vector }) => vector === "mainnet_epoch1_to_2")!;
const CONTENT = JSON.parse(gunzipSync(readFileSync(PATH)).toString()) as {
  config: Record<string, unknown>;
  blocks: { height: number; hash: string; raw: string }[];
};

function written(name: string, content: unknown, packed = false): string {
  const path = join(directory, name);
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(path, packed ? gzipSync(text) : text);
  return path;
}

describe("a replay file", () => {
  test("gives the network of its config and its blocks, packed or not", async () => {
    for (const packed of [true, false]) {
      const { network, announcers, source } = await readReplayFile(
        written(`packed-${String(packed)}`, CONTENT, packed),
      );
      expect(network).toMatchObject({ chain: "bitcoin", magic: "id", firstBlock: 436_620, importKeyringSize: 300 });
      expect(network.epochs.map(({ number, endBlock }) => [number, endBlock])).toEqual([
        [1, 436_650],
        [2, 488_500],
        [3, 547_921],
        [4, null],
      ]);
      expect(network.epochs[2]?.features).toContain("NAMESPACE_BURN_TO_CREATOR");
      expect(announcers).toEqual(["judecn.id", "muneeb.id", "shea256.id"]);
      const tip = await source.tip();
      expect(tip.height).toBe(CONTENT.blocks.at(-1)!.height);
      expect(await source.blockHashAt(tip.height)).toBe(tip.hash);
      expect(await source.blockHashAt(blockHeight(tip.height + 1))).toBeNull();
    }
  });

  test("has no block and no output that it does not hold", async () => {
    const { source } = await readReplayFile(PATH);
    const unknown = blockHash("00".repeat(32));
    await expect(source.rawBlock(unknown)).rejects.toMatchObject({ kind: "machine" });
    const outpoint = { txid: txid("00".repeat(32)), index: 0 };
    await expect(source.spentScripts(unknown, [outpoint])).rejects.toMatchObject({ kind: "machine" });
  });

  const [block] = CONTENT.blocks;
  test.each([
    ["is no JSON", "{"],
    ["lacks its config", { blocks: CONTENT.blocks }],
    ["has no blocks", { ...CONTENT, blocks: [] }],
    ["has a config without genesis hashes", { ...CONTENT, config: { ...CONTENT.config, initialSnapshots: {} } }],
    ["has a block that hashes to something else", { ...CONTENT, blocks: [{ ...block, hash: "00".repeat(32) }] }],
    ["has a block that is no hex", { ...CONTENT, blocks: [{ ...block, raw: "xy" }] }],
  ])("is refused if it %s", async (why, content) => {
    await expect(readReplayFile(written(why, content))).rejects.toMatchObject({ kind: "usage" });
  });

  test("that is not there is the machine's fault", async () => {
    await expect(readReplayFile(join(directory, "none"))).rejects.toMatchObject({ kind: "machine" });
  });
});
