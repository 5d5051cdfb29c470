import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import { subjectOf } from "../../src/ops/hashed-subject.ts";
import { networkId } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { type NameProof, proveRecord, verifyProof } from "../../src/verify/proof.ts";
import { readProof, writeProof } from "../../src/verify/proof-file.ts";
import { replayedChain, toyHashes } from "../support/hashed-chain.ts";
import { replayVectors } from "../support/vectors.ts";

const chain = { ...replayedChain(replayVectors("fuzz")[0]!.path), network: networkId("ab".repeat(32)) };
const pin = chain.anchorAt(chain.tip);
const operations = Array.from({ length: chain.tip - chain.firstBlock + 1 }, (_, i) => chain.firstBlock + i).flatMap(
  (height) =>
    chain.operationsAt(height).map((text) => ({ height: blockHeight(height), text, subject: subjectOf(text).subject })),
);
const proofs = operations
  .filter(({ subject }) => subject !== null)
  .map(({ text, height }) => proveRecord(text, height, pin, chain));
const verdict = (proof: NameProof, trusted = pin) => verifyProof(proof, trusted, chain.firstBlock);

test("every operation on a name or namespace is proven, and placed wherever its block dates itself", () => {
  const levels = proofs.map((proof) => {
    const outcome = verdict(proof);
    if (outcome.kind !== "proven") throw new Error(JSON.stringify(outcome));
    if (outcome.value.level === "placed") expect(outcome.value.height).toBe(proof.height);
    return outcome.value.level;
  });
  expect(new Set(levels)).toEqual(new Set(["placed", "included"]));
});

test("at included no height is claimed", () => {
  const outcome = proofs
    .map((proof) => verdict(proof))
    .find((each) => each.kind === "proven" && each.value.level === "included");
  expect(Object.keys((outcome as { value: object }).value).sort()).toEqual(["level", "record", "zonefile"]);
});

describe("a proof is not believed", () => {
  const sample = proofs.filter((_, i) => i % 9 === 0);

  test("with any character of its file changed: it is refused, or says what it said", () => {
    fc.assert(
      fc.property(fc.constantFrom(...sample), fc.nat(), fc.integer({ min: 32, max: 126 }), (proof, at, code) => {
        const text = writeProof(proof);
        const place = at % text.length;
        const changed = text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
        if (changed === text) return;
        try {
          const read = readProof(changed);
          // The network is the caller's to compare; everything else is bound to the pin.
          if (read.network !== proof.network) return;
          expect(verdict(read).kind).not.toBe("proven");
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
        }
      }),
      { numRuns: 1500 },
    );
  });

  test("under another pin: refuted at its height, unproven at any other", () => {
    for (const proof of sample) {
      expect(verdict(proof, { ...pin, consensusHash: chain.consensusHashAt(chain.tip - 1) }).kind).toBe("refuted");
      expect(verdict(proof, chain.anchorAt(chain.tip - 1))).toMatchObject({ kind: "unproven" });
    }
  });

  test("at another height, for another name, or with another operation", () => {
    sample.forEach((proof, i) => {
      const other = sample[(i + 1) % sample.length]!;
      for (const height of [proof.height - 1, proof.height + 1, chain.firstBlock - 1, chain.tip + 1]) {
        expect(verdict({ ...proof, height: blockHeight(height) }).kind).not.toBe("proven");
      }
      expect(verdict({ ...proof, subject: "somebody.else" }).kind).toBe("refuted");
      if (other.height !== proof.height) expect(verdict({ ...proof, operation: other.operation }).kind).toBe("refuted");
      expect(verdict({ ...proof, date: other.height === proof.height ? null : other.operation }).kind).toBe(
        other.height === proof.height ? "proven" : "refuted",
      );
      expect(verdict({ ...proof, zonefile: Uint8Array.of(1) }).kind).toBe("refuted");
    });
  });

  test("at placed, when an old record is moved to a later block by other labels (spec 04 §7.1)", () => {
    const toy = { ...toyHashes("epoch3-snv-chain.json"), network: chain.network };
    const trusted = toy.anchorAt(140);
    const old = toy.operationsAt(133)[0]!;
    const honest = proveRecord(old, blockHeight(133), trusted, toy);
    expect(verifyProof(honest, trusted, toy.firstBlock)).toMatchObject({
      kind: "proven",
      value: { level: "included" },
    });
    // The leaves of 140 and of 133, under the labels of a walk from 140 to 139.
    const labels = new Map([
      [139, 133],
      [133, 139],
      [138, 132],
      [136, 130],
      [132, 126],
      [124, 118],
      [108, 102],
    ]);
    const behind = (height: number) => labels.get(height) ?? height;
    const lying = {
      ...toy,
      opsHashAt: (height: number) => toy.opsHashAt(behind(height)),
      consensusHashAt: (height: number) => toy.consensusHashAt(behind(height)),
      operationsAt: (height: number) => toy.operationsAt(behind(height)),
    };
    const walkToo = { ...lying, opsHashAt: (height: number) => (height === 140 ? toy : lying).opsHashAt(height) };
    const moved = proveRecord(old, blockHeight(139), trusted, walkToo);
    const outcome = verifyProof(moved, trusted, toy.firstBlock);
    expect(outcome).toMatchObject({ kind: "proven", value: { level: "included" } }); // true, and no height is claimed
    // Dated by an operation of its own block it could only be dated right: 133 holds none that does.
    expect(verifyProof({ ...moved, date: moved.operation }, trusted, toy.firstBlock)).toEqual(outcome);
  });
});

describe("the file", () => {
  const [proof] = proofs as [NameProof];

  test("is read back to the same proof", () => {
    for (const each of proofs) expect(readProof(writeProof(each))).toEqual(each);
    const withZonefile = { ...proof, zonefile: Uint8Array.of(0, 255, 10) };
    expect(readProof(writeProof(withZonefile))).toEqual(withZonefile);
  });

  test("has one spelling", () => {
    const text = writeProof(proof);
    const value = JSON.parse(text) as Record<string, unknown>;
    for (const other of [
      text.trimEnd(),
      ` ${text}`,
      JSON.stringify(value),
      `${JSON.stringify({ ...value, more: 1 }, null, 1)}\n`,
      text.replace('"version": 1', '"version": 1.0'),
      text.replace('"version": 1', '"version": 2'),
      text.replace('"format": "bsk proof",', '"format": "bsk proof",\n "format": "bsk proof",'),
      "null",
      "[]",
      "{",
      "",
    ]) {
      expect(() => readProof(other)).toThrow(ParseError);
    }
    for (const field of Object.keys(value)) {
      const { [field]: _, ...rest } = value;
      expect(() => readProof(`${JSON.stringify(rest, null, 1)}\n`)).toThrow(ParseError);
    }
    expect(() => readProof("x".repeat(600_000))).toThrow(ParseError);
  });
});
