import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { type Entry, registrationId } from "../../src/journal/entry.ts";
import { closeSqlite, openSqlite } from "../../src/database/sqlite.ts";
import { openJournal } from "../../src/journal/store.ts";
import { networkId } from "../../src/primitives/hash.ts";

const NETWORK = networkId("22".repeat(32));
const OTHER = networkId("33".repeat(32));
const ENTRY: Entry = {
  id: registrationId(NETWORK, "alice.test", "owner"),
  networkId: NETWORK,
  kind: "registration",
  subject: "alice.test",
  purpose: "register alice.test",
  owner: "owner",
  zonefile: null,
  steps: [],
  state: "planned",
  because: null,
  spent: { fees: 0, burned: 0 },
  endedAt: null,
  earlier: [],
  createdAt: "2026-01-01T00:00:00.000Z",
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bsk-journal-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("an entry is read back by another opening of the file", () => {
  const path = join(directory, "journal.db");
  const first = openJournal(path, NETWORK);
  first.begin(ENTRY);
  const second = openJournal(path, NETWORK);
  expect(second.find(ENTRY.id)).toEqual(ENTRY);
  second.put({ ...ENTRY, state: "done" });
  expect(first.live()).toEqual([]);
  expect(first.entries()).toHaveLength(1);
  first.close();
  second.close();
});

test("the same live entry cannot begin twice, a finished one can", () => {
  const journal = openJournal(":memory:", NETWORK);
  journal.begin(ENTRY);
  expect(() => {
    journal.begin(ENTRY);
  }).toThrow(BskError);
  journal.put({ ...ENTRY, state: "failed", because: "too late" });
  const later = { ...ENTRY, createdAt: "2026-02-01T00:00:00.000Z" };
  expect(journal.begin(later).earlier).toEqual([
    { steps: [], state: "failed", because: "too late", spent: ENTRY.spent, createdAt: ENTRY.createdAt },
  ]);
  expect(journal.find(ENTRY.id)).toMatchObject({ state: "planned", earlier: [{ because: "too late" }] });
  journal.put({ ...later, state: "failed", earlier: [...(journal.find(ENTRY.id)?.earlier ?? [])] });
  expect(journal.begin(later).earlier).toHaveLength(2);
  journal.close();
});

test("what another process wrote meanwhile is not lost by a change", () => {
  const path = join(directory, "journal.db");
  const [first, second] = [openJournal(path, NETWORK), openJournal(path, NETWORK)];
  const entry = first.begin(ENTRY);
  second.change(entry, (now) => ({ ...now, steps: [{ role: "single", variants: [] }] }));
  const changed = first.change(entry, (now) => ({ ...now, state: "sent" }));
  expect(changed).toEqual({ ...ENTRY, state: "sent", steps: [{ role: "single", variants: [] }] });
  expect(second.find(ENTRY.id)).toEqual(changed);
  first.close();
  second.close();
});

/** As version 1 of this program wrote it. */
function writeVersion1(path: string, state: string): void {
  openJournal(path, NETWORK).close();
  const database = openSqlite(path);
  const { steps: _, spent: __, endedAt: ___, earlier: ____, ...common } = { ...ENTRY, state };
  const transaction = {
    txid: "11".repeat(32),
    raw: "0000",
    spends: [],
    returns: [],
    fee: 7,
    burned: 9,
    deathHeight: 120,
  };
  const transactions = [
    { ...transaction, role: "preorder" },
    { ...transaction, role: "register", txid: "22".repeat(32), burned: 0, deathHeight: null },
  ];
  database.prepare("update meta set value = '1' where key = 'schema'").run();
  database
    .prepare("insert into entries values (?, ?, ?, ?, ?, ?, ?)")
    .run(
      ENTRY.id,
      NETWORK,
      ENTRY.kind,
      ENTRY.subject,
      state,
      ENTRY.createdAt,
      JSON.stringify({ ...common, transactions }),
    );
  closeSqlite(database);
}

test.each([
  ["planned", [false, false]],
  ["preordered", [true, false]],
  ["registered", [true, true]],
] as const)("a journal of version 1 is brought up to date: %s", (state, sent) => {
  const path = join(directory, "journal.db");
  writeVersion1(path, state);
  const journal = openJournal(path, NETWORK);
  const entry = journal.find(ENTRY.id);
  expect(entry).toMatchObject({ state, spent: { fees: 0, burned: 0 }, endedAt: null, earlier: [] });
  expect(entry).not.toHaveProperty("transactions");
  expect(entry?.steps.map(({ role }) => role)).toEqual(["preorder", "register"]);
  const variants = entry?.steps.flatMap((step) => step.variants);
  expect(variants).toMatchObject([
    { fee: 7, size: 2, burned: 9, deathHeight: 120, does: "operation", plan: null },
    { fee: 7, burned: 0, deathHeight: null },
  ]);
  expect(variants?.map((variant) => variant.sent !== null)).toEqual(sent);
  journal.close();
  const again = openJournal(path, NETWORK);
  expect(again.find(ENTRY.id)).toEqual(entry);
  again.close();
});

test("a journal of a later version is refused", () => {
  const path = join(directory, "journal.db");
  openJournal(path, NETWORK).close();
  const database = openSqlite(path);
  database.prepare("update meta set value = '3' where key = 'schema'").run();
  closeSqlite(database);
  expect(() => openJournal(path, NETWORK)).toThrow(/has schema 3, this bsk reads 2/u);
});

test("entries of another network are neither seen nor taken", () => {
  const path = join(directory, "journal.db");
  const journal = openJournal(path, NETWORK);
  journal.begin(ENTRY);
  const other = openJournal(path, OTHER);
  expect(other.entries()).toEqual([]);
  expect(() => {
    other.put(ENTRY);
  }).toThrow("another network");
  journal.close();
  other.close();
});

test("a file that is no database is a clear error", () => {
  const path = join(directory, "journal.db");
  writeFileSync(path, "this is not a database, however long one looks at it".repeat(100));
  expect(() => openJournal(path, NETWORK)).toThrow(/cannot open the database/u);
});
