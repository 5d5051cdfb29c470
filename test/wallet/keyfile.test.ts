import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { NOTHING_USED, scriptAt } from "../../src/wallet/addresses.ts";
import { decodeWalletFile } from "../../src/wallet/keyfile-format.ts";
import { createKeyfile, raiseUsed, readKeyfile, takeKey, topUpKeys, unlockKeyfile } from "../../src/wallet/keyfile.ts";
import { parseMnemonic } from "../../src/wallet/mnemonic.ts";
import { p2pkhScript } from "../../src/wallet/script.ts";

const PHRASE = parseMnemonic(`${"abandon ".repeat(11)}about`);
const OTHER = parseMnemonic(`${"zoo ".repeat(11)}wrong`);
const CHEAP = { n: 1024, r: 8, p: 1 };
const created = "2026-01-02T03:04:05.000Z";

let directory: string;
let path: string;
beforeAll(async () => {
  directory = fs.mkdtempSync(join(tmpdir(), "bsk-keyfile-"));
  path = join(directory, "inside", "wallet.json");
  await createKeyfile(path, PHRASE, "correct horse", { created, cost: CHEAP });
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

async function failure(work: () => unknown): Promise<BskError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof BskError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("keyfile", () => {
  test("modes, and nothing left beside the file", () => {
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect(fs.statSync(join(directory, "inside")).mode & 0o777).toBe(0o700);
    expect(fs.readdirSync(join(directory, "inside"))).toEqual(["wallet.json"]);
  });

  test("the right passphrase opens it; the phrase is nowhere in the clear", async () => {
    const text = fs.readFileSync(path, "utf8");
    expect(text).not.toMatch(/abandon/u);
    const wallet = await unlockKeyfile(readKeyfile(path), "correct horse");
    expect(wallet.mnemonic).toBe(PHRASE);
  });

  test("a wrong passphrase is a wallet error", async () => {
    for (const wrong of ["correct hors", "", "Correct horse"]) {
      const error = await failure(() => unlockKeyfile(readKeyfile(path), wrong));
      expect(error.kind).toBe("wallet");
      expect(error.message).toBe("wrong passphrase");
    }
  });

  test("public keys are known without the passphrase and equal those behind it", async () => {
    const file = readKeyfile(path);
    const { tree } = await unlockKeyfile(file, "correct horse");
    for (const purpose of ["payment", "change", "owner", "reveal"] as const) {
      const keyPath = { purpose, index: 4 };
      expect(scriptAt(file.keys, keyPath)).toBe(p2pkhScript(tree.publicKey(keyPath)));
    }
  });

  test("the cost that is stored is the one that is used", async () => {
    expect(readKeyfile(path).sealed.kdf).toMatchObject({ name: "scrypt", n: 1024, r: 8, p: 1 });
    const costly = join(directory, "costly.json");
    await createKeyfile(costly, PHRASE, "p", { created });
    expect(readKeyfile(costly).sealed.kdf).toMatchObject({ n: 131072, r: 8, p: 1 });
    expect((await unlockKeyfile(readKeyfile(costly), "p")).mnemonic).toBe(PHRASE);
  });

  test("an existing wallet is never overwritten unasked, and kept when replaced", async () => {
    const own = join(directory, "own", "wallet.json");
    await createKeyfile(own, PHRASE, "one", { created, cost: CHEAP });
    const before = fs.readFileSync(own, "utf8");
    const error = await failure(() => createKeyfile(own, OTHER, "two", { created, cost: CHEAP }));
    expect(error.kind).toBe("wallet");
    expect(error.message).toContain("already");
    expect(fs.readFileSync(own, "utf8")).toBe(before);
    await createKeyfile(own, OTHER, "two", { created, cost: CHEAP, replace: true });
    expect((await unlockKeyfile(readKeyfile(own), "two")).mnemonic).toBe(OTHER);
    const [kept] = fs.readdirSync(join(directory, "own")).filter((name) => name.includes("replaced"));
    expect(fs.readFileSync(join(directory, "own", kept ?? ""), "utf8")).toBe(before);
  });

  test("two at once: one wallet is made, the other is an error", async () => {
    const race = join(directory, "race.json");
    const results = await Promise.allSettled([
      createKeyfile(race, PHRASE, "a", { created, cost: CHEAP }),
      createKeyfile(race, OTHER, "b", { created, cost: CHEAP }),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(readKeyfile(race).used).toEqual(NOTHING_USED);
  });

  test("keys are handed out once, survive on disk, and counts never fall", async () => {
    const own = join(directory, "used.json");
    await createKeyfile(own, PHRASE, "p", { created, cost: CHEAP });
    expect(takeKey(own, "owner").index).toBe(0);
    expect(takeKey(own, "owner").index).toBe(1);
    expect(takeKey(own, "change").index).toBe(0);
    raiseUsed(own, { payment: 7, change: 0, owner: 1, reveal: 0 });
    expect(readKeyfile(own).used).toEqual({ payment: 7, change: 1, owner: 2, reveal: 0 });
    // Counting keys needs no passphrase and must not break it.
    expect((await unlockKeyfile(readKeyfile(own), "p")).mnemonic).toBe(PHRASE);
  });

  test("hardened keys that run low are topped up while the wallet is open", async () => {
    const own = join(directory, "low.json");
    await createKeyfile(own, PHRASE, "p", { created, cost: CHEAP });
    raiseUsed(own, { ...NOTHING_USED, owner: 100 });
    expect((await failure(() => takeKey(own, "owner"))).hint).toContain("passphrase");
    const before = readKeyfile(own);
    await topUpKeys(own, await unlockKeyfile(before, "p"), "p");
    const after = readKeyfile(own);
    expect(after.keys.owner).toHaveLength(200);
    expect(after.keys.owner.slice(0, 100)).toEqual(before.keys.owner);
    expect(takeKey(own, "owner").index).toBe(100);
    expect((await unlockKeyfile(after, "p")).mnemonic).toBe(PHRASE);
  });

  test("no wallet is said with what to do", async () => {
    const error = await failure(() => readKeyfile(join(directory, "none.json")));
    expect(error.kind).toBe("wallet");
    expect(error.hint).toContain("bsk wallet create");
  });
});

describe("a damaged keyfile", () => {
  const reading =
    (text: string): (() => unknown) =>
    () =>
      decodeWalletFile(text, "w");

  test("a flipped bit anywhere is noticed without the passphrase", async () => {
    const bytes = fs.readFileSync(path);
    const spot = join(directory, "flipped.json");
    // Every byte of the small regions; of the long list of public keys, every 97th byte.
    const listed = bytes.indexOf('"owner"');
    const behind = bytes.indexOf('"used"');
    for (let i = 0; i < bytes.length; i++) {
      if (i > listed + 200 && i < behind - 200 && i % 97 !== 0) continue;
      const flipped = Buffer.from(bytes);
      flipped[i] = (flipped[i] ?? 0) ^ (1 << (i % 8));
      fs.writeFileSync(spot, flipped);
      const error = await failure(() => readKeyfile(spot));
      expect(error.kind, `byte ${String(i)}`).toBe("wallet");
    }
  });

  test("a file that is cut off anywhere is noticed", async () => {
    const text = fs.readFileSync(path, "utf8");
    for (let length = 0; length < text.length; length += 41) {
      const error = await failure(reading(text.slice(0, length)));
      expect(error.message).toMatch(/damaged: (cut off|not JSON|no "format")/u);
    }
    await failure(reading(text.slice(0, -1)));
    await failure(reading(`${text} `));
  });

  test("other versions, other JSON, and a cost that would exhaust the machine are refused", async () => {
    const data = JSON.parse(fs.readFileSync(path, "utf8"));
    expect((await failure(reading(JSON.stringify({ ...data, version: 2 })))).message).toContain("format version 2");
    for (const text of ["", "[]", "null", "{}", '{"format":"x"}', '{"format":"bsk-wallet","version":1}']) {
      expect((await failure(reading(text))).kind).toBe("wallet");
    }
    data.sealed.kdf.n = 2 ** 30;
    expect((await failure(reading(JSON.stringify(data)))).message).toContain("wrong shape");
  });

  // An attacker can make the checksum right again, but not the seal over the keys that addresses come from.
  test("swapped public keys are noticed when the wallet is opened", async () => {
    const file = readKeyfile(path);
    const [first = "", second = "", ...rest] = file.keys.owner;
    const swapped = { ...file, keys: { ...file.keys, owner: [second, first, ...rest] } };
    expect((await failure(() => unlockKeyfile(swapped, "correct horse"))).kind).toBe("wallet");
    const later = { ...file, created: "2027-01-02T03:04:05.000Z" };
    expect((await failure(() => unlockKeyfile(later, "correct horse"))).kind).toBe("wallet");
  });
});
