import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import type { NameRecord } from "../../src/ops/record.ts";
import { nameHashOf } from "../../src/primitives/name.ts";
import type { MemoryView } from "../../src/rules/memory-view.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { replay } from "../support/replay.ts";
import { readReplayVector, replayVectors } from "../support/vectors.ts";

/** Everything that a view can tell of its names, preorders and namespaces. */
function everything(view: MemoryView) {
  const names = [...view.allNames()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const answers = (record: NameRecord) => [
    view.namesOf(record.sender).length,
    view.namesByHash(nameHashOf(record.name)),
    record.preorderHash === null ? null : view.namesByPreorderHash(record.preorderHash).length,
  ];
  const namespaces = view.allNamespaces();
  return {
    names,
    answers: names.map(answers),
    namespaces,
    keys: namespaces.map(({ namespaceId }) => view.importKeys(namespaceId)),
    accounts: [...view.accountStates()],
    preorders: [...view.allPreorders()].sort((a, b) => (a.txid < b.txid ? -1 : 1)),
  };
}

const VECTORS = replayVectors("scenarios").filter(({ vector }) =>
  /imports|revoke|transfer|competing|reveal|epoch4/u.test(vector),
);

describe("taking blocks back", () => {
  test.each(VECTORS)("leaves each earlier state as it was: $vector", async ({ path }) => {
    const content = readReplayVector(path);
    const file = await readReplayFile(path);
    const store = new MemoryStore(file.network);
    const last = content.expected.at(-1)!.height;
    const states = [everything(store.view)];
    const hashes: string[] = [];
    for await (const block of replay(file, store, last)) {
      hashes.push(block.consensusHash);
      states.push(everything(store.view));
    }
    const half = Math.floor(hashes.length / 2);
    for (let at = hashes.length; at > half; at--) {
      expect(everything(store.view)).toEqual(states[at]);
      store.rollBack();
    }
    const again: string[] = [];
    for await (const block of replay(file, store, last, file.network.firstBlock + half))
      again.push(block.consensusHash);
    expect(again).toEqual(hashes.slice(half));
    expect(everything(store.view)).toEqual(states.at(-1));
    for (let at = hashes.length; at > 0; at--) store.rollBack();
    expect(everything(store.view)).toEqual(states[0]);
  });
});
