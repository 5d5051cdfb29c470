import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { BskError, ParseError } from "../../src/errors.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { Name } from "../../src/primitives/name.ts";
import { bnsMachine, preflight } from "../../src/rules/machine.ts";
import { parseSnapshot } from "../../src/rules/snapshot-codec.ts";
import { questionOf, snapshotView, takeSnapshot } from "../../src/rules/snapshot.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { candidateBlock, replay } from "../support/replay.ts";
import { readReplayVector, replayVectors } from "../support/vectors.ts";

const SCENARIOS = replayVectors("scenarios");

describe("a snapshot, sent as JSON,", () => {
  test.each(SCENARIOS)("answers as the whole state does: $vector", async ({ path }) => {
    const content = readReplayVector(path);
    const file = await readReplayFile(path);
    const { network, announcers, allocation } = file;
    const store = new MemoryStore(network);
    const machine = bnsMachine(network, announcers, allocation);
    const last = content.expected.at(-1)!.height;
    for (let height = network.firstBlock; height <= last; height++) {
      const block = await candidateBlock(file, machine, height);
      for (const candidate of block.candidates) {
        const op = machine.parse(candidate, block.height);
        if (op === null) continue;
        const question = questionOf(op, announcers);
        const snapshot = takeSnapshot(store.view, blockHeight(height - 1), question, network);
        const received = parseSnapshot(JSON.parse(JSON.stringify(snapshot)), network);
        expect(received).toEqual(snapshot);
        expect(preflight(op, block.height, snapshotView(received), network, announcers)).toEqual(
          preflight(op, block.height, store.view, network, announcers),
        );
      }
      appendBlock(machine, store, block, network.firstBlock);
    }
  });
});

describe("a snapshot is refused", () => {
  async function taken() {
    const { path } = SCENARIOS.find(({ vector }) => vector === "basic_epoch3")!;
    const file = await readReplayFile(path);
    const store = new MemoryStore(file.network);
    const last = readReplayVector(path).expected.at(-1)!.height;
    for await (const block of replay(file, store, last)) expect(block.height).toBeLessThanOrEqual(last);
    const [record] = store.view.allNames();
    const question = { names: [record!.name], namespaces: [], preorderHashes: [], owners: [], nameHashes: [] };
    return { snapshot: takeSnapshot(store.view, blockHeight(last), question, file.network), file, record: record! };
  }

  test("with an unknown, a missing or a malformed field", async () => {
    const { snapshot, file } = await taken();
    const { height, ...without } = snapshot;
    expect(() => parseSnapshot(snapshot, file.network)).not.toThrow();
    for (const wrong of [
      { ...snapshot, extra: 1 },
      without,
      { ...snapshot, height: height + 0.5 },
      { ...snapshot, names: snapshot.names.map((record) => ({ ...record, name: "UPPER.case" })) },
      { ...snapshot, names: snapshot.names.map((record) => ({ ...record, address: "1111111111111111111114oLvT2" })) },
      { ...snapshot, networkId: "00".repeat(32) },
      null,
    ]) {
      expect(() => parseSnapshot(wrong, file.network)).toThrow(ParseError);
    }
  });

  test("when it is asked what it was not taken for", async () => {
    const { snapshot, record } = await taken();
    const view = snapshotView(snapshot);
    expect(view.name(record.name)).toEqual(record);
    expect(() => view.name("other.test" as Name)).toThrow(BskError);
    expect(() => view.namesOf(record.sender)).toThrow(BskError);
  });
});
