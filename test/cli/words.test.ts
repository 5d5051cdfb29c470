import { expect, test } from "vitest";
import { findCommand, nearest } from "../../src/cli/words.ts";

const PATHS = ["price", "network list", "pending", "pending resume"];

test.each([
  ["price a.b", "price", ["a.b"]],
  ["--network regtest price a.b", "price", ["--network", "regtest", "a.b"]],
  ["--network=regtest -q price a.b", "price", ["--network=regtest", "-q", "a.b"]],
  ["network --json list x", "network list", ["--json", "x"]],
  ["network", "network", []],
  ["network wat", "network", ["wat"]],
  ["pending", "pending", []],
  ["pending resume", "pending resume", []],
  ["pending abc", "pending", ["abc"]],
  ["price price", "price", ["price"]],
  ["--network price", null, ["--network", "price"]],
  ["--unknown price", null, ["--unknown", "price"]],
  ["price -- network list", "price", ["--", "network", "list"]],
  ["wat", null, ["wat"]],
])("%s", (line, path, rest) => {
  expect(findCommand(line.split(" "), PATHS)).toMatchObject({ path, rest });
});

test("the nearest word, or none", () => {
  expect(nearest("prise", PATHS)).toBe("price");
  expect(nearest("network lst", PATHS)).toBe("network list");
  expect(nearest("xyzzy", PATHS)).toBeNull();
});
