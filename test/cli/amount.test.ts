import { expect, test } from "vitest";
import { dateHeight, parseAmount, showAmount, showDatedHeight } from "../../src/cli/amount.ts";
import { ParseError } from "../../src/errors.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";

test.each([
  ["40000", 40_000n],
  ["40000sat", 40_000n],
  ["0.0004btc", 40_000n],
  ["0.0004 BTC", 40_000n],
  ["21000000btc", 2_100_000_000_000_000n],
  ["0", 0n],
])("%s", (text, amount) => {
  expect(parseAmount(text)).toBe(amount);
});

test.each([
  "",
  "-1",
  "1.5",
  "0.0004",
  "0.000000001btc",
  "1e5",
  "btc",
  "1,5btc",
  "21000001btc",
  "99999999999999999",
  "٣",
])("not an amount: %j", (text) => {
  expect(() => parseAmount(text)).toThrow(ParseError);
});

test("amounts in both units, heights with a date", () => {
  expect(showAmount(satoshi(40_000))).toBe("40000 sat (0.00040000 BTC)");
  const known = { height: blockHeight(1000), time: new Date("2026-01-01T00:00:00Z") };
  const dated = dateHeight(blockHeight(1144), known, 600);
  expect(dated).toEqual({ height: 1144, expected: "2026-01-02T00:00Z" });
  expect(showDatedHeight(dated)).toBe("block 1144 (about 2026-01-02)");
});
