import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeNetstrings } from "../../src/encoding/netstring.ts";
import { ParseError } from "../../src/errors.ts";
import { type HashedRecord, parseHashedRecord } from "../../src/ops/hashed-record.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { readReplayVector, replayVectors } from "../support/vectors.ts";

/** The text of a value, as the original prints it. */
function printed(value: string | number | boolean | null | readonly number[]): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "object" ? `[${value.join(", ")}]` : String(value);
}

const textOf = ({ letter, ...fields }: HashedRecord): string =>
  `${letter}:${encodeNetstrings(Object.values(fields).map(printed))}`;

/** `sender_pubkey` -> `senderPubkey`; the second owner has names of its own. */
const FIELDS: Readonly<Record<string, string>> = { value_hash: "valueHash", namespace_id: "namespaceId" };
const camel = (field: string): string =>
  FIELDS[field] ?? field.replace(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());

test.each(replayVectors("scenarios", "fuzz", "integration"))(
  "what was hashed in $vector parses to its fields",
  (file) => {
    for (const { accepted } of readReplayVector(file.path).expected) {
      for (const { serialized, consensusFields } of accepted) {
        if (serialized === undefined) continue;
        const record = parseHashedRecord(serialized);
        expect(textOf(record)).toBe(serialized);
        const { letter: _, ...fields } = record;
        const parsed = Object.entries(fields);
        expect(parsed).toHaveLength(consensusFields!.length);
        consensusFields!.forEach(([field], i) => {
          const [name] = parsed[i]!;
          expect(name.replace(/Again$/u, "")).toBe(camel(field));
        });
      }
    }
  },
);

describe("any other text is refused", () => {
  const texts = replayVectors("fuzz").flatMap(({ path }) => {
    const chain = replayedChain(path);
    const heights = Array.from({ length: chain.tip - chain.firstBlock + 1 }, (_, i) => chain.firstBlock + i);
    return heights.flatMap((height) => chain.operationsAt(height));
  });
  const byLetter = new Map(texts.map((text) => [text.charAt(0), text]));

  test("there is one of every letter to try it with", () => {
    expect([...byLetter.keys()].sort()).toEqual("! $ & * + : ; > ? ~".split(" "));
  });

  test.each([...byLetter.values()])("%s", (text) => {
    // A field too few, too many, a comma at the end, another letter.
    for (const wrong of [
      text.slice(0, text.lastIndexOf(",")),
      `${text},0:`,
      `${text},`,
      text.slice(1),
      `#${text.slice(1)}`,
    ]) {
      expect(() => parseHashedRecord(wrong)).toThrow(ParseError);
    }
    const letters = "! $ & * + : ; > ? ~".split(" ").filter((letter) => letter !== text.charAt(0));
    for (const letter of letters) expect(() => parseHashedRecord(letter + text.slice(1))).toThrow(ParseError);
  });

  test("whatever a character is changed to: the text is another record's, or none's", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...byLetter.values()),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (text, at, code) => {
          const changed =
            text.slice(0, at % text.length) + String.fromCharCode(code) + text.slice((at % text.length) + 1);
          try {
            expect(textOf(parseHashedRecord(changed))).toBe(changed);
          } catch (error) {
            if (!(error instanceof ParseError)) throw error;
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
