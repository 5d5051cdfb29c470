/** Hands a signed transaction to the network. What may be out there is on disk before it is. */
import { type Entry, type Variant, withVariants } from "../journal/entry.ts";
import { fromHex } from "../primitives/bytes.ts";
import type { Desk } from "./desk.ts";

/** The entry with this variant marked as sent, on disk. */
export function markSent(entry: Entry, { txid }: Variant, height: number, desk: Pick<Desk, "journal" | "now">): Entry {
  const known = entry.steps.some(({ variants }) => variants.some((each) => each.txid === txid && each.sent !== null));
  if (known) return entry;
  const sent = { at: desk.now().toISOString(), height };
  return desk.journal.change(entry, (present) =>
    withVariants(present, (variants) =>
      variants.map((each) => (each.txid === txid && each.sent === null ? { ...each, sent } : each)),
    ),
  );
}

/** Sends what is marked. @throws BskError `rejected` with the reason of the network, `machine` where it cannot be reached. */
export async function send({ raw }: Variant, { source }: Pick<Desk, "source">): Promise<void> {
  await source.broadcast(fromHex(raw));
}
