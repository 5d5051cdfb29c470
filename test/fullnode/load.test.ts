import { expect, test } from "vitest";
import { parseHeader } from "../../src/bitcoin/header.ts";
import { loadBlocks } from "../../src/fullnode/load.ts";
import { OPCODES } from "../../src/ops/opcode.ts";
import { fromLatin1 } from "../../src/primitives/bytes.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { BlockSource } from "../../src/chain/source.ts";
import { rawBlockOf, spending } from "../support/raw-block.ts";

const MARKS = { magic: fromLatin1("id"), opcodes: OPCODES };

/** The most blocks that were fetched and not taken yet, of a run over so many blocks of one size; `warmUp` do not count. */
async function mostAhead(bytes: number, blocks: number, warmUp: number): Promise<number> {
  const raw = rawBlockOf([spending([{ value: 1n, script: new Uint8Array(bytes) }])]);
  const { hash } = parseHeader(raw);
  let asked = 0;
  let taken = 0;
  let most = 0;
  const source: BlockSource = {
    description: "blocks of one size",
    tip: () => Promise.resolve({ height: blockHeight(blocks), hash }),
    blockHashAt: () => Promise.resolve(hash),
    rawBlock: () => {
      asked += 1;
      if (taken >= warmUp) most = Math.max(most, asked - taken);
      return Promise.resolve(raw);
    },
    spentScripts: () => Promise.resolve([]),
  };
  for await (const { height } of loadBlocks(source, MARKS, 1, blocks)) {
    taken += 1;
    expect(height).toBe(taken);
  }
  expect([taken, asked]).toEqual([blocks, blocks]);
  return most;
}

test("small blocks are fetched a dozen ahead, large ones fewer, and one in any case", async () => {
  expect(await mostAhead(10, 60, 0)).toBe(12);
  expect(await mostAhead(4_000_000, 40, 14)).toBeLessThanOrEqual(6);
  expect(await mostAhead(4_000_000, 40, 14)).toBeGreaterThan(3);
  expect(await mostAhead(60_000_000, 16, 14)).toBe(1);
});
