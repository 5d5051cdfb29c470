/** `bsk node fsck`: one changed bit anywhere is found; what can be derived again is; a pin proves the rest. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { beforeAll, describe, expect, test } from "vitest";
import { fsck, type FsckReport, type Pin } from "../../src/fullnode/fsck.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { consensusHash } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { alter, columnsOf, copyOf, flipBit, type Indexed, indexed } from "../support/damage.ts";

/** Sixteen blocks with a row in every table; and a longer chain with everything that can happen. */
let small: Indexed;
let large: Indexed;
beforeAll(async () => {
  small = await indexed("integration/name_import_nextepoch_preorder_epoch3_expire_grace");
  large = await indexed("fuzz/fuzz_e3");
});

interface Asked {
  readonly pin?: Pin;
  readonly repair?: boolean;
}

const check = ({ network }: Indexed, directory: string, { pin, repair = false }: Asked = {}): Promise<FsckReport> =>
  fsck({ network, directory, pin: pin ?? null, repair, told: () => undefined });

const pinAt = ({ store }: Indexed, height: number): Pin => ({
  height: blockHeight(height),
  consensusHash: store.consensusHashAt(height)!,
});

describe("a whole database", () => {
  test("passes, with the digest of all tables, and leaves nothing beside it", async () => {
    for (const chain of [small, large]) {
      const { height, consensusHash: last } = chain.store.queries.tip()!;
      const report = await check(chain, chain.directory);
      expect(report).toMatchObject({ height, consensusHash: last, digest: chain.digest, repaired: null });
      expect(report.tables["names"]).toMatchObject({ rows: chain.store.rows("names").length });
      expect(readdirSync(chain.directory)).toEqual(["allocation.json", "node.db"]);
    }
  });

  test("without a block", async () => {
    const chain = await indexed("integration/name_import_nextepoch_preorder_epoch3_expire_grace");
    const store = NodeStore.open(join(chain.directory, "node.db"), chain.network);
    while (store.tip() !== null) store.rollBack();
    store.close();
    expect(await check(chain, chain.directory)).toMatchObject({ height: null, consensusHash: null, repaired: null });
  });

  test("that is not there", async () => {
    await expect(check(small, join(small.directory, "elsewhere"))).rejects.toMatchObject({ rule: "no-database" });
  });
});

test("accounts of tokens are not judged without the file that they began with", async () => {
  const copy = copyOf(small);
  rmSync(join(copy, "allocation.json"));
  await expect(check(small, copy, { repair: true })).rejects.toMatchObject({ kind: "machine" });
  expect((await check(small, small.directory)).tables["accounts"]?.rows).toBeGreaterThan(0);
});

describe("a pin", () => {
  test("at any height proves the database", async () => {
    const { height } = large.store.tip()!;
    for (const at of [large.network.firstBlock, height - 40, height]) {
      expect(await check(large, large.directory, { pin: pinAt(large, at) })).toMatchObject({ digest: large.digest });
    }
  });

  test("of another chain refutes it, whatever the rows say, and nothing is repaired", async () => {
    const { height } = large.store.tip()!;
    const pin = { ...pinAt(large, height), consensusHash: consensusHash("00".repeat(16)) };
    await expect(check(large, large.directory, { pin })).rejects.toMatchObject({ exitCode: 3, rule: "pin-refuted" });
    const copy = copyOf(large);
    alter(copy, "UPDATE blocks SET consensus_hash = ? WHERE height = ?", pin.consensusHash, height);
    await expect(check(large, copy, { pin, repair: true })).rejects.toMatchObject({ rule: "pin-refuted" });
  });

  test("above the database proves nothing", async () => {
    const { height } = large.store.tip()!;
    const pin = { ...pinAt(large, height), height: blockHeight(height + 1) };
    await expect(check(large, large.directory, { pin })).rejects.toMatchObject({ exitCode: 4 });
  });
});

/** Tables that are made again from others. */
const DERIVED = ["names", "namespaces", "preorders", "import_keys", "accounts"];
/** Columns that the others are made from. */
const EVIDENCE = [
  "hash",
  "previous_hash",
  "time",
  "checksum",
  "refused_checksum",
  "height",
  "position",
  "raw_transaction",
  "sender_script",
];

