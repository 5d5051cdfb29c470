/** Histories tallied by real blocks: an honest node's, one that left operations out, and ones that were spoilt. */
import { beforeAll, describe, expect, test } from "vitest";
import { readReplayFile, type ReplayFile } from "../../src/chain/replay-file.ts";
import type { NodeStore } from "../../src/fullnode/store/store.ts";
import { attest, gatherEmbedded } from "../../src/lightnode/attest.ts";
import { type CandidateHistory, candidateHistory } from "../../src/lightnode/candidate-history.ts";
import type { EmbeddedHash } from "../../src/lightnode/embedded-hashes.ts";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import { judgeTally, readEmbedded, tallyAt, type Threshold } from "../../src/lightnode/tally.ts";
import { consensusHash, opsHash, txid } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { proveStretch } from "../../src/verify/reach.ts";
import { INFO } from "../support/fake-node.ts";
import { historyNode, storeOf } from "../support/history-node.ts";
import { silenced } from "../support/served-history.ts";
import { vectorFiles } from "../support/vector.ts";

const LOW: Threshold = { leastOperations: 3, leastSenders: 2, leastBurnt: 1 };

describe.each(["fuzz/fuzz_e3", "fuzz/fuzz_e4"])("%s", (vector) => {
  let replay: ReplayFile;
  let honest: NodeStore;
  let liar: NodeStore;
  let gathered: readonly EmbeddedHash[];
  let tip: number;
  let forked: number;
  const first = () => replay.network.firstBlock;
  const historyOf = async (node: NodeClient): Promise<CandidateHistory> => {
    const history = await candidateHistory(node, replay.network, first());
    if (history.kind !== "proven") throw new Error(JSON.stringify(history));
    return history.value;
  };
  const attested = async (node: NodeClient, wanted: Parameters<typeof attest>[3] = null, threshold = LOW) => {
    const outcome = await attest(await historyOf(node), gathered, threshold, wanted);
    if (outcome.kind !== "proven") throw new Error(JSON.stringify(outcome));
    return outcome.value;
  };
  const pairAt = (store: NodeStore, height: number) => ({
    height: blockHeight(height),
    consensusHash: store.consensusHashAt(height)!,
  });

  beforeAll(async () => {
    const { path } = vectorFiles().find(({ name }) => name === vector)!;
    replay = await readReplayFile(path);
    honest = await storeOf(replay);
    tip = honest.tip()!.height;
    forked = tip - 40;
    liar = await storeOf({ ...replay, source: silenced(replay.source, forked, replay.network.magic) });
    gathered = await gatherEmbedded(replay.source, replay.network, { from: first(), to: tip }, () => undefined);
  });

  test("the hash of every accepted operation is read where the engine found it", async () => {
    const history = await historyOf(historyNode(honest));
    const heights = new Map([...history.hashes].map(([height, hash]) => [hash, height] as const));
    heights.set(history.initial!, first() - 1);
    let read = 0;
    for (const each of gathered) {
      const records = await history.recordsAt(each.height);
      if (records.kind !== "proven") throw new Error(records.kind);
      const record = records.value.find(({ txid: id }) => id === each.txid);
      if (record === undefined) continue;
      const { meaning } = readEmbedded(each, heights, () => ("name" in record ? record.name : null));
      // A transfer's record does not always hold the hash that was embedded (spec 03): then any of the window's was.
      if (each.kind !== "NAME_TRANSFER" && "consensusHash" in record) {
        expect(meaning).toEqual({ kind: "matching", of: heights.get(record.consensusHash) });
      }
      expect(meaning.kind).toBe("matching");
      read++;
    }
    expect(read).toBeGreaterThan(50);
  });

  test("the honest history is attested up to its end", async () => {
    const { pin, verdict, tally } = await attested(historyNode(honest));
    expect(verdict).toBe("attested");
    expect(pin).toEqual(pairAt(honest, pin.height));
    expect(pin.height).toBeLessThanOrEqual(tip - 3);
    expect(pin.height).toBeGreaterThan(forked);
    expect(tally.matching.operations).toBeGreaterThanOrEqual(LOW.leastOperations);
    expect(await attested(historyNode(honest), pairAt(honest, pin.height))).toEqual({ pin, verdict, tally });
  });

  test("a liar's own blocks are not: the highest pin is one of the common history", async () => {
    const { pin, verdict, tally } = await attested(historyNode(liar));
    if (verdict === "attested") expect(pin).toEqual(pairAt(honest, pin.height));
    const above = await attested(historyNode(liar), pairAt(liar, forked + 10));
    expect(above.verdict).not.toBe("attested");
    expect(above.tally.matching).toEqual({ operations: 0, senders: 0, burnt: 0 });
    expect(above.tally.against.operations).toBeGreaterThan(0);
    expect(tally.against.burnt).toBeGreaterThan(0);
  });

  test("nothing but what is burnt can be bought: thresholds bite, each by itself", async () => {
    const { pin } = await attested(historyNode(honest));
    const { matching } = (await attested(historyNode(honest), pin)).tally;
    for (const [field, most] of [
      ["leastOperations", matching.operations],
      ["leastSenders", matching.senders],
      ["leastBurnt", matching.burnt],
    ] as const) {
      expect((await attested(historyNode(honest), pin, { ...LOW, [field]: most })).verdict).toBe("attested");
      expect((await attested(historyNode(honest), pin, { ...LOW, [field]: most + 1 })).verdict).toBe("too-little");
    }
  });

  test("a pair that is not the history's, or not among the blocks read, is not judged", async () => {
    const history = await historyOf(historyNode(honest));
    const other = { ...pairAt(honest, tip - 9), consensusHash: consensusHash("00".repeat(16)) };
    expect((await attest(history, gathered, LOW, other)).kind).toBe("refuted");
    expect((await attest(history, gathered, LOW, { ...other, height: blockHeight(first() - 1) })).kind).toBe(
      "unproven",
    );
  });

  test("a node that gives a right hash for another height attests nothing", async () => {
    const [shift, last] = [5, first() + 115];
    const shifted = historyNode(honest, {
      info: () =>
        Promise.resolve({
          ...INFO,
          tip: { ...INFO.tip!, ...pairAt(honest, last), height: blockHeight(last + shift) },
        }),
      stretch: (to, from) => Promise.resolve(proveStretch(from - shift, to - shift, first(), honest.hashed)),
      operationTexts: (height) => Promise.resolve(honest.hashed.operationsAt(height - shift)),
    });
    // The walk cannot tell: both heights have as many leaves.
    const history = await candidateHistory(shifted, replay.network, first() + 73);
    if (history.kind !== "proven") throw new Error(JSON.stringify(history));
    const outcome = await attest(history.value, gathered, LOW, null);
    if (outcome.kind !== "proven") throw new Error(JSON.stringify(outcome));
    expect(outcome.value.verdict).not.toBe("attested");
    const wanted = { height: blockHeight(last), consensusHash: history.value.hashes.get(last)! };
    expect(wanted.consensusHash).toBe(honest.consensusHashAt(last - shift));
    const judged = await attest(history.value, gathered, LOW, wanted);
    expect(judged).toMatchObject({ kind: "proven", value: { verdict: "contradicted" } });
    expect(judged.kind === "proven" ? judged.value.tally.early : 0).toBeGreaterThan(0);
  });

  test("operations that do not have the block's ops hash are refuted, twice the same ones too", async () => {
    const busy = gathered.find(({ height }) => honest.hashed.operationsAt(height).length > 1)!.height;
    const spoilt = (change: (texts: readonly string[]) => readonly string[]) =>
      historyNode(honest, {
        operationTexts: (height) => {
          const texts = honest.hashed.operationsAt(height);
          return Promise.resolve(height === busy ? change(texts) : texts);
        },
      });
    for (const change of [
      (texts: readonly string[]) => texts.slice(1),
      (texts: readonly string[]) => [...texts, texts.at(-1)!],
      (texts: readonly string[]) => texts.with(0, texts[0]!.replace(/[0-9a-f]{8}/u, "00000000")),
      () => [],
    ]) {
      expect((await attest(await historyOf(spoilt(change)), gathered, LOW, null)).kind).toBe("refuted");
    }
    const silent = historyNode(honest, { operationTexts: () => Promise.resolve(null) });
    expect((await attest(await historyOf(silent), gathered, LOW, null)).kind).toBe("unproven");
  });

  test("a node that says to be far ahead is asked for no more than a stretch", async () => {
    const asked: number[] = [];
    const far = historyNode(honest, {
      info: () => Promise.resolve({ ...INFO, tip: { ...INFO.tip!, height: blockHeight(0x7fff_ffff) } }),
      consensusHashAt: (height) => {
        asked.push(height);
        return Promise.resolve(null);
      },
    });
    expect((await candidateHistory(far, replay.network, first())).kind).toBe("unproven");
    expect(asked).toEqual([first() + 2015]);
    const lying = { ...far, consensusHashAt: () => Promise.resolve(honest.consensusHashAt(tip)) };
    const none = { ...lying, stretch: () => Promise.resolve({ opsHashes: [], consensusHashes: [] }) };
    expect((await candidateHistory(none, replay.network, first())).kind).toBe("unproven");
  });

  test("a stretch that is spoilt, or that stops before the blocks read, gives no history", async () => {
    const proof = proveStretch(tip, first(), first(), honest.hashed);
    const wrong = { ...proof, opsHashes: proof.opsHashes.with(3, opsHash("00".repeat(32))) };
    const lying = historyNode(honest, { stretch: () => Promise.resolve(wrong) });
    expect((await candidateHistory(lying, replay.network, first())).kind).toBe("refuted");
    const early = historyNode(await storeOf(replay, first() + 5));
    expect((await candidateHistory(early, replay.network, first() + 10)).kind).toBe("unproven");
  });
});

