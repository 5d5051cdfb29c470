/** Taking blocks back leaves what was there before them, row by row, at every height of a chain. */
import { env } from "node:process";
import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { digestOfAll } from "../support/indexed.ts";
import { vectorFiles } from "../support/vector.ts";

/** `BSK_LONG=1` takes all of them. */
const vectors = vectorFiles().filter((_, i) => env["BSK_LONG"] === "1" || i % 5 === 0);

describe("rolled back block by block, then indexed again", () => {
  test.each(vectors)("$name", async (vector) => {
    const file = await readReplayFile(vector.path);
    const store = NodeStore.open(":memory:", file.network);
    const digests = [digestOfAll(store)];
    for await (const _ of replayFile(file, store)) digests.push(digestOfAll(store));
    expect(new Set(digests).size).toBe(digests.length);

    for (const digest of digests.slice(0, -1).reverse()) {
      store.rollBack();
      expect(digestOfAll(store)).toBe(digest);
    }
    expect(store.tip()).toBeNull();
    expect(() => {
      store.rollBack();
    }).toThrow(/nothing to roll back/u);

    for await (const _ of replayFile(file, store));
    expect(digestOfAll(store)).toBe(digests.at(-1));
    store.close();
  });
});
