import { mkdtempSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesOf } from "../../src/cli/files.ts";

const files = filesOf(new AbortController().signal);
const folder = () => mkdtempSync(join(tmpdir(), "bsk-files-"));

test("what is written is read again; secrets are for their owner alone", async () => {
  const path = join(folder(), "a", "b");
  await files.write(path, "text", { secret: true });
  expect(await files.readText(path)).toBe("text");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
  await files.write(`${path}.bin`, new Uint8Array([0, 255]));
  expect([...(await files.readBytes(`${path}.bin`))]).toEqual([0, 255]);
});

test("a file that exists is kept unless it may be replaced; no drafts stay behind", async () => {
  const directory = folder();
  const path = join(directory, "plan");
  await files.write(path, "one");
  await expect(files.write(path, "two")).rejects.toMatchObject({ kind: "usage" });
  expect(readFileSync(path, "utf8")).toBe("one");
  await files.write(path, "two", { overwrite: true });
  expect(readFileSync(path, "utf8")).toBe("two");
  expect(readdirSync(directory)).toEqual(["plan"]);
});

test("missing, too large, not text, not a file: whose fault it is", async () => {
  const directory = folder();
  const path = join(directory, "x");
  writeFileSync(path, new Uint8Array(101).fill(0xff));
  await expect(files.readBytes(join(directory, "none"))).rejects.toMatchObject({ kind: "usage" });
  await expect(files.readBytes(path, 100)).rejects.toMatchObject({ kind: "usage" });
  expect(await files.readBytes(path, 101)).toHaveLength(101);
  await expect(files.readText(path)).rejects.toMatchObject({ kind: "usage" });
  await expect(files.readBytes(directory)).rejects.toMatchObject({
    kind: "usage",
    message: `a directory, not a file: "${directory}"`,
  });
  await expect(files.write(join(path, "under"), "x")).rejects.toMatchObject({ kind: "machine" });
});

test("an endless file is not read to its end", async () => {
  await expect(files.readBytes("/dev/zero", 1000)).rejects.toMatchObject({ kind: "usage" });
});

test("a descriptor is read; a closed one is a usage error", async () => {
  const path = join(folder(), "pass");
  writeFileSync(path, "secret\n");
  expect(await files.readDescriptor(openSync(path, "r"))).toBe("secret\n");
  await expect(files.readDescriptor(999)).rejects.toMatchObject({ kind: "usage" });
});

test("a directory's entries are sorted; a missing one is empty", async () => {
  const directory = folder();
  for (const name of ["b", "a"]) writeFileSync(join(directory, name), "");
  expect(await files.list(directory)).toEqual(["a", "b"]);
  expect(await files.list(join(directory, "none"))).toEqual([]);
});

test("a read of a cancelled command ends with the reason", async () => {
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(filesOf(signal).readBytes("/dev/zero", Number.MAX_SAFE_INTEGER)).rejects.toThrow("stopped");
});
