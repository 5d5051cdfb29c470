/** Chains that the original indexed: every hash and every accepted operation, block by block. */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { replay } from "../support/replay.ts";

const ROOT = new URL("../vectors/replay/", import.meta.url);
const FILES = ["scenarios", "fuzz", "integration"].flatMap((group) =>
  readdirSync(new URL(`${group}/`, ROOT)).map((file) => ({ group, file, vector: file.replace(/\.json\.gz$/u, "") })),
);

interface Expected {
  readonly height: number;
  readonly opsHash: string;
  readonly consensusHash: string;
  readonly accepted: readonly { txid: string; vtxindex: number; opcode: string; serialized?: string }[];
}

interface Config {
  readonly epochs: readonly { readonly epoch: number; readonly endBlock: number }[];
}

const endOfEpoch3 = ({ epochs }: Config): number => epochs.find(({ epoch }) => epoch === 3)!.endBlock;

function readVector(group: string, file: string) {
  const text = gunzipSync(readFileSync(new URL(`${group}/${file}`, ROOT))).toString();
  return JSON.parse(text) as { config: Config; expected: Expected[] };
}

/** Vectors whose blocks run into the epochs that are paid in tokens. */
const UNCOVERED = new URL("not-covered-beyond-epoch-3.json", ROOT);

describe("replay", () => {
  test.each(FILES)("$group/$vector", async ({ group, file }) => {
    const { config, expected } = readVector(group, file);
    const end = endOfEpoch3(config);
    const covered = expected.filter(({ height }) => height <= end);
    const opened = await readReplayFile(new URL(`${group}/${file}`, ROOT).pathname);
    const store = new MemoryStore(opened.network);
    const blocks = replay(opened, store, covered.at(-1)?.height ?? 0);
    let at = 0;
    for await (const block of blocks) {
      const due = covered[at++]!;
      expect({
        height: block.height,
        accepted: block.accepted.map(({ txid, vtxindex, accepted, canonical }) => ({
          txid,
          vtxindex,
          opcode: accepted.kind,
          serialized: canonical ?? undefined,
        })),
        opsHash: block.opsHash,
        consensusHash: block.consensusHash,
      }).toEqual({
        height: due.height,
        accepted: due.accepted.map(({ txid, vtxindex, opcode, serialized }) => ({
          txid,
          vtxindex,
          opcode,
          serialized,
        })),
        opsHash: due.opsHash,
        consensusHash: due.consensusHash,
      });
    }
    expect(at).toBe(covered.length);
  });

  test("the list of vectors not covered beyond epoch 3 is what it should be", () => {
    const beyond = FILES.filter(({ group, file }) => {
      const { config, expected } = readVector(group, file);
      return expected.at(-1)!.height > endOfEpoch3(config);
    });
    expect(beyond.map(({ vector }) => vector).sort()).toEqual(JSON.parse(readFileSync(UNCOVERED, "utf8")));
  });
});
