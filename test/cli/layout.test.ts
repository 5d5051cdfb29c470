import { expect, test } from "vitest";
import { dateHeight, showAmount, showDatedHeight } from "../../src/cli/amount.ts";
import { card, table } from "../../src/cli/layout.ts";
import { styleOf } from "../../src/cli/style.ts";
import { blockHeight } from "../../src/primitives/units.ts";

test("columns are as wide as their widest cell, without trailing spaces", () => {
  const rows = [
    ["a", "1"],
    ["long name", ""],
  ];
  expect(table(["NAME", "N"], rows)).toBe("NAME       N\na          1\nlong name");
});

test("colour codes have no width", async () => {
  const { name } = await styleOf(true);
  const plain = table(["A", "B"], [["x", "y"]]);

  expect(table(["A", "B"], [[name("x"), "y"]]).replace(/\u001b\[\d+m/gu, "")).toBe(plain);
});

test("a card leaves out what there is not", () => {
  expect(card([["name", "a.b"], ["id", null], ["owner", "1x"]])).toBe("name   a.b\nowner  1x"); // prettier-ignore
});

test("amounts and heights as people read them", () => {
  expect(showAmount(40_000n)).toBe("40000 sat (0.00040000 BTC)");
  const known = { height: blockHeight(100), time: new Date("2026-01-01T00:00:00Z") };
  expect(showDatedHeight(dateHeight(blockHeight(244), known, 600))).toBe("block 244 (about 2026-01-02)");
  expect(dateHeight(blockHeight(99), known, 600).expected).toBe("2025-12-31T23:50Z");
});
