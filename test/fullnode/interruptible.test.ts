import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import type { BlockSource } from "../../src/chain/source.ts";
import { Interrupted, interruptible } from "../../src/fullnode/interruptible.ts";
import { blockHeight } from "../../src/primitives/units.ts";

const silent = new Promise<never>(() => undefined);
const source = {
  description: "a source that never answers",
  tip: () => silent,
  blockHashAt: (height: number) => (height === 0 ? Promise.resolve(null) : silent),
  rawBlock: () => silent,
  spentScripts: () => silent,
} as unknown as BlockSource;

test("any number of questions wait on one listener, and all are let go of at the signal", async () => {
  const stopping = new AbortController();
  const asked = interruptible(source, stopping.signal);
  const answers = Array.from({ length: 50 }, (_, i) => asked.blockHashAt(blockHeight(i + 1)));
  expect(getEventListeners(stopping.signal, "abort")).toHaveLength(1);
  expect(await asked.blockHashAt(blockHeight(0))).toBeNull();
  stopping.abort();
  for (const answer of answers) await expect(answer).rejects.toThrow(Interrupted);
  await expect(asked.tip()).rejects.toThrow(Interrupted);
});
