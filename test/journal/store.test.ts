import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { type Entry, registrationId } from "../../src/journal/entry.ts";
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
  transactions: [],
  state: "planned",
  because: null,
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
  journal.begin(ENTRY);
  expect(journal.find(ENTRY.id)?.state).toBe("planned");
  journal.close();
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
