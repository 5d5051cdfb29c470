/** Are the rows of subdomains those that the kept zone files give? */
import { plainValue } from "./store/digest.ts";
import type { Difference } from "./store/difference.ts";
import type { NodeStore } from "./store/store.ts";
import { subdomainRows } from "./store/subdomains.ts";

/** The first row that is not what its zone file says, is missing, or has none; null where there is none such. */
export function wrongSubdomain(store: NodeStore): Difference | null {
  const rows = store.subdomains();
  const next = (): string | null => {
    const step = rows.next();
    return step.done === true ? null : JSON.stringify(Object.values(step.value).map(plainValue));
  };
  for (const { position, subject, bytes } of store.announcements()) {
    if (!(bytes instanceof Uint8Array)) continue; // told as a zone file that does not hash to its key
    for (const row of subdomainRows(Number(position), String(subject), bytes, store.network)) {
      if (next() !== JSON.stringify(row.map(plainValue))) {
        return { table: "subdomains", key: String(row[2]), because: "is not what the zone file says" };
      }
    }
  }
  return next() === null ? null : { table: "subdomains", key: null, because: "has rows that no zone file carries" };
}
