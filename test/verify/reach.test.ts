import { describe, expect, test } from "vitest";
import { consensusHash } from "../../src/primitives/hash.ts";
import { proveWalk, type WalkProof } from "../../src/verify/name-walk.ts";
import { proveStretch, verifyReach, verifyStretch } from "../../src/verify/reach.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { replayVectors } from "../support/vectors.ts";

const chain = replayedChain(replayVectors("fuzz")[0]!.path);
const { firstBlock, tip } = chain;
const pin = chain.anchorAt(tip);
const flipped = <T extends string>(hex: T): T =>
  `${hex.slice(0, -1)}${(parseInt(hex.slice(-1), 16) ^ 1).toString(16)}` as T;

/** Every proof that differs from this one in one bit of one hash, in one hash more, or in one left out. */
function* spoilt(proof: WalkProof): Generator<WalkProof> {
  for (const [i, hash] of proof.opsHashes.entries()) {
    yield { ...proof, opsHashes: proof.opsHashes.with(i, flipped(hash)) };
    yield { ...proof, opsHashes: proof.opsHashes.toSpliced(i, 1) };
    yield { ...proof, opsHashes: proof.opsHashes.toSpliced(i, 0, hash) };
  }
  for (const [i, hash] of proof.consensusHashes.entries()) {
    yield { ...proof, consensusHashes: proof.consensusHashes.with(i, flipped(hash)) };
    yield { ...proof, consensusHashes: proof.consensusHashes.toSpliced(i, 1) };
    yield { ...proof, consensusHashes: proof.consensusHashes.toSpliced(i, 0, hash) };
  }
}

describe("an older pin in a newer one's history", () => {
  test("every block is reached from the last", () => {
    for (let at = firstBlock as number; at <= tip; at++) {
      const proof = proveWalk(tip, at, firstBlock, chain);
      expect(verifyReach(pin, chain.anchorAt(at), firstBlock, proof)).toEqual({
        kind: "proven",
        value: { kind: "kept" },
      });
    }
  });

  test("another pair is told apart, with the hash that the history has", () => {
    const older = chain.anchorAt(tip - 9);
    const other = { ...older, consensusHash: flipped(older.consensusHash) };
    expect(verifyReach(pin, other, firstBlock, proveWalk(tip, tip - 9, firstBlock, chain))).toEqual({
      kind: "proven",
      value: { kind: "parted", has: older.consensusHash },
    });
  });

  test("nothing is believed of a walk that is not the newer one's", () => {
    const older = chain.anchorAt(tip - 9);
    const proof = proveWalk(tip, tip - 9, firstBlock, chain);
    for (const wrong of spoilt(proof)) expect(verifyReach(pin, older, firstBlock, wrong).kind).not.toBe("proven");
    const foreign = { ...pin, consensusHash: consensusHash("00".repeat(16)) };
    expect(verifyReach(foreign, older, firstBlock, proof).kind).toBe("refuted");
    expect(() => verifyReach(older, pin, firstBlock, proof)).toThrow(RangeError);
  });
});

describe("a stretch", () => {
  test("gives every hash from a height up to the pin", () => {
    for (const length of [1, 2, 8, 30, tip - firstBlock + 1]) {
      const from = tip - length + 1;
      const outcome = verifyStretch(pin, from, firstBlock, proveStretch(tip, from, firstBlock, chain));
      if (outcome.kind !== "proven") throw new Error(outcome.kind);
      expect([...outcome.value]).toEqual(Array.from({ length }, (_, i) => [from + i, chain.consensusHashAt(from + i)]));
    }
  });

  test("is refuted or unproven with any hash changed, repeated or left out", () => {
    const from = tip - 12;
    for (const wrong of spoilt(proveStretch(tip, from, firstBlock, chain))) {
      expect(verifyStretch(pin, from, firstBlock, wrong).kind).not.toBe("proven");
    }
  });

  test("is not longer than two weeks", () => {
    expect(() => verifyStretch(pin, firstBlock - 1, firstBlock, { opsHashes: [], consensusHashes: [] })).toThrow(
      RangeError,
    );
    const high = { ...pin, height: chain.anchorAt(tip).height };
    expect(() => verifyStretch(high, tip - 2016, 0, { opsHashes: [], consensusHashes: [] })).toThrow(RangeError);
  });
});
