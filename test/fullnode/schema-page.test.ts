/** docs/schema.md against the databases that the program makes. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { closeSqlite, openSqlite } from "../../src/database/sqlite.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { openJournal } from "../../src/journal/store.ts";
import { BUILT_IN, networkOf } from "../../src/protocol/network-definition.ts";

interface Table {
  /** Column and type, as "name type", in order. */
  readonly columns: readonly string[];
  /** Index and columns, as "name on columns", sorted. */
  readonly indexes: readonly string[];
}
type Tables = Readonly<Record<string, Table>>;

const page = readFileSync(new URL("../../docs/schema.md", import.meta.url), "utf8");
const directory = mkdtempSync(join(tmpdir(), "bsk-test-schema-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** The tables under one "## file" heading. */
function shown(text: string, file: string): Tables {
  const part = text.split(/^## /mu).find((section) => section.startsWith(`${file}\n`));
  const tables = (part ?? "").split(/^### /mu).slice(1);
  return Object.fromEntries(
    tables.map((table) => [
      table.slice(0, table.indexOf("\n")),
      {
        columns: [...table.matchAll(/^\| `(\w+)` +\| ([^|]+?) +\|/gmu)].map(([, name, type]) => `${name} ${type}`),
        indexes: [...table.matchAll(/^- `(\w+)` on ([^:]+):/gmu)]
          .map(([, name, on]) => `${name} on ${on?.replaceAll("`", "")}`)
          .sort(),
      },
    ]),
  );
}

/** The tables in a file. */
function made(path: string): Tables {
  const database = openSqlite(path);
  const rows = (sql: string) => database.prepare(sql).all();
  const tables = rows("select name from sqlite_master where type = 'table'").map(({ name }) => String(name));
  const found = tables.map((table) => {
    const columns = rows(`pragma table_xinfo(${table})`).map(({ name, type, notnull, pk, hidden }) => {
      const note = Number(pk) > 0 ? ", key" : hidden !== 0 ? ", computed" : notnull === 0 ? " or null" : "";
      return `${String(name)} ${String(type).toLowerCase()}${note}`;
    });
    const indexes = rows(`pragma index_list(${table})`).filter(({ origin }) => origin === "c");
    const described = indexes.map(({ name, unique, partial }) => {
      const on = rows(`pragma index_info(${String(name)})`).map((column) => String(column["name"]));
      return `${String(name)} on ${on.join(", ")}${unique === 1 ? ", unique" : ""}${partial === 1 ? ", partial" : ""}`;
    });
    return [table, { columns, indexes: described.sort() }];
  });
  closeSqlite(database);
  return Object.fromEntries(found) as Tables;
}

describe("the page shows every table, column and index of", () => {
  const network = networkOf(BUILT_IN.find(({ name }) => name === "regtest")!);
  const node = join(directory, "node.db");
  const journal = join(directory, "journal.db");
  NodeStore.open(node, network).close();
  openJournal(journal, network.id).close();

  test.each([
    ["node.db", node],
    ["journal.db", journal],
  ])("%s", (file, path) => {
    const tables = made(path);
    expect(Object.keys(tables).length).toBeGreaterThan(1);
    expect(shown(page, file)).toEqual(tables);
  });

  test("and a changed page is noticed", () => {
    for (const [from, to] of [
      ["| `revoked` ", "| `revoke` "],
      ["text or null", "text"],
      ["`txid`, unique", "`txid`"],
      ["### import_keys", "### import_key"],
    ] as const) {
      expect(page).toContain(from);
      expect(shown(page.replace(from, to), "node.db")).not.toEqual(made(node));
    }
  });
});
