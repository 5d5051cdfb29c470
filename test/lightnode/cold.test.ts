import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import type { BskError } from "../../src/errors.ts";
import { askStrangers, type ColdQuestion } from "../../src/lightnode/cold.ts";
import type { Pin } from "../../src/lightnode/pin.ts";
import { parseHashedRecord } from "../../src/ops/hashed-record.ts";
import type { Name } from "../../src/primitives/name.ts";
import type { Anchor } from "../../src/verify/anchor.ts";
import { datedHeight } from "../../src/verify/self-dated.ts";
import { checkEvidence } from "../../src/verify/evidence.ts";
import { readEvidence, writeEvidence } from "../../src/verify/evidence-file.ts";
import { answeringChain, type Place } from "../support/answers.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { elsewhere, failing, keeper, type Stranger, stranger } from "../support/strangers.ts";
import { replayVectors } from "../support/vectors.ts";

const SINCE = "2026-01-02T03:04:05.000Z";

/** A chain that nodes answer from under a pin three blocks below its tip. */
async function setting(wanted: string) {
  const { path } = replayVectors("fuzz", "scenarios").find(({ vector }) => vector === wanted)!;
  const { network } = await readReplayFile(path);
  const world = answeringChain(replayedChain(path), network.id);
  const { chain } = world;
  const height = chain.tip - 3;
  const pinAt = (at: number): Pin => ({
    ...chain.anchorAt(at),
    network: network.id,
    source: { kind: "hand" },
    since: SINCE,
  });
  const pin = pinAt(height);
  const textOf = (name: Name, at = height): string => world.on(name, at).at(-1)!.text;
  const ask = (name: Name, nodes: readonly Stranger[], more: Partial<ColdQuestion> = {}) => {
    const { kept, caught } = keeper();
    const given = nodes as readonly [Stranger, ...Stranger[]];
    return { answer: askStrangers({ name, nodes: given, pin, network, now: new Date(0), caught, ...more }), kept };
  };
  const lastTwo = (name: Name): Place[] => world.on(name, height).slice(-2);
  const isDated = (place: Place): boolean =>
    chain.operationsAt(place.height).some((text) => datedHeight(parseHashedRecord(text)) !== null);
  return {
    ...{ network, world, chain, height, pinAt, pin, ask },
    txidOf: (name: Name, at = height) => parseHashedRecord(textOf(name, at)).txid,
    withHistory: world.names.filter((name) => lastTwo(name).length === 2),
    /** Nothing says which of the last two operations on it is the later: that takes a proof of ancestry. */
    isUndated: (name: Name): boolean => {
      const [before, last] = lastTwo(name);
      return before!.height < last!.height && !isDated(before!) && !isDated(last!);
    },
    isDated: (name: Name): boolean => lastTwo(name).every(isDated),
    refusal: async (name: Name, nodes: readonly Stranger[], more: Partial<ColdQuestion> = {}) => {
      const { answer, kept } = ask(name, nodes, more);
      const error = await answer.then(
        () => null,
        (reason: unknown) => reason as BskError,
      );
      return { kind: error?.kind, rule: error?.rule, message: error?.message, kept };
    },
    honest: (url = "https://honest.example") => stranger(world, url),
    /** Leaves out the last operation on a name. */
    forgetful: (name: Name, url = "https://liar.example") =>
      stranger(world, url, { without: ({ text }) => text === textOf(name) }),
  };
}

const fuzz = await setting("fuzz_e3");
const plain = await setting("wallets_kinds");
const { network, world, chain, height: HEIGHT, pinAt, pin: PIN, ask, withHistory, refusal, honest } = fuzz;
const LIARS = [1, 2, 3].map((i) => `https://liar-${i}.example`);

describe("one node", () => {
  test("proves the record, and never that it is the last: included or placed", async () => {
    const levels = new Set<string>();
    for (const name of world.names.filter((each) => world.on(each, HEIGHT).length > 0)) {
      const node = honest();
      const { record, standing, strangers } = await ask(name, [node]).answer;
      // The names of a namespace that was not opened in time are gone.
      if (record !== null) expect(record.lastOperation.txid).toBe(fuzz.txidOf(name));
      expect(standing).toMatchObject({ nodes: { asked: 1, answered: 1, agreeing: 1 }, asOf: { height: HEIGHT } });
      expect(standing.level).toBe(strangers.proven.level);
      expect([null, world.on(name, HEIGHT).at(-1)!.height]).toContain(strangers.proven.height);
      expect(strangers.proven.height === null).toBe(standing.level === "included");
      levels.add(standing.level);
      expect(node.asked).toHaveLength(1);
    }
    expect(levels).toEqual(new Set(["included", "placed"]));
  });

  test("without a pin is believed in nothing: claimed", async () => {
    const { standing } = await ask(withHistory[0]!, [honest()], { pin: null }).answer;
    expect(standing.level).toBe("claimed");
    expect(standing.pin).toBeUndefined();
  });
});

