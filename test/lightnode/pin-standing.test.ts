import { describe, expect, test } from "vitest";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import { pinFromNodes } from "../../src/lightnode/pin-from-nodes.ts";
import { openPinBook } from "../../src/lightnode/pin-book.ts";
import { reachedPins } from "../../src/lightnode/pin-reach.ts";
import { judgePin, troubleOf, witnessesOf } from "../../src/lightnode/pin-standing.ts";
import type { Pin } from "../../src/lightnode/pin.ts";
import { fromHex } from "../../src/primitives/bytes.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import { type BlockHeight, blockHeight } from "../../src/primitives/units.ts";
import type { Anchor } from "../../src/verify/anchor.ts";
import { proveWalk } from "../../src/verify/name-walk.ts";
import { type Spine, startSpine } from "../../src/verify/spine.ts";
import { fakeNode, REGTEST } from "../support/fake-node.ts";

const FIRST = 100;
const network = { firstBlock: blockHeight(FIRST) };

/** A history up to a height; from `own` on its blocks hold what nobody else's do. */
function history(upTo: number, own = Infinity): Spine {
  const spine = startSpine(FIRST);
  for (let at = FIRST; at <= upTo; at++) spine.append(sha256(fromHex(at >= own ? `ff${hex(at)}` : hex(at))));
  return spine;
}
const hex = (at: number) => at.toString(16).padStart(4, "0");
const anchor = (spine: Spine, height: number): Anchor => ({
  height: blockHeight(height),
  consensusHash: spine.consensusHashAt(height),
});

const honest = history(200);
const liar = history(220, 180);

function nodeOf(spine: Spine, url: string, own = false): NodeClient {
  return fakeNode({
    url,
    own,
    tip: () => Promise.resolve({ networkId: REGTEST.id, height: spine.height() }),
    consensusHashAt: (height) => Promise.resolve(height > spine.height() ? null : spine.consensusHashAt(height)),
    walk: (to, from) => Promise.resolve(from > spine.height() ? null : proveWalk(from, to, FIRST, spine)),
  });
}

async function held(...anchors: readonly Anchor[]): Promise<readonly Pin[]> {
  const nowhere = {
    path: "",
    read: () => Promise.resolve(null),
    write: () => Promise.resolve(),
    exclusively: <T>(work: () => Promise<T>) => work(),
  };
  const book = await openPinBook(nowhere, REGTEST.id, () => new Date(0));
  return anchors.map((each) => book.make(each, { kind: "hand" }));
}

const A = nodeOf(honest, "https://a.example");
const B = nodeOf(history(190), "https://b.example");
const LIAR = nodeOf(liar, "https://liar.example");
const at = (height: number): BlockHeight => blockHeight(height);

describe("a pin from nodes", () => {
  test("one's own is believed, three below its tip", async () => {
    expect(await pinFromNodes([nodeOf(honest, "http://127.0.0.1:1", true)], network)).toEqual({
      anchor: anchor(honest, 197),
      source: { kind: "own-node", url: "http://127.0.0.1:1" },
    });
  });

  test("two strangers that agree, at the highest block that both have, less three", async () => {
    expect(await pinFromNodes([A, B], network)).toEqual({
      anchor: anchor(honest, 187),
      source: { kind: "agreeing", urls: ["https://a.example", "https://b.example"] },
    });
  });

  test("one stranger gives an unattested one, and so does the same one named twice", async () => {
    const source = { kind: "unattested", url: "https://a.example" };
    expect(await pinFromNodes([A], network)).toMatchObject({ source });
    expect(await pinFromNodes([A, nodeOf(honest, "https://a.example/")], network)).toMatchObject({ source });
  });

  test("nodes that differ give none, and both are shown; also where one's own is among them", async () => {
    for (const own of [false, true]) {
      const nodes = [nodeOf(honest, "https://a.example", own), LIAR] as const;
      await expect(pinFromNodes(nodes, network)).rejects.toMatchObject({
        kind: "refuted",
        rule: "nodes-contradict",
        message: expect.stringContaining(liar.consensusHashAt(197)) as string,
      });
    }
    expect(await pinFromNodes([A, LIAR], network, at(179))).toMatchObject({ source: { kind: "agreeing" } });
  });

  test("no node has indexed it: unproven", async () => {
    await expect(pinFromNodes([A, B], network, at(195))).rejects.toMatchObject({ rule: "not-indexed" });
    await expect(pinFromNodes([nodeOf(startSpine(FIRST), "https://new.example")], network)).rejects.toMatchObject({
      rule: "not-indexed",
    });
  });
});

