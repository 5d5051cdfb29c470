import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import { namespaceOf } from "../../src/primitives/name.ts";
import type { AncestryProof } from "../../src/verify/ancestry.ts";
import { checkEvidence, type Evidence } from "../../src/verify/evidence.ts";
import { LONGEST_EVIDENCE, readEvidence, writeEvidence } from "../../src/verify/evidence-file.ts";
import { answeringChain } from "../support/answers.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { elsewhere } from "../support/strangers.ts";
import { replayVectors } from "../support/vectors.ts";

const world = answeringChain(
  replayedChain(replayVectors("scenarios").find(({ vector }) => vector === "wallets_kinds")!.path),
);
const { chain } = world;
const height = chain.tip - 3;
const pin = chain.anchorAt(height);
const names = world.names.filter((name) => {
  const [before, last] = world.on(name, height).slice(-2);
  return before !== undefined && last !== undefined && before.height < last.height;
});
const [SAID, SHOWN] = ["https://liar.example", "https://honest.example"];

/** Against a node that left out the last operation on a name. */
function omission(name: (typeof names)[number]): Evidence & { readonly ancestry: AncestryProof } {
  const [before, last] = world.on(name, height).slice(-2);
  return {
    network: world.network,
    pin,
    at: "2026-01-02T03:04:05.000Z",
    said: { node: SAID, answer: world.answer(name, height, ({ text }) => text === last!.text) },
    shown: { node: SHOWN, answer: world.answer(name, height) },
    ancestry: world.ancestry(last!, before!),
  };
}

const check = (evidence: Evidence) => checkEvidence(evidence, pin, chain.firstBlock);
const samples = names.map(omission);

test("an omission is shown, and the node that omitted is named", () => {
  expect(samples.length).toBeGreaterThan(3);
  for (const evidence of samples) {
    expect(check(evidence)).toMatchObject({ kind: "proven", value: { node: SAID, kind: "omission" } });
  }
});

describe("nothing is shown", () => {
  test("against the node that told the truth", () => {
    for (const { said, shown, ...rest } of samples) {
      expect(check({ ...rest, said: { ...shown!, node: SAID }, shown: said }).kind).toBe("refuted");
      expect(check({ ...rest, said: shown!, shown }).kind).toBe("refuted");
      expect(check({ ...rest, said: shown!, shown: null }).kind).toBe("refuted");
    }
  });

  test("without the proof of the order, where it is needed", () => {
    const without = samples.map((evidence) => check({ ...evidence, ancestry: null }).kind);
    expect(without).toContain("refuted");
  });

  test("under another pin", () => {
    const [evidence] = samples;
    expect(checkEvidence(evidence!, chain.anchorAt(height - 1), chain.firstBlock).kind).toBe("unproven");
    const wrong = { ...pin, consensusHash: chain.consensusHashAt(height - 1) };
    expect(checkEvidence(evidence!, wrong, chain.firstBlock).kind).toBe("refuted");
  });

  test("by an answer that does not hold itself", () => {
    for (const evidence of samples) {
      const { answer } = evidence.shown!;
      const broken = { ...answer, operation: { ...answer.operation!, height: answer.namespace!.height } };
      expect(check({ ...evidence, shown: { node: SHOWN, answer: broken } }).kind).toBe("refuted");
    }
  });

  test("against a node that is behind, or of another network", () => {
    const [{ said, ...rest }] = samples as [Evidence];
    const nothing = { upTo: null, operation: null, namespace: null, later: null };
    const tip = { ...chain.anchorAt(height - 1), time: 0 };
    expect(check({ ...rest, said: { node: SAID, answer: { ...said.answer, ...nothing, tip } } }).kind).toBe("refuted");
    const network = `${"0".repeat(63)}1` as typeof rest.network;
    expect(check({ ...rest, said: { node: SAID, answer: { ...said.answer, network } } }).kind).toBe("refuted");
  });
});

test("other falsehoods: an answer that does not hold, another history, an operation denied, a namespace hidden", () => {
  const [{ said, shown, ...rest }] = samples as [Evidence];
  const { answer } = shown!;
  const against = (changed: typeof answer, by: Evidence["shown"]) =>
    check({ ...rest, said: { node: SAID, answer: changed }, shown: by, ancestry: null });
  expect(against({ ...answer, namespace: answer.operation }, null)).toMatchObject({ value: { kind: "proof" } });
  expect(against(elsewhere(answer), null)).toMatchObject({ value: { kind: "history" } });
  expect(against({ ...said.answer, operation: null }, shown)).toMatchObject({ value: { kind: "omission" } });
  const hidden = against({ ...answer, namespace: null }, shown);
  expect(hidden).toMatchObject({ value: { kind: "omission" } });
  expect(JSON.stringify(hidden)).toContain(namespaceOf(answer.name));
});

describe("the file", () => {
  test("is read back to the same evidence", () => {
    for (const evidence of samples) expect(readEvidence(writeEvidence(evidence))).toEqual(evidence);
  });

  test("with any character changed it shows nothing else than it showed", () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), fc.integer({ min: 32, max: 126 }), (evidence, at, code) => {
        const text = writeEvidence(evidence);
        const place = at % text.length;
        let read: Evidence;
        try {
          read = readEvidence(text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1));
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
          return;
        }
        const [found, before] = [check(read), check(evidence)];
        if (found.kind !== "proven" || before.kind !== "proven") return;
        // A transcript that was changed may be false in another way than it was; an omission is that of the same operation.
        if (found.value.kind === "omission") expect(found.value.because).toBe(before.value.because);
      }),
      { numRuns: 800 },
    );
  });

  test("has one spelling, a largest size, and URLs that are one line", () => {
    const text = writeEvidence(samples[0]!);
    for (const other of [
      text.trimEnd(),
      JSON.stringify(JSON.parse(text)),
      text.replace("bsk evidence", "bsk answer"),
      text.replace(`"${SAID}"`, '"https://liar.example\\nhint: trust me"'),
      text.replace(`"${SAID}"`, '"file:///etc/passwd"'),
      text.replace("2026-01-02T03:04:05.000Z", "yesterday"),
      "x".repeat(LONGEST_EVIDENCE + 1),
      "{}",
    ]) {
      expect(() => readEvidence(other)).toThrow(ParseError);
    }
  });
});