describe("several nodes that agree", () => {
  test("are a quorum, each asked once", async () => {
    const nodes = [honest("https://a.example"), honest("https://b.example"), honest("https://c.example")];
    const { standing, strangers } = await ask(withHistory[0]!, nodes).answer;
    expect(standing).toMatchObject({ level: "quorum", nodes: { asked: 3, answered: 3, agreeing: 3 } });
    expect(standing.pin).toMatchObject({ height: HEIGHT, source: "hand", attested: true });
    expect(strangers).toMatchObject({ troubles: [], caught: [] });
    for (const node of nodes) expect(node.asked).toHaveLength(1);
  });

  test("and none is, where only one of them answers", async () => {
    const nodes = [honest(), failing("https://b.example", "timeout"), failing("https://c.example", "bad-answer")];
    const { standing, strangers } = await ask(withHistory[0]!, nodes).answer;
    expect(standing.nodes).toEqual({ asked: 3, answered: 1, agreeing: 1 });
    expect(["included", "placed"]).toContain(standing.level);
    expect(strangers.troubles.map(({ kind }) => kind)).toEqual(["silent", "unreadable"]);
  });

  test("without a pin: the block on which they agree is one", async () => {
    const nodes = [honest("https://a.example"), honest("https://b.example")];
    const { standing } = await ask(withHistory[0]!, nodes, { pin: null }).answer;
    expect(standing).toMatchObject({ level: "quorum", pin: { source: "agreeing", height: chain.tip, attested: true } });
    for (const node of nodes) expect(node.asked).toHaveLength(1);
  });

  test("without a pin, at different blocks: the highest that two of them have", async () => {
    const name = withHistory[0]!;
    const nodes = [chain.tip, chain.tip - 2, chain.tip - 5].map((tip, i) =>
      stranger(world, `https://${i}.example`, { tip }),
    );
    const { standing, strangers } = await ask(name, nodes, { pin: null }).answer;
    expect(standing).toMatchObject({ level: "quorum", pin: { height: chain.tip - 2 } });
    expect(standing.nodes).toEqual({ asked: 3, answered: 2, agreeing: 2 });
    expect(strangers.troubles).toMatchObject([{ kind: "behind" }]);
  });

  test("without a pin, and one that says otherwise: refuted, since nothing tells who is right", async () => {
    const other = stranger(world, "https://other.example", { turn: elsewhere });
    const nodes = [honest("https://a.example"), honest("https://b.example"), other];
    expect(await refusal(withHistory[0]!, nodes, { pin: null })).toMatchObject({
      kind: "refuted",
      rule: "nodes-contradict",
    });
  });
});

describe("liars", () => {
  test("that leave out the latest operation: three of them and one honest node, right answer and evidence", async () => {
    for (const of of [fuzz, plain]) {
      for (const name of of.withHistory) {
        const liars = LIARS.map((url) => of.forgetful(name, url));
        const { answer, kept } = of.ask(name, [...liars, of.honest()]);
        const { record, standing, strangers } = await answer;
        expect(record?.lastOperation.txid).toBe(of.txidOf(name));
        expect(standing).toMatchObject({ level: "quorum", nodes: { asked: 4, answered: 4, agreeing: 1 } });
        expect(strangers.caught.map(({ node }) => node)).toEqual(LIARS);
        expect(kept).toHaveLength(3);
        for (const { node, evidence } of kept) {
          const read = readEvidence(writeEvidence(evidence));
          expect(read).toEqual(evidence);
          expect(checkEvidence(read, of.pin, of.network.firstBlock)).toMatchObject({
            kind: "proven",
            value: { node, kind: "omission" },
          });
        }
      }
    }
  });

  test("that say there is no such name do not keep it from being resolved", async () => {
    for (const name of withHistory.slice(0, 5)) {
      const liars = LIARS.map((url) => stranger(world, url, { without: ({ subject }) => subject === name }));
      const { answer, kept } = ask(name, [...liars, honest()]);
      expect((await answer).record?.lastOperation.txid).toBe(fuzz.txidOf(name));
      expect(kept).toHaveLength(3);
    }
  });

  test("a second round is asked for only where operations do not say by themselves which is the later", async () => {
    const requests = async (of: typeof fuzz, name: Name): Promise<number> => {
      const node = of.honest();
      await of.ask(name, [of.forgetful(name), node]).answer;
      return node.asked.length;
    };
    const undated = plain.withHistory.filter(plain.isUndated);
    const dated = fuzz.withHistory.filter(fuzz.isDated);
    expect(Math.min(undated.length, dated.length)).toBeGreaterThan(0);
    for (const name of undated) expect(await requests(plain, name)).toBe(2);
    for (const name of dated) expect(await requests(fuzz, name)).toBe(1);
  });

  test("without a proof of the order nothing is decided: unproven", async () => {
    const name = plain.withHistory.find(plain.isUndated)!;
    const node = stranger(plain.world, "https://honest.example", { silentOnAncestry: true });
    expect(await plain.refusal(name, [plain.forgetful(name), node])).toMatchObject({
      kind: "unproven",
      rule: "undecided",
      kept: [],
    });
  });

  test("that change what they prove are caught alone, without anybody's help", async () => {
    const name = withHistory[0]!;
    const other = withHistory.find((each) => each !== name)!;
    const liar = stranger(world, "https://liar.example", {
      turn: (answer) => ({ ...answer, operation: { ...world.answer(other, HEIGHT).operation!, subject: name } }),
    });
    const { answer, kept } = ask(name, [liar, honest()]);
    expect((await answer).standing.nodes).toEqual({ asked: 2, answered: 1, agreeing: 1 });
    expect(kept).toMatchObject([{ node: "https://liar.example", evidence: { shown: null, ancestry: null } }]);
    expect(await refusal(name, [liar])).toMatchObject({ kind: "refuted", rule: "answer-refuted", kept: [{}] });
  });

  test("that hide the namespace: another node's proof is taken", async () => {
    const name = withHistory[0]!;
    const liar = stranger(world, "https://liar.example", { turn: (answer) => ({ ...answer, namespace: null }) });
    const { answer, kept } = ask(name, [liar, honest()]);
    expect((await answer).standing.nodes).toEqual({ asked: 2, answered: 2, agreeing: 2 });
    expect(kept).toHaveLength(1);
    expect(await refusal(name, [liar])).toMatchObject({ kind: "unproven", rule: "namespace-unproven" });
  });

  test("all of them: what they agree on stands, and says how many they are", async () => {
    const name = withHistory[0]!;
    const liars = LIARS.slice(1).map((url) => fuzz.forgetful(name, url));
    const { record, standing } = await ask(name, liars).answer;
    expect(record?.lastOperation.txid).not.toBe(fuzz.txidOf(name));
    expect(standing.nodes).toEqual({ asked: 2, answered: 2, agreeing: 2 });
  });
});

