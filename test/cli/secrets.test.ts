import { expect, test } from "vitest";
import type { Files } from "../../src/cli/files.ts";
import { type SecretSources, secretsOf } from "../../src/cli/secrets.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { BskError } from "../../src/errors.ts";

const contents: Readonly<Record<string, string>> = { flag: "from flag\nsecond line\n", env: "from env\r\n", empty: "" };

function secrets(sources: Partial<SecretSources>, answers: readonly string[] = []) {
  const reads: number[] = [];
  const files = {
    readText: (path: string) => Promise.resolve(contents[path]!),
    readDescriptor: (fd: number) => {
      reads.push(fd);
      return Promise.resolve(reads.length === 1 ? "from descriptor" : "");
    },
  } as unknown as Files;
  const left = [...answers];
  const terminal = {
    askSecret: (_question: string, instead: string) => {
      const answer = left.shift();
      if (answer === undefined) throw new BskError("usage", "nobody", { hint: instead });
      return Promise.resolve(answer);
    },
  } as unknown as Terminal;
  return secretsOf({ fd: undefined, file: undefined, environmentFile: undefined, ...sources }, files, terminal);
}

test("descriptor before file before environment before prompt; only the first line counts", async () => {
  const all = { fd: 3, file: "flag", environmentFile: "env" };
  expect(await secrets(all, ["typed"]).passphrase()).toBe("from descriptor");
  expect(await secrets({ ...all, fd: undefined }).passphrase()).toBe("from flag");
  expect(await secrets({ environmentFile: "env" }).passphrase()).toBe("from env");
  expect(await secrets({ environmentFile: "" }, ["typed"]).passphrase()).toBe("typed");
  expect(await secrets({ file: "empty" }).passphrase()).toBe("");
});

test("a descriptor gives its passphrase again, although it can be read only once", async () => {
  const from = secrets({ fd: 3 });
  expect([await from.passphrase(), await from.newPassphrase()]).toEqual(["from descriptor", "from descriptor"]);
});

test("a new passphrase is typed twice, and must be the same", async () => {
  expect(await secrets({}, ["a", "a"]).newPassphrase()).toBe("a");
  await expect(secrets({}, ["a", "b"]).newPassphrase()).rejects.toMatchObject({ kind: "wallet" });
  expect(await secrets({ file: "flag" }).newPassphrase()).toBe("from flag");
});

test("where nobody can be asked, the error names the flags", async () => {
  await expect(secrets({}).passphrase()).rejects.toMatchObject({
    kind: "usage",
    hint: expect.stringContaining("--passphrase-file"),
  });
});
