/** Where two chains part: the right height, in few questions. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { answered, lastAgreement } from "../../src/fullnode/fork-point.ts";

async function found(top: number, first: number, fork: number): Promise<{ at: number; questions: number[] }> {
  const questions: number[] = [];
  const at = await answered(lastAgreement(top, first), (height) => {
    questions.push(height);
    return Promise.resolve(height <= fork);
  });
  return { at, questions };
}

test("any fork is found, with at most 2 · log2(depth) + 2 questions, each about a block that both can have", async () => {
  const chains = fc
    .record({
      first: fc.nat(700_000),
      length: fc.integer({ min: 1, max: 300_000 }),
      part: fc.double({ min: 0, max: 1 }),
    })
    .map(({ first, length, part }) => ({
      first,
      top: first + length - 1,
      depth: Math.ceil((length || 1) * (part || 1)),
    }));
  await fc.assert(
    fc.asyncProperty(chains, async ({ first, top, depth }) => {
      const { at, questions } = await found(top, first, top - depth);
      expect(at).toBe(top - depth);
      expect(questions.length).toBeLessThanOrEqual(2 * Math.log2(depth) + 2);
      expect(new Set(questions).size).toBe(questions.length);
      for (const height of questions) expect(height >= first && height < top).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("the heights asked are those of lagging followers: 1, 2, 4, 8 back, then between", async () => {
  expect((await found(1000, 1, 987)).questions).toEqual([999, 998, 996, 992, 984, 988, 986, 987]);
  expect((await found(1000, 1, 999)).questions).toEqual([999]);
});

test("chains that share nothing, and one of a single block", async () => {
  expect((await found(1000, 1, 0)).at).toBe(0);
  expect(await found(5, 5, 4)).toEqual({ at: 4, questions: [] });
});
