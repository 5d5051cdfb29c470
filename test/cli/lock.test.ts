import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockDirectory } from "../../src/cli/lock.ts";

const folder = () => mkdtempSync(join(tmpdir(), "bsk-lock-"));
const holder = (over: object) =>
  JSON.stringify({ pid: process.pid, host: hostname(), started: null, purpose: "old", ...over });

/** Above the largest process id that Linux gives (2^22). */
const NOBODY = 4_194_305;

test("held until released, then free; nothing stays behind", () => {
  const directory = join(folder(), "new");
  const release = lockDirectory(directory, "test");
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(() => lockDirectory(directory, "other")).toThrow(
    new RegExp(`in use by process ${process.pid} .*\\(test\\)`, "u"),
  );
  release();
  lockDirectory(directory, "again")();
  expect(readdirSync(directory)).toEqual([]);
});

test("the error is the machine's, with a rule that scripts can match", () => {
  const directory = folder();
  lockDirectory(directory, "test");
  expect(() => lockDirectory(directory, "x")).toThrow(expect.objectContaining({ kind: "machine", rule: "locked" }));
});

test.each([
  ["its process is gone", holder({ pid: NOBODY })],
  ["its process id belongs to a later process", holder({ started: "1" })],
  ["it was torn by a crash", '{"pid":'],
  ["it is empty", ""],
])("a lock is taken over when %s", (_why, text) => {
  const directory = folder();
  writeFileSync(join(directory, "lock"), text);
  const release = lockDirectory(directory, "new");
  expect(JSON.parse(readFileSync(join(directory, "lock"), "utf8"))).toMatchObject({ pid: process.pid, purpose: "new" });
  release();
  expect(readdirSync(directory)).toEqual([]);
});

test.each([
  ["it lives", holder({})],
  ["it is on another host", holder({ pid: NOBODY, host: "elsewhere" })],
  ["it belongs to another user's process", holder({ pid: 1 })],
])("a lock counts as held when %s", (_why, text) => {
  const directory = folder();
  writeFileSync(join(directory, "lock"), text);
  expect(() => lockDirectory(directory, "new")).toThrow(/in use/u);
  expect(readFileSync(join(directory, "lock"), "utf8")).toBe(text);
});

test("a release does not take away what another process has locked meanwhile", () => {
  const directory = folder();
  const release = lockDirectory(directory, "mine");
  const theirs = holder({ purpose: "theirs" });
  writeFileSync(join(directory, "lock"), theirs);
  release();
  expect(readFileSync(join(directory, "lock"), "utf8")).toBe(theirs);
});
