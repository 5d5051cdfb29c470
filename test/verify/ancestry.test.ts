import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import { namespaceOf } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { isEarlier, type PlacedOperation, verifyAncestry } from "../../src/verify/ancestry.ts";
import { checkAnswer } from "../../src/verify/answer.ts";
import { readAncestry, writeAncestry } from "../../src/verify/answer-file.ts";
import { answeringChain, type Place } from "../support/answers.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { replayVectors } from "../support/vectors.ts";

const world = answeringChain(replayedChain(replayVectors("fuzz")[0]!.path));
const { chain } = world;
const on = { network: world.network, firstBlock: chain.firstBlock };

/** The operation as an answer proves it that leaves out all later ones. */
function proven({ subject, text }: Place): PlacedOperation {
  const name = world.names.find((each) => each === subject || namespaceOf(each) === subject)!;
  const later = world.on(subject, chain.tip);
  const cut = later.slice(later.findIndex((each) => each.text === text) + 1).map((each) => each.text);
  const checked = checkAnswer(
    world.answer(name, chain.tip, (place) => cut.includes(place.text)),
    world.asked(name, chain.tip),
  );
  if (checked.kind !== "answered") throw new Error(JSON.stringify(checked));
  const found = name === subject ? checked.operation : checked.namespace;
  expect(found?.text).toBe(text);
  return found!;
}

const flipped = <T extends string>(hex: T): T =>
  `${hex.slice(0, -1)}${(parseInt(hex.slice(-1), 16) ^ 1).toString(16)}` as T;

const pairs = world.names
  .flatMap((name) => {
    const all = world.on(name, chain.tip);
    return all.slice(1).map((later, i) => ({ earlier: all[i]!, later }));
  })
  .map((pair) => ({ ...pair, of: { earlier: proven(pair.earlier), later: proven(pair.later) } }));
const apart = pairs.filter(({ earlier, later }) => earlier.height < later.height);

test("of two operations on a name the earlier one is proven to be it", () => {
  expect(apart.length).toBeGreaterThan(20);
  for (const { earlier, later, of } of apart) {
    expect(verifyAncestry(world.ancestry(later, earlier), of, on)).toMatchObject({ kind: "proven" });
  }
});

test("and of no pair is the later one: there is no such proof, and none of another block stands for it", () => {
  for (const { earlier, later, of } of apart) {
    const turned = { earlier: of.later, later: of.earlier };
    const proof = world.ancestry(later, earlier);
    expect(verifyAncestry(proof, turned, on).kind).toBe("refuted");
    const relabelled = { ...proof, later: earlier.height, earlier: blockHeight(chain.firstBlock) };
    expect(verifyAncestry(relabelled, turned, on).kind).not.toBe("proven");
    if (earlier.height > chain.firstBlock) {
      const further = world.ancestry(earlier, { ...earlier, height: blockHeight(earlier.height - 1) });
      expect(verifyAncestry(further, turned, on).kind).toBe("refuted");
    }
  }
});

test("a proof of ancestry is not believed with a hash changed, added or left out, or from another block", () => {
  for (const { earlier, later, of } of apart.filter((_, i) => i % 5 === 0)) {
    const proof = world.ancestry(later, earlier);
    const { walk } = proof;
    const lists = { ops: walk.opsHashes, hashes: walk.consensusHashes };
    const changed = [
      { ...proof, later: blockHeight(proof.later + 1) },
      { ...proof, earlier: proof.later },
      { ...proof, earlier: blockHeight(chain.firstBlock - 1) },
      ...lists.ops.map((_, i) => ({ ...proof, walk: { ...walk, opsHashes: lists.ops.toSpliced(i, 1) } })),
      ...lists.hashes.map((_, i) => ({ ...proof, walk: { ...walk, consensusHashes: lists.hashes.toSpliced(i, 1) } })),
      ...lists.ops.map((hash, i) => ({ ...proof, walk: { ...walk, opsHashes: lists.ops.with(i, flipped(hash)) } })),
      ...lists.hashes.map((hash, i) => ({
        ...proof,
        walk: { ...walk, consensusHashes: lists.hashes.with(i, flipped(hash)) },
      })),
      { ...proof, walk: { ...walk, consensusHashes: [...lists.hashes, lists.hashes[0]!] } },
    ];
    for (const each of changed) expect(verifyAncestry(each, of, on).kind).not.toBe("proven");
  }
});

describe("what two operations say by themselves", () => {
  test("is never wrong, and is enough where an operation comes after a registration", () => {
    let decided = 0;
    for (const { of } of pairs) {
      const [forward, backward] = [isEarlier(of.earlier, of.later), isEarlier(of.later, of.earlier)];
      expect([true, null]).toContain(forward);
      expect(backward).toBe(forward === null ? null : false);
      if (of.earlier.record.letter === ":" && of.later.block.opsHash !== of.earlier.block.opsHash) {
        expect(forward).toBe(true);
      }
      if (forward === true) decided++;
    }
    expect(decided).toBeGreaterThan(0);
  });

  test("in one block is their index", () => {
    const inOne = pairs.filter(({ earlier, later }) => earlier.height === later.height);
    for (const { of } of inOne) expect(isEarlier(of.earlier, of.later)).toBe(true);
  });
});

test("the file of a proof of ancestry has one spelling", () => {
  for (const { earlier, later } of apart.filter((_, i) => i % 9 === 0)) {
    const proof = world.ancestry(later, earlier);
    const text = writeAncestry(proof);
    expect(readAncestry(text)).toEqual(proof);
    for (const other of [text.trimEnd(), ` ${text}`, text.replace("bsk ancestry", "bsk answer"), "[]", "{"]) {
      expect(() => readAncestry(other)).toThrow(ParseError);
    }
  }
});
