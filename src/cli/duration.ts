import { ParseError } from "../errors.ts";

/** Milliseconds of each unit. */
const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** "30m", "12h", "60d" or "8w", in milliseconds. @throws ParseError */
export function duration(text: string): number {
  const [, count, unit] = /^([1-9][0-9]{0,4})([mhdw])$/u.exec(text) ?? [];
  if (count === undefined) throw new ParseError(`not a time like 30m, 12h, 60d or 8w: "${text}"`);
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}