test("one bit changed in any column of any table is found, and repaired as far as it can be", async () => {
  const long = env["BSK_LONG"] === "1";
  const wanted = long ? 3 : 1;
  const columns = columnsOf(small).filter(({ table }) => table !== "zonefiles" && table !== "subdomains");
  expect(new Set(columns.map(({ table }) => table)).size).toBe(8);
  for (const [i, { table, column }] of columns.entries()) {
    for (let nth = i; nth < i + wanted; nth++) {
      const copy = copyOf(small);
      if (!flipBit(copy, table, column, nth)) continue;
      const where = `${table}.${column}`;
      await expect(check(small, copy), where).rejects.toMatchObject({ exitCode: 3, rule: "database-differs" });
      if (!long && i % 4 !== 0) continue;
      const { repaired, height } = await check(small, copy, { repair: true });
      const report = await check(small, copy);
      if (DERIVED.includes(table) || !EVIDENCE.includes(column)) {
        expect(repaired, where).toMatchObject({ found: { table }, indexFrom: null });
        expect(report.digest, where).toBe(small.digest);
      } else {
        expect(repaired?.indexFrom, where).toBe((height ?? small.network.firstBlock - 1) + 1);
      }
    }
  }
});

describe("rows", () => {
  test.each(["blocks", "operations", "rejections", "names", "namespaces", "preorders", "import_keys", "accounts"])(
    "a lost one of %s is found",
    async (table) => {
      const copy = copyOf(small);
      const some = `SELECT * FROM ${table} LIMIT 1`;
      const key =
        { names: "name", namespaces: "namespace_id", import_keys: "ordinal", accounts: "address" }[table] ?? "rowid";
      alter(
        copy,
        `DELETE FROM ${table} WHERE ${key} = (SELECT ${key} FROM (${some}))`.replace("SELECT *", `SELECT ${key}`),
      );
      await expect(check(small, copy)).rejects.toMatchObject({ rule: "database-differs" });
    },
  );

  test("one too many is found, and taken out", async () => {
    const copy = copyOf(small);
    alter(copy, "UPDATE names SET name = 'zz' || name WHERE name = (SELECT max(name) FROM names)");
    await expect(check(small, copy)).rejects.toMatchObject({ message: expect.stringContaining("is missing") });
    expect((await check(small, copy, { repair: true })).digest).toBe(small.digest);
  });
});

describe("beside the chain", () => {
  test("a zone file that is another, or that nobody announced, is found and thrown away", async () => {
    const copy = copyOf(large);
    const announced = large.store.rows("operations").find(({ announces }) => announces !== null)![
      "announces"
    ] as string;
    for (const hash of [announced, "00".repeat(20)]) {
      alter(copy, "INSERT INTO zonefiles (hash, bytes, received) VALUES (?, ?, 1)", hash, new Uint8Array(10));
      await expect(check(large, copy)).rejects.toMatchObject({
        message: expect.stringContaining(`zonefiles "${hash}"`),
      });
      expect(await check(large, copy, { repair: true })).toMatchObject({
        repaired: { zonefilesLost: 1 },
        zonefiles: 0,
      });
    }
  });

  test("the definition of the network", async () => {
    const copy = copyOf(small);
    alter(copy, "UPDATE meta SET value = replace(value, '1', '2') WHERE key = 'network_definition'");
    await expect(check(small, copy)).rejects.toMatchObject({ message: expect.stringContaining("meta") });
    expect((await check(small, copy, { repair: true })).repaired).not.toBeNull();
    expect((await check(small, copy)).repaired).toBeNull();
  });
});

test("bytes of the file overwritten: found or refused, and what a repair leaves is a prefix of the chain", async () => {
  const bytes = readFileSync(join(large.directory, "node.db"));
  let damages = 0;
  for (let page = 2; page * 4096 < bytes.length; page += env["BSK_LONG"] === "1" ? 1 : 23) {
    const copy = copyOf(large);
    const damaged = new Uint8Array(bytes);
    damaged.fill(0xaa, page * 4096 + 8, page * 4096 + 2048);
    writeFileSync(join(copy, "node.db"), damaged);
    // Where the bytes are in nobody's use, nothing is wrong.
    const found = await check(large, copy).catch((error: unknown) => error);
    if (!(found instanceof Error)) expect(found, `page ${page}`).toMatchObject({ digest: large.digest });
    else expect(found, `page ${page}`).toMatchObject({ name: "BskError" });
    damages += found instanceof Error ? 1 : 0;
    const { height } = await check(large, copy, { repair: true });
    const store = NodeStore.open(join(copy, "node.db"), large.network);
    for (let at = large.network.firstBlock; at <= (height ?? -1); at++) {
      expect(store.consensusHashAt(at)).toBe(large.store.consensusHashAt(at));
    }
    store.close();
    expect(existsSync(join(copy, "node.draft.db"))).toBe(false);
  }
  expect(damages).toBeGreaterThan(3);
});