describe("a new pin beside those held", () => {
  test("reaches the nearest below, and is reached from the nearest above", async () => {
    const pins = await held(anchor(honest, 110), anchor(honest, 150), anchor(honest, 199));
    const reached = await reachedPins(anchor(honest, 180), pins, [A], network);
    expect(reached.map(({ height }) => height)).toEqual([150, 199]);
    expect(await reachedPins(anchor(honest, 180), [], [A], network)).toEqual([]);
  });

  test("of another history is refused, whichever of the two is higher", async () => {
    const rule = { kind: "refuted", rule: "pin-other-fork-set" };
    await expect(
      reachedPins(anchor(liar, 200), await held(anchor(honest, 190)), [LIAR], network),
    ).rejects.toMatchObject(rule);
    await expect(
      reachedPins(anchor(honest, 185), await held(anchor(liar, 200)), [LIAR], network),
    ).rejects.toMatchObject(rule);
  });

  test("below the network's first block is none, whatever a node says", async () => {
    const none = { height: at(FIRST - 1), consensusHash: honest.consensusHashAt(FIRST) };
    const eager = { ...A, walk: () => Promise.resolve({ opsHashes: [], consensusHashes: [] }) };
    const refused = reachedPins(anchor(honest, 180), await held(none), [eager], network);
    await expect(refused).rejects.toMatchObject({ kind: "usage", rule: "pin-before-first" });
  });

  test("a liar's extension of the old pin is reached from it: needed, and not enough", async () => {
    const reached = await reachedPins(anchor(liar, 200), await held(anchor(honest, 150)), [LIAR], network);
    expect(reached).toHaveLength(1);
    expect(await pinFromNodes([LIAR], network)).toMatchObject({ source: { kind: "unattested" } });
  });

  test("a node that proves nothing is passed over; when none does, it is unproven", async () => {
    const broken = {
      ...A,
      url: "https://broken.example",
      walk: () => Promise.resolve(proveWalk(199, 150, FIRST, liar)),
    };
    const pins = await held(anchor(honest, 150));
    expect(await reachedPins(anchor(honest, 199), pins, [broken, A], network)).toHaveLength(1);
    await expect(reachedPins(anchor(honest, 199), pins, [broken, B], network)).rejects.toMatchObject({
      kind: "unproven",
      rule: "pin-unreachable",
      message: expect.stringMatching(/broken\.example proved nothing: .*b\.example does not have both/u) as string,
    });
  });
});

describe("a pin against nodes", () => {
  const DAY = 144;
  const standing = async (pin: Anchor, nodes: readonly NodeClient[], maxBehind = DAY, older: readonly Pin[] = []) =>
    judgePin(pin, await witnessesOf(pin, older, nodes), maxBehind);
  const trouble = async (...of: Parameters<typeof standing>) => troubleOf(of[0], await standing(...of));

  test("that they have is known, and who has another is told", async () => {
    const pin = anchor(honest, 185);
    expect(await standing(pin, [A, B, LIAR])).toEqual({
      kind: "known",
      behind: 15,
      by: ["https://a.example", "https://b.example"],
      against: ["https://liar.example"],
    });
    expect(await trouble(pin, [A])).toBeNull();
  });

  test("each trouble has its own rule and its own words", async () => {
    const other = anchor(liar, 185);
    const troubles = [
      await trouble(anchor(honest, 150), [A], 49),
      await trouble(anchor(honest, 199), [B]),
      await trouble(other, [A, B]),
      await trouble(other, [A, B], DAY, await held(anchor(honest, 120), anchor(honest, 150))),
    ];
    expect(troubles.map((error) => [error?.kind, error?.rule])).toEqual([
      ["unproven", "pin-stale"],
      ["unproven", "pin-ahead"],
      ["unproven", "pin-unknown"],
      ["refuted", "pin-other-fork-set"],
    ]);
    const words = ["is 50 blocks further", "come to block 190", "knows the pin", "the older pin of block 150"];
    words.forEach((word, i) => {
      expect(troubles[i]?.message).toContain(word);
    });
    expect(new Set(troubles.map((error) => error?.hint)).size).toBe(4);
  });

  test("just not stale is known", async () => {
    expect(await standing(anchor(honest, 150), [A], 50)).toMatchObject({ kind: "known", behind: 50 });
  });

  test("an older pin that the nodes do not have either says nothing of a common history", async () => {
    const older = await held(anchor(liar, 183));
    expect(await standing(anchor(liar, 185), [A], DAY, older)).toMatchObject({ kind: "unknown" });
  });
});
