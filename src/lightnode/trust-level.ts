/** How far an answer was checked (design §5). */
import { BskError } from "../errors.ts";

/** From the least to the most. `claimed`: a node that is not ours said so, and nothing proves it. */
export const TRUST_LEVELS = ["claimed", "included", "placed", "quorum", "complete", "state-root", "indexed"] as const;

export type TrustLevel = (typeof TRUST_LEVELS)[number];

/** `complete` and `state-root` say the same in two ways; our own node's replay satisfies everything. */
const RANK: Readonly<Record<TrustLevel, number>> = {
  claimed: 0,
  included: 1,
  placed: 2,
  quorum: 3,
  complete: 4,
  "state-root": 4,
  indexed: 5,
};

/** Is an answer of this level enough for what was required? */
export function satisfies(level: TrustLevel, required: TrustLevel): boolean {
  return RANK[level] >= RANK[required];
}

/** `of`: whose answer it is. @throws BskError `unproven`, rule `level`, where it is not enough */
export function requireLevel(level: TrustLevel, required: TrustLevel, of: string): void {
  if (satisfies(level, required)) return;
  throw new BskError("unproven", `an answer of ${of} is "${level}", less than the required "${required}"`, {
    rule: "level",
    hint: "ask your own node: bsk node start, then without --node",
  });
}
