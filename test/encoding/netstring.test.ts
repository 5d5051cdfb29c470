import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeNetstrings, encodeNetstrings } from "../../src/encoding/netstring.ts";
import { ParseError } from "../../src/errors.ts";

test("values carry their length and are joined by commas", () => {
  expect(encodeNetstrings(["abc", "", "x,y:1"])).toBe("3:abc,0:,5:x,y:1");
});

test("decode inverts encode", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary-ascii" })), (values) => {
      expect(decodeNetstrings(encodeNetstrings(values))).toEqual(values);
    }),
  );
});

test("one spelling: what decodes is what encode makes; anything else is a ParseError", () => {
  const noise = fc.string({ unit: fc.constantFrom("0", "1", "2", ":", ",", "a") });
  fc.assert(
    fc.property(noise, (text) => {
      let values: string[];
      try {
        values = decodeNetstrings(text);
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError);
        return;
      }
      expect(encodeNetstrings(values)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test.each(["1", "1:", "2:a", "01:a", "1:a,", "1:a1:b", ",1:a", "1:a,,1:b", "-1:", "99999999999:a"])(
  "%j is refused",
  (text) => {
    expect(() => decodeNetstrings(text)).toThrow(ParseError);
  },
);
