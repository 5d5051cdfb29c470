import { existsSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeDirectory } from "../../src/cli/make-directory.ts";
const temporaryDirectory = () => mkdtempSync(join(tmpdir(), "bsk-make-"));

test("makes what is missing with mode 0700, and leaves what is there", () => {
  const path = join(temporaryDirectory(), "a", "b", "c");
  makeDirectory(path);
  makeDirectory(path);
  for (const each of [path, join(path, "..")]) expect(statSync(each).mode & 0o777).toBe(0o700);
});

test("a file in the way is an error, and so is a place that takes no directories", () => {
  const file = join(temporaryDirectory(), "file");
  writeFileSync(file, "");
  for (const path of [file, join(file, "x"), "/proc/x", "/proc/x/y", ""])
    expect(() => makeDirectory(path)).toThrow(expect.objectContaining({ kind: "machine" }));
  expect(existsSync("/proc/x")).toBe(false);
});
