import { expect, test } from "vitest";
import { encodeBase40 } from "../../src/encoding/base40.ts";
import { ParseError } from "../../src/errors.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { rowsOf } from "../support/vectors.ts";

test.each(rowsOf("test", "b40_to_hex") as [string, string][])("%s", (text, hex) => {
  expect(toHex(encodeBase40(text))).toBe(hex);
});

test("leading zeros vanish, so that these names share their preorder hash", () => {
  expect(encodeBase40("0foo.id")).toEqual(encodeBase40("foo.id"));
  expect(encodeBase40("fo0o.id")).not.toEqual(encodeBase40("foo.id"));
});

test.each(["Foo.id", "foo id", "foo.id\n", "é"])("%j is not base 40", (text) => {
  expect(() => encodeBase40(text)).toThrow(ParseError);
});