describe("a tally", () => {
  const A = consensusHash("aa".repeat(16));
  const heights = new Map([[A, 100]]);
  const embedded = (height: number, hash: string, burnt = 0, sender = "51"): EmbeddedHash => ({
    height: blockHeight(height),
    txid: txid("00".repeat(32)),
    vtxindex: 1,
    kind: "NAME_PREORDER",
    sender: sender as EmbeddedHash["sender"],
    burnt,
    says: { kind: "hash", hash: consensusHash(hash) },
  });
  const tally = (...of: readonly EmbeddedHash[]) =>
    tallyAt(
      100,
      of.map((each) => readEmbedded(each, heights, () => null)),
    );
  const OTHER = "bb".repeat(16);

  test("a hash that came before its own block shows that the heights are wrong, whatever was burnt", () => {
    const found = tally(embedded(101, A, 1_000_000), embedded(102, A), embedded(103, A));
    expect(judgeTally(found, { ...LOW, leastSenders: 1 })).toBe("attested");
    const early = [embedded(103, A, 1_000_000), { ...embedded(101, A), height: blockHeight(101) }];
    expect(
      tallyAt(
        99,
        early.map((each) => readEmbedded(each, new Map([[A, 101]]), () => null)),
      ).early,
    ).toBe(1);
    expect(judgeTally({ ...found, early: 1 }, LOW)).toBe("contradicted");
  });

  test("operations that burn nothing do not speak against a pin, one third of what was burnt for it does", () => {
    const matching = [embedded(101, A, 200, "51"), embedded(101, A, 100, "52"), embedded(102, A)];
    const spam = Array.from({ length: 50 }, (_, i) => embedded(103, OTHER, 0, `53${i}`));
    expect(judgeTally(tally(...matching, ...spam), LOW)).toBe("attested");
    expect(judgeTally(tally(...matching, embedded(103, OTHER, 100)), LOW)).toBe("attested");
    expect(judgeTally(tally(...matching, embedded(103, OTHER, 101)), LOW)).toBe("contradicted");
  });

  test("operations up to the pin's block say nothing against it", () => {
    expect(tally(embedded(100, OTHER, 5)).against.operations).toBe(0);
    expect(tally(embedded(101, OTHER, 5)).against).toEqual({ operations: 1, senders: 1, burnt: 5 });
  });

  test("an update without its name cannot be read", () => {
    const hidden = { ...embedded(101, A), says: { kind: "update", updateHash: OTHER } } as EmbeddedHash;
    expect(tally(hidden)).toMatchObject({ hidden: 1, matching: { operations: 0 }, against: { operations: 0 } });
  });
});
