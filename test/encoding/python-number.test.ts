import { expect, test } from "vitest";
import { pythonBoolean, pythonFloat, pythonList } from "../../src/encoding/python-number.ts";
import { rowsOf } from "../support/vectors.ts";

test.each(rowsOf("test", "python2_float_str") as [string, string][])("str(%s) is %s", (repr, text) => {
  expect(pythonFloat(Number(repr))).toBe(text);
});

test.each([
  [777, "777.0"],
  [30.000000000000004, "30.0"],
  [1000.1, "1000.1"],
  [99_999_999_999, "99999999999.0"],
  [999_999_999_999, "9.99999999999e+11"],
  // Exactly half way at the twelfth digit: to even, up and down.
  [123_456_789_012.5, "1.23456789012e+11"],
  [12_345_678_901.25, "12345678901.2"],
  [12_345_678_901.75, "12345678901.8"],
  [0.0001, "0.0001"],
  [0.00001, "1e-05"],
  [0.000123456789012345, "0.000123456789012"],
  [2 ** 80, "1.20892581961e+24"],
  [-2.5, "-2.5"],
])("str(%d) is %s", (value, text) => {
  expect(pythonFloat(value)).toBe(text);
});

test("lists and booleans", () => {
  expect(pythonList([6, 15, 0])).toBe("[6, 15, 0]");
  expect(pythonBoolean(true) + pythonBoolean(false)).toBe("TrueFalse");
});