describe("each trouble has its own words", () => {
  const name = withHistory[0]!;

  test("a pin ahead of every node", async () => {
    const behind = stranger(world, "https://behind.example", { tip: HEIGHT - 1 });
    expect(await refusal(name, [behind, behind])).toMatchObject({ kind: "unproven", rule: "pin-ahead", kept: [] });
    const { standing, strangers } = await ask(name, [behind, honest()]).answer;
    expect(standing.nodes).toEqual({ asked: 2, answered: 1, agreeing: 1 });
    expect(strangers.troubles).toMatchObject([
      { kind: "behind", because: expect.stringContaining("not yet") as string },
    ]);
  });

  test("a pin of another fork-set", async () => {
    const wrong: Anchor = { ...PIN, consensusHash: chain.consensusHashAt(HEIGHT - 1) };
    const nodes = [honest("https://a.example"), honest("https://b.example")];
    expect(await refusal(name, nodes, { pin: { ...PIN, ...wrong } })).toMatchObject({
      kind: "refuted",
      rule: "other-history",
      kept: [{}, {}],
    });
  });

  test("a node with another history among others", async () => {
    const other = stranger(world, "https://other.example", { turn: elsewhere });
    const { answer, kept } = ask(name, [other, honest()]);
    expect((await answer).strangers.troubles).toMatchObject([{ kind: "other-history" }]);
    expect(checkEvidence(kept[0]!.evidence, PIN, network.firstBlock)).toMatchObject({
      kind: "proven",
      value: { kind: "history" },
    });
  });

  test("outages, nonsense, and both", async () => {
    const [out, nonsense] = [failing("https://a.example", "unreachable"), failing("https://b.example", "bad-answer")];
    expect(await refusal(name, [out, out])).toMatchObject({ kind: "machine", rule: "unreachable" });
    expect(await refusal(name, [nonsense])).toMatchObject({ kind: "unproven", rule: "bad-answer" });
    const both = await refusal(name, [out, nonsense]);
    expect(both).toMatchObject({ kind: "unproven", rule: "bad-answer" });
    for (const { url } of [out, nonsense]) expect(both.message).toContain(url);
  });

  test("a name that none of them knows", async () => {
    const nobody = "nobody.nowhere" as Name;
    expect(await refusal(nobody, [honest(), honest()])).toMatchObject({
      kind: "unproven",
      rule: "name-not-registered",
    });
  });

  test("blocks after the pin: said, and not believed", async () => {
    const early = world.on(name, chain.tip).at(-1)!.height - 1;
    const { record, strangers } = await ask(name, [honest("https://a.example"), honest("https://b.example")], {
      pin: pinAt(early),
    }).answer;
    expect(record?.lastOperation.txid).toBe(fuzz.txidOf(name, early));
    expect(strangers.later).toEqual({ nodes: 2, height: early + 1 });
  });
});
