/** A pin out of one transaction, on real blocks: under an honest history, and under those that lie about it. */
import { beforeAll, describe, expect, test } from "vitest";
import { readReplayFile, type ReplayFile } from "../../src/chain/replay-file.ts";
import type { NodeStore } from "../../src/fullnode/store/store.ts";
import { gatherEmbedded } from "../../src/lightnode/attest.ts";
import { candidateHistory } from "../../src/lightnode/candidate-history.ts";
import type { EmbeddedHash } from "../../src/lightnode/embedded-hashes.ts";
import { anchorBy, embeddingAt } from "../../src/lightnode/transaction-anchor.ts";
import { consensusHash, txid } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { historyNode, storeOf } from "../support/history-node.ts";
import { silenced } from "../support/served-history.ts";
import { vectorFiles } from "../support/vector.ts";

let replay: ReplayFile;
let honest: NodeStore;
let gathered: readonly EmbeddedHash[];
/** Operations that the network accepted, by opcode. */
let accepted: ReadonlyMap<string, EmbeddedHash>;
let ignored: EmbeddedHash;
const opcodeOf = (store: NodeStore) =>
  new Map(store.rows("operations").map((row) => [String(row["txid"]), String(row["opcode"])]));

const historyTo = async (store: NodeStore, height: number, from = replay.network.firstBlock) => {
  const history = await candidateHistory(historyNode(store), replay.network, from, blockHeight(height));
  if (history.kind !== "proven") throw new Error(JSON.stringify(history));
  return history.value;
};
const anchored = async (operation: EmbeddedHash, store = honest, from?: number) =>
  anchorBy(operation, await historyTo(store, operation.height, from), replay.source, replay.network);

beforeAll(async () => {
  replay = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e4")!.path);
  honest = await storeOf(replay);
  const { firstBlock } = replay.network;
  const tip = honest.tip()!.height;
  gathered = await gatherEmbedded(replay.source, replay.network, { from: firstBlock, to: tip }, () => undefined);
  const opcodes = opcodeOf(honest);
  const late = gathered.filter(({ height }) => height > firstBlock + 40);
  accepted = new Map(late.filter(({ txid: id }) => opcodes.has(id)).map((each) => [each.kind, each]));
  ignored = late.find(({ txid: id }) => !opcodes.has(id))!;
});

describe("an accepted operation", () => {
  test("gives the pair that its sender saw, whatever its kind", async () => {
    expect([...accepted.keys()]).toEqual(
      expect.arrayContaining(["NAME_PREORDER", "NAMESPACE_PREORDER", "NAME_UPDATE", "NAME_TRANSFER"]),
    );
    for (const operation of accepted.values()) {
      const { pin, acceptedBy } = await anchored(operation);
      expect(pin.consensusHash).toBe(honest.consensusHashAt(pin.height));
      expect(operation.height - pin.height).toBeLessThanOrEqual(replay.network.consensusHashWindow);
      expect(acceptedBy.height).toBe(operation.height);
      if (operation.says.kind === "hash") expect(pin.consensusHash).toBe(operation.says.hash);
    }
  });

  test("also by a history that does not go down to the first block", async () => {
    const operation = accepted.get("NAME_PREORDER")!;
    const { pin } = await anchored(operation);
    const short = await anchored(operation, honest, pin.height - 20);
    expect(short.pin).toEqual(pin);
  });

  test("is found by its id or its index, and by nothing else", async () => {
    const operation = accepted.get("NAME_TRANSFER")!;
    const { height, vtxindex: index } = operation;
    const at = (which: Parameters<typeof embeddingAt>[1]["which"], place = height) =>
      embeddingAt(replay.source, { height: place, which }, replay.network);
    expect(await at({ txid: operation.txid })).toEqual(operation);
    expect(await at({ index })).toEqual(operation);
    const nothing = { kind: "usage", rule: "no-embedded-hash" };
    await expect(at({ index: 0 })).rejects.toMatchObject(nothing);
    await expect(at({ txid: txid("00".repeat(32)) })).rejects.toMatchObject(nothing);
    await expect(at({ txid: operation.txid }, blockHeight(height - 1))).rejects.toMatchObject(nothing);
    await expect(at({ index }, blockHeight(99_999))).rejects.toMatchObject(nothing);
  });
});

describe("what is no anchor", () => {
  test("an operation that the history ignored", async () => {
    await expect(anchored(ignored)).rejects.toMatchObject({ kind: "refuted", rule: "anchor-not-accepted" });
  });

  test("one of a history that left operations out", async () => {
    const operation = accepted.get("NAME_PREORDER")!;
    const from = operation.height;
    const liar = await storeOf({ ...replay, source: silenced(replay.source, from, replay.network.magic) });
    await expect(anchored(operation, liar)).rejects.toMatchObject({ rule: "anchor-not-accepted" });
  });

  test("one with a hash that the history does not have where it may stand", async () => {
    const operation = accepted.get("NAME_PREORDER")!;
    const other = { ...operation, says: { kind: "hash", hash: consensusHash("00".repeat(16)) } } as const;
    const rule = { kind: "refuted", rule: "anchor-other-history" };
    await expect(anchored(other)).rejects.toMatchObject(rule);
    const old = honest.consensusHashAt(operation.height - replay.network.consensusHashWindow - 1)!;
    await expect(anchored({ ...other, says: { kind: "hash", hash: old } })).rejects.toMatchObject(rule);
  });

  test("one whose height nothing fixes", async () => {
    const busy = gathered.find(({ txid: id, height }) => {
      const before = honest.hashed.operationsAt(height - 1).length;
      return before === 0 && [...accepted.values()].some((each) => each.txid === id);
    });
    const operation = busy ?? accepted.get("NAME_PREORDER")!;
    const history = await historyTo(honest, operation.height, operation.height - 24);
    const silent = {
      ...history,
      recordsAt: (at: number) => (at === operation.height ? history.recordsAt(at) : NOTHING),
    };
    await expect(anchorBy(operation, silent, replay.source, replay.network)).rejects.toMatchObject({
      kind: "unproven",
      rule: "anchor-height-unproven",
    });
  });

  const NOTHING = Promise.resolve({ kind: "proven", value: [] } as const);
});
