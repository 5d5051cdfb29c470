/** What an entry's transactions cost, by the chain, and what became of the rest. */
import { type Entry, type Spent, variantsOf } from "./entry.ts";
import type { ChainFacts } from "./facts.ts";

/** Fees and burns that blocks hold. */
export function spentOf(entry: Pick<Entry, "steps">, facts: Pick<ChainFacts, "status">): Spent {
  const confirmed = variantsOf(entry).filter(({ txid }) => facts.status(txid).kind === "confirmed");
  return {
    fees: confirmed.reduce((sum, { fee }) => sum + fee, 0),
    burned: confirmed.reduce((sum, { burned }) => sum + burned, 0),
  };
}

/** The fate of the money, in one clause, for an entry that ended badly. */
export function fateText({ fees, burned }: Spent): string {
  if (fees === 0 && burned === 0) return "nothing was paid, and its coins are free";
  const burn = burned === 0 ? "nothing was burned" : `the burn of ${burned} satoshis is gone`;
  return `fees of ${fees} satoshis were paid, ${burn}, and all other coins are free`;
}
