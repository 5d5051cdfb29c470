/** What is under way, for people. */
import type { PendingEntry } from "../spending/pending.ts";
import { dateHeight, type DatedHeight, showAmount, showDatedHeight } from "./amount.ts";
import { card } from "./layout.ts";
import type { Style } from "./style.ts";

/** As `PendingEntry`, its deadline with a date. */
export interface ShownEntry extends Omit<PendingEntry, "deadline"> {
  readonly deadline: (DatedHeight & { readonly what: string }) | null;
}

/** Dates the deadlines by the last block, which is taken to be of now. */
export function shownEntry(
  entry: PendingEntry,
  known: Parameters<typeof dateHeight>[1],
  secondsPerBlock: number,
): ShownEntry {
  const { deadline } = entry;
  if (deadline === null) return { ...entry, deadline };
  return { ...entry, deadline: { ...dateHeight(deadline.height, known, secondsPerBlock), what: deadline.what } };
}

export function pendingCards(entries: readonly ShownEntry[], style: Style): string {
  if (entries.length === 0) return "nothing is under way";
  return entries.map((entry) => pendingCard(entry, style)).join("\n\n");
}

function pendingCard(entry: ShownEntry, style: Style): string {
  const { id, purpose, state, because, deadline, fees, burned, next, watchedUntil, sent } = entry;
  return card(
    [
      ["id", style.name(id)],
      ["purpose", purpose],
      ["state", because === null ? state : `${state}: ${because}`],
      ["deadline", deadline === null ? null : `${showDatedHeight(deadline)}, up to which ${deadline.what}`],
      ["paid so far", `${showAmount(BigInt(fees))} of fees, ${showAmount(BigInt(burned))} burned`],
      ...sent.map(({ role, txid, fee }): [string, string] => [`sent ${role}`, `${txid} (fee ${fee} sat)`]),
      ["next", next],
      ["watched", watchedUntil === null ? null : `up to block ${watchedUntil}, in case the chain is reorganised`],
    ],
    style,
  );
}
