/** How answers show what they rest on, and the heights in them. */
import type { BlockHeight } from "../primitives/units.ts";
import { dateHeight, type DatedHeight, showDatedHeight } from "./amount.ts";
import type { Style } from "./style.ts";

/** On what an answer rests, as commands return it. */
export interface ShownStanding {
  /** How far it was checked, see bsk(1). */
  readonly level: string;
  /** `time` in ISO 8601. */
  readonly asOf: { readonly height: BlockHeight; readonly time: string };
  /** URL of the node that answered. */
  readonly node: string;
}

interface Standing extends Omit<ShownStanding, "asOf"> {
  readonly asOf: { readonly height: BlockHeight; readonly time: Date };
}

export function shownStanding({ level, asOf, node }: Standing): ShownStanding {
  return { level, asOf: { height: asOf.height, time: asOf.time.toISOString() }, node };
}

/** Dates heights by the block that an answer rests on. */
export function datesBy({ asOf }: Standing, secondsPerBlock: number) {
  const known = { height: asOf.height, time: asOf.time };
  return {
    at: (height: BlockHeight): DatedHeight => dateHeight(height, known, secondsPerBlock),
    /** null: never. */
    perhaps: (height: BlockHeight | null): DatedHeight | null =>
      height === null ? null : dateHeight(height, known, secondsPerBlock),
  };
}

/** "never" where there is no height. */
export function showDeadline(at: DatedHeight | null): string {
  return at === null ? "never" : showDatedHeight(at);
}

/** The last lines of every answer. */
export function standingPairs({ level, asOf, node }: ShownStanding, style: Style): [string, string][] {
  const words =
    level === "claimed" ? style.warn("claimed by a node that is not yours, not checked") : style.good(level);
  return [
    ["checked", words],
    ["as of", `block ${asOf.height} (${asOf.time.slice(0, 16)}Z)`],
    ["node", style.dim(node)],
  ];
}
