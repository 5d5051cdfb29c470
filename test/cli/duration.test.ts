import { expect, test } from "vitest";
import { duration } from "../../src/cli/duration.ts";
import { ParseError } from "../../src/errors.ts";

test("minutes, hours, days and weeks", () => {
  expect(["1m", "2h", "60d", "8w"].map(duration)).toEqual([60_000, 7_200_000, 5_184_000_000, 4_838_400_000]);
});

test.each(["", "60", "0d", "-1d", "1.5h", "1s", "1D", "100000d", "1d2h", " 1d"])("%j is no time", (text) => {
  expect(() => duration(text)).toThrow(ParseError);
});
