/** The fields that nodes' answers are made of, as steps of a schema: each is parsed once, into its type. */
import * as v from "valibot";
import { scriptHex } from "../bitcoin/address.ts";
import { ParseError } from "../errors.ts";
import { parsedBy } from "../chain/parsed-by.ts";
import { fromHex } from "../primitives/bytes.ts";
import { zonefileHash } from "../primitives/hash.ts";
import { blockHeight } from "../primitives/units.ts";

export const text = <T>(parse: (from: string) => T) => v.pipe(v.string(), v.maxLength(256), parsedBy(parse));
/** Words of a node that are shown to a person: one line, no control characters. */
export const words = v.pipe(
  v.string(),
  v.maxLength(1000),
  v.transform((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/gu, " ")),
);
export const height = v.pipe(v.number(), parsedBy(blockHeight));
/** -1 stands for "never". */
export const heightOrNever = v.pipe(
  v.number(),
  parsedBy((value: number) => (value === -1 ? null : blockHeight(value))),
);
export const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));
export const opcode = v.pipe(v.string(), v.regex(/^[A-Z_]{1,32}$/u, "not an opcode"));
export const publicKey = v.pipe(v.string(), v.regex(/^(?:0[23][0-9a-f]{64}|04[0-9a-f]{128})$/u, "not a public key"));
export const script = v.pipe(
  v.string(),
  v.maxLength(20_000),
  parsedBy((hex: string) => scriptHex(fromHex(hex))),
);
export const hashOrNull = v.nullable(text(zonefileHash));

/** @throws ParseError with the path of the first wrong field. */
export function read<T>(schema: v.GenericSchema<unknown, T>, value: unknown, what: string): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ParseError(`not ${what}: ${v.getDotPath(issue) ?? "answer"}: ${issue.message}`);
}
