import { expect, test } from "vitest";
import { parseHashedRecord } from "../../src/ops/hashed-record.ts";
import { datedHeight } from "../../src/verify/self-dated.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { replayVectors } from "../support/vectors.ts";

const chains = replayVectors("scenarios", "fuzz", "integration").map(({ path }) => replayedChain(path));
const operations = chains.flatMap((chain) =>
  Array.from({ length: chain.tip - chain.firstBlock + 1 }, (_, i) => chain.firstBlock + i).flatMap((height) =>
    chain.operationsAt(height).map((text) => ({ height, record: parseHashedRecord(text) })),
  ),
);

test("whatever dates itself stands in the block that it says, on every chain of the original", () => {
  const wrong = operations.filter(({ height, record }) => ![null, height].includes(datedHeight(record)));
  expect(wrong).toEqual([]);
});

test("which records date themselves", () => {
  const letters = (dated: boolean) =>
    [
      ...new Set(
        operations.filter(({ record }) => (datedHeight(record) !== null) === dated).map((each) => each.record.letter),
      ),
    ]
      .sort()
      .join("");
  expect(letters(true)).toBe("!$&*:?");
  expect(letters(false)).toBe("+;>~");
});

test("an import does not: imported again, a name says the height of the first time", () => {
  const imports = operations.flatMap(({ height, record }) => (record.letter === ";" ? [{ height, record }] : []));
  expect(imports.some(({ height, record }) => record.firstRegistered !== height)).toBe(true);
});
