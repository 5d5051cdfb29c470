import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { walkTransactions } from "../../src/bitcoin/block.ts";
import { decidingNulldata } from "../../src/bitcoin/script.ts";
import { isCoinbase, parseTransactionAt, transactionId } from "../../src/bitcoin/transaction.ts";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { OPCODES } from "../../src/ops/opcode.ts";
import { splitNulldata } from "../../src/ops/payload.ts";
import { concat, fromHex, fromLatin1, indexOfBytes } from "../../src/primitives/bytes.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { findCandidates, type FoundCandidate, spentOutpoints } from "../../src/virtualchain/candidates.ts";
import { rawBlockOf, spending } from "../support/raw-block.ts";
import { bufferSearch } from "../support/replay.ts";
import { replayVectors } from "../support/vectors.ts";

const MAGIC = fromLatin1("id");

/** The slow way: parse every transaction. */
function parseEverything(block: Uint8Array, magic: Uint8Array): FoundCandidate[] {
  const found: FoundCandidate[] = [];
  walkTransactions(block, (vtxindex, start) => {
    const { transaction } = parseTransactionAt(block, start);
    const data = decidingNulldata(transaction.outputs.map(({ script }) => script));
    const split = data === null ? null : splitNulldata(data, magic, OPCODES);
    if (split !== null && !isCoinbase(transaction)) {
      found.push({ txid: transactionId(transaction), vtxindex, transaction, ...split });
    }
    return true;
  });
  return found;
}

describe("searching for bytes first finds what parsing everything finds", () => {
  const vectors = replayVectors("scenarios", "fuzz").filter(({ vector }) =>
    /op_return|small_0|kinds|malformed/u.test(vector),
  );

  test.each(vectors)("in $vector", async ({ path }) => {
    const { network, source } = await readReplayFile(path);
    const magic = fromLatin1(network.magic);
    let candidates = 0;
    for (let height: number = (await source.tip()).height; ; height--) {
      const hash = await source.blockHashAt(blockHeight(height));
      if (hash === null) break;
      const raw = await source.rawBlock(hash);
      const slow = parseEverything(raw, magic);
      expect(findCandidates(raw, magic, OPCODES, bufferSearch)).toEqual(slow);
      expect(findCandidates(raw, magic, OPCODES, indexOfBytes)).toEqual(slow);
      candidates += slow.length;
    }
    expect(candidates).toBeGreaterThan(0);
  });

  test("in blocks full of misleading bytes", () => {
    const part = fc.constantFrom(
      "6a",
      "6964",
      "69643a",
      "69642b",
      "0000",
      "4c",
      "4d",
      "4e",
      "03",
      "05",
      "7b",
      "696964",
    );
    const whole = fc.constantFrom("6a0369643a", "6a4c0369642b", "6a0669643a69643a").map(fromHex);
    const script = fc.array(part, { maxLength: 6 }).map((parts) => fromHex(parts.join("")));
    const outputs = fc.array(fc.oneof(script, whole), { minLength: 1, maxLength: 3 });
    const transaction = fc.tuple(outputs, script).map(([scripts, sig]) =>
      spending(
        scripts.map((bytes) => ({ value: 1n, script: bytes })),
        [sig],
      ),
    );
    let candidates = 0;
    fc.assert(
      fc.property(fc.array(transaction, { maxLength: 5 }), (transactions) => {
        const raw = rawBlockOf(transactions);
        const found = findCandidates(raw, MAGIC, OPCODES, indexOfBytes);
        expect(found).toEqual(parseEverything(raw, MAGIC));
        candidates += found.length;
      }),
      { numRuns: 2000, seed: 7 },
    );
    expect(candidates).toBeGreaterThan(100);
  });
});

test.each([
  ["direct", "6a03"],
  ["OP_PUSHDATA1", "6a4c03"],
  ["OP_PUSHDATA2", "6a4d0300"],
  ["OP_PUSHDATA4", "6a4e03000000"],
])("the %s push is found", (_form, head) => {
  const raw = rawBlockOf([spending([{ value: 0n, script: concat(fromHex(head), fromLatin1("id+")) }])]);
  const [found] = findCandidates(raw, MAGIC, OPCODES, bufferSearch);
  expect(found).toMatchObject({ vtxindex: 1, opcode: 0x2b, payload: new Uint8Array() });
  expect(spentOutpoints(found!)).toEqual([{ txid: "01".repeat(32), index: 0 }]);
});
