/** How answers show what they rest on, and the heights in them. */
import type { BlockHeight } from "../primitives/units.ts";
import type { ShownPin } from "../lightnode/pin.ts";
import { dateHeight, type DatedHeight, showDatedHeight } from "./amount.ts";
import { pinWords } from "./pin.ts";
import type { Style } from "./style.ts";

/** On what an answer rests, as commands return it. */
export interface ShownStanding {
  /** How far it was checked, see bsk(1). */
  readonly level: string;
  /** `time` in ISO 8601; null where nobody told it. */
  readonly asOf: { readonly height: BlockHeight; readonly time: string | null };
  /** URL of the node that was asked; null where none was. */
  readonly node: string | null;
  /** What the answer was hashed to; absent where it rests on a node alone. */
  readonly pin?: ShownPin;
  /** Where several nodes were asked: how many, whose answers could be gone by, and who gave this record as the last. */
  readonly nodes?: { readonly asked: number; readonly answered: number; readonly agreeing: number };
}

interface Standing extends Omit<ShownStanding, "asOf"> {
  readonly asOf: { readonly height: BlockHeight; readonly time: Date | null };
}

export function shownStanding({ level, asOf, node, pin, nodes }: Standing): ShownStanding {
  return {
    level,
    asOf: { height: asOf.height, time: asOf.time?.toISOString() ?? null },
    node,
    ...(pin === undefined ? {} : { pin }),
    ...(nodes === undefined ? {} : { nodes }),
  };
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
export function standingPairs(
  { level, asOf, node, pin, nodes }: ShownStanding,
  style: Style,
): [string, string | null][] {
  const words =
    level === "claimed" ? style.warn("claimed by a node that is not yours, not checked") : style.good(level);
  const time = asOf.time === null ? "" : ` (${asOf.time.slice(0, 16)}Z)`;
  return [
    ["checked", words],
    ["nodes", nodes === undefined ? null : `${nodes.answered} of ${nodes.asked} answered, ${nodes.agreeing} agree`],
    ["as of", `block ${asOf.height}${time}`],
    ["pin", pin === undefined ? null : pinWords(pin, style)],
    ["node", node === null ? null : style.dim(node)],
  ];
}
