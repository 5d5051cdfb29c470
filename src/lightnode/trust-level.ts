/** How far an answer was checked (design §5). */

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
