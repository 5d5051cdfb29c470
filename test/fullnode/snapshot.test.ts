/** Reading as one what is read in one turn of the event loop: never longer, and never with a write in it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { closeSqlite, type Database, openSqlite } from "../../src/database/sqlite.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { zonefileHash } from "../../src/primitives/hash.ts";
import { networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";

const network = networkOf(newNetworkDefinition("regtest", "regtest", 1, "id"));
const hash = zonefileHash("ab".repeat(20));
const bytes = Uint8Array.of(1, 2, 3);

let directory: string;
let store: NodeStore;
let other: Database;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bsk-snapshot-"));
  store = NodeStore.open(join(directory, "node.db"), network);
  other = openSqlite(join(directory, "node.db"));
});
afterEach(() => {
  closeSqlite(other);
  store.close();
  rmSync(directory, { recursive: true });
});

const seenByOther = () => other.prepare("SELECT count(*) AS count FROM zonefiles").get()?.["count"];
const storedByOther = () => other.prepare("INSERT INTO zonefiles VALUES (?, ?, 0)").run(hash, bytes);

test("a turn sees one state, the next turn the next", async () => {
  store.readTogether();
  expect(store.queries.zonefile(hash)).toBeNull();
  storedByOther();
  store.readTogether();
  expect(store.queries.zonefile(hash)).toBeNull();
  await setImmediate();
  expect(store.queries.zonefile(hash)).toEqual(bytes);
  store.readTogether();
  expect(store.queries.zonefile(hash)).toEqual(bytes);
});

test("a zone file that is stored behind a read is there for all, at once", () => {
  store.readTogether();
  expect(store.queries.zonefile(hash)).toBeNull();
  store.putZonefile(hash, bytes, 0);
  expect(seenByOther()).toBe(1);
});

test("a transaction behind a read is its own: kept whole, or not at all", () => {
  const put = (): void => {
    store.readTogether();
    expect(store.queries.zonefile(hash)).toBeNull();
    store.putZonefile(hash, bytes, 0);
  };
  store.readTogether();
  expect(store.tip()).toBeNull();
  expect(() =>
    store.together(() => {
      put();
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(seenByOther()).toBe(0);
  store.readTogether();
  expect(store.tip()).toBeNull();
  store.together(put);
  expect(seenByOther()).toBe(1);
});

test("a store closes behind a read", async () => {
  const path = join(directory, "second.db");
  const second = NodeStore.open(path, network);
  second.readTogether();
  expect(second.tip()).toBeNull();
  second.close();
  await setImmediate();
  const again = NodeStore.open(path, network);
  again.putZonefile(hash, bytes, 0);
  again.close();
});
