/** The initial allocation of tokens that a database began with. */
import { type Database, transaction } from "../../database/sqlite.ts";
import { BskError } from "../../errors.ts";
import type { Network } from "../../protocol/network-definition.ts";
import { type Allocation, allocatedAt, allocationHeights } from "../../tokens/allocation.ts";
import { accountReader, accountWriter } from "./accounts.ts";

const META_KEY = "allocation";

/** The id of the allocation that the database's accounts began with; null for none. */
export function adoptedAllocation(database: Database): string | null {
  const row = database.prepare("SELECT value FROM meta WHERE key = ?").get(META_KEY) as { value: string } | undefined;
  return row?.value ?? null;
}

/**
 * Ties a database to an allocation. A node that began without the file gets the rows that it would have: until the first
 * epoch with tokens, which it has not entered, nothing else can have changed them.
 * @throws BskError `machine` if the database began with another allocation.
 */
export function adoptAllocation(
  database: Database,
  network: Network,
  allocation: Allocation,
  tip: number | null,
): void {
  const before = adoptedAllocation(database);
  if (before === allocation.id) return;
  if (before !== null) {
    throw new BskError("machine", `this node began with another allocation of tokens: "${before.slice(0, 16)}…"`, {
      hint: `the file given is ${allocation.id.slice(0, 16)}…; bring the other back, or begin in an empty directory`,
    });
  }
  const read = accountReader(database);
  const write = accountWriter(database);
  transaction(database, () => {
    database.prepare("INSERT INTO meta (key, value) VALUES (?, ?)").run(META_KEY, allocation.id);
    if (tip === null) return;
    for (const height of allocationHeights(allocation, network.firstBlock, tip)) {
      write(allocatedAt(allocation, height, network.firstBlock, read));
    }
  });
}
