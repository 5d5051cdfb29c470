import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import { consensusHash, networkId } from "../../src/primitives/hash.ts";
import { namespaceOf } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { checkAnswer, type NameAnswer } from "../../src/verify/answer.ts";
import { LONGEST_ANSWER, readAnswer, writeAnswer } from "../../src/verify/answer-file.ts";
import { answeringChain } from "../support/answers.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { replayVectors } from "../support/vectors.ts";

const world = answeringChain(replayedChain(replayVectors("fuzz")[0]!.path));
const { chain, names } = world;
const pin = chain.tip - 5;
const check = (answer: NameAnswer, name = answer.name) => checkAnswer(answer, world.asked(name, pin));

test("an honest answer proves the last operation on the name and on its namespace", () => {
  let proven = 0;
  for (const name of names) {
    const answer = world.answer(name, pin);
    const checked = check(answer);
    if (checked.kind !== "answered") throw new Error(JSON.stringify(checked));
    const last = (subject: string) => world.on(subject, pin).at(-1)?.text ?? null;
    expect(checked.operation?.text ?? null).toBe(last(name));
    expect(checked.namespace?.text ?? null).toBe(last(namespaceOf(name)));
    const { height = 0 } = world.on(name, pin).at(-1) ?? {};
    if (checked.operation === null) continue;
    proven++;
    expect(checked.operation.block.consensusHash).toBe(chain.consensusHashAt(height));
    expect([null, height]).toContain(checked.operation.block.height);
  }
  expect(proven).toBeGreaterThan(10);
  expect(check(world.answer(names[0]!, pin, () => true))).toMatchObject({ kind: "answered", operation: null });
});

describe("what is no answer under the pin is told apart", () => {
  const answer = world.answer(names[0]!, pin);
  const other = consensusHash("00".repeat(16));

  test("a node that has not come to its block", () => {
    const tip = { ...chain.anchorAt(pin - 1), time: 0 };
    const silent = { ...answer, tip, upTo: null, operation: null, namespace: null };
    expect(check(silent)).toEqual({ kind: "behind", tip: pin - 1 });
    expect(check({ ...silent, tip: answer.tip }).kind).toBe("refuted");
  });

  test("a node with another history", () => {
    const checked = check({ ...answer, upTo: { ...answer.upTo!, consensusHash: other } });
    expect(checked).toEqual({ kind: "other-history", consensusHash: other });
  });

  test("a node of another network", () => {
    const network = networkId("cd".repeat(32));
    expect(check({ ...answer, network })).toEqual({ kind: "other-network", network });
  });

  test("a node that answers for another name, block or subject", () => {
    const elsewhere = world.answer(
      names.find((name) => namespaceOf(name) !== namespaceOf(answer.name))!,
      pin,
    );
    const wrong: readonly NameAnswer[] = [
      { ...answer, upTo: { ...answer.upTo!, height: blockHeight(pin - 1) } },
      { ...answer, operation: elsewhere.operation },
      { ...answer, namespace: elsewhere.namespace },
      { ...answer, operation: answer.namespace },
      { ...answer, namespace: answer.operation },
      world.answer(answer.name, pin - 1),
    ];
    for (const each of wrong) expect(check(each).kind).toBe("refuted");
    expect(check(elsewhere, answer.name).kind).toBe("refuted");
  });
});

describe("the file of an answer", () => {
  const sample = names.filter((_, i) => i % 6 === 0).map((name) => world.answer(name, pin));

  test("is read back to the same answer", () => {
    for (const each of sample) expect(readAnswer(writeAnswer(each))).toEqual(each);
    const silent = { ...sample[0]!, upTo: null, operation: null, namespace: null, later: null };
    expect(readAnswer(writeAnswer(silent))).toEqual(silent);
  });

  test("with any byte changed: it is refused, or proves no other record", () => {
    const words = (answer: NameAnswer): string => JSON.stringify([answer.tip, answer.upTo, answer.later]);
    fc.assert(
      fc.property(fc.constantFrom(...sample), fc.nat(), fc.integer({ min: 1, max: 255 }), (answer, at, bits) => {
        const text = writeAnswer(answer);
        const place = at % text.length;
        const changed = String.fromCharCode(text.charCodeAt(place) ^ bits);
        let read: NameAnswer;
        try {
          read = readAnswer(text.slice(0, place) + changed + text.slice(place + 1));
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
          return;
        }
        const checked = check(read, answer.name);
        // The tip, the time and what is said of later blocks are the node's word: they are shown as that.
        if (checked.kind === "answered") {
          expect(words(read)).not.toBe(words(answer));
          expect(checked).toEqual(check(answer));
        }
      }),
      { numRuns: 1500 },
    );
  });

  test("has one spelling, a largest size, and no depth", () => {
    const text = writeAnswer(sample[0]!);
    const value = JSON.parse(text) as Record<string, unknown>;
    for (const other of [
      text.trimEnd(),
      ` ${text}`,
      JSON.stringify(value),
      `${JSON.stringify({ ...value, more: 1 }, null, 1)}\n`,
      text.replace('"later": null', '"later": -0'),
      text.replace('"version": 1', '"version": 1.0'),
      text.replace('"format": "bsk answer"', '"format": "bsk proof"'),
      text.replace(/"operation": \{/u, `"operation": ${"[".repeat(100_000)}${"]".repeat(100_000)}, "x": {`),
      text.replace(/"operation": \{/u, `"operation": ${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}, "x": {`),
      "x".repeat(LONGEST_ANSWER + 1),
      "null",
      "",
    ]) {
      expect(() => readAnswer(other)).toThrow(ParseError);
    }
    for (const field of Object.keys(value)) {
      const { [field]: _, ...rest } = value;
      expect(() => readAnswer(`${JSON.stringify(rest, null, 1)}\n`)).toThrow(ParseError);
    }
  });
});
