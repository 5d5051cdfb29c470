/** Where one step stands, by the chain: at most one of its variants can be anywhere. */
import type { EntryStep, Variant } from "./entry.ts";
import type { ChainFacts } from "./facts.ts";

export type Standing =
  | { readonly kind: "confirmed"; readonly variant: Variant; readonly height: number }
  | { readonly kind: "mempool"; readonly variant: Variant }
  /** Nobody has any of it. `contested`: a stranger to this step in the mempool spends a coin of it. */
  | { readonly kind: "absent"; readonly possible: readonly Variant[]; readonly contested: boolean }
  /** A block holds another transaction that spends its coins: no variant will ever confirm. */
  | { readonly kind: "taken" };

export function standingOf({ variants }: EntryStep, facts: ChainFacts): Standing {
  for (const variant of variants) {
    const status = facts.status(variant.txid);
    if (status.kind === "confirmed") return { kind: "confirmed", variant, height: status.height };
  }
  const waiting = variants.find(({ txid }) => facts.status(txid).kind === "mempool");
  if (waiting !== undefined) return { kind: "mempool", variant: waiting };
  const fates = (variant: Variant) => variant.spends.map((outpoint) => facts.fate(outpoint));
  const possible = variants.filter((variant) => !fates(variant).includes("spent-in-block"));
  if (possible.length === 0) return { kind: "taken" };
  return {
    kind: "absent",
    possible,
    contested: possible.every((variant) => fates(variant).includes("spent-in-mempool")),
  };
}

/** Was any variant handed to the network? */
export function wasSent({ variants }: EntryStep): boolean {
  return variants.some(({ sent }) => sent !== null);
}
