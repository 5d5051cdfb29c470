/** Replay of files that are not in order; of those that are, see the tables and answers. */
import { expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { TestChain } from "../support/test-chain.ts";
import { vectorFiles } from "../support/vector.ts";

test("a file whose blocks do not follow each other is refused at the first that does not", async () => {
  const file = await readReplayFile(vectorFiles()[0]!.path);
  const chain = await TestChain.of(file);
  const honest = chain.blockHashAt.bind(chain);
  chain.blockHashAt = (height) => honest(height === chain.firstBlock + 5 ? height + 1 : height);
  const store = NodeStore.open(":memory:", file.network);
  await expect(
    (async () => {
      for await (const _ of replayFile({ ...file, source: chain }, store));
    })(),
  ).rejects.toMatchObject({ kind: "refuted" });
  expect(store.tip()?.height).toBe(chain.firstBlock + 4);
  store.close();
});
