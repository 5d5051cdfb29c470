/**
 * Wire formats as data: an operation declares its fields in order, and that one declaration both encodes and decodes.
 * Integers are big-endian. Decoding takes every byte or fails: there is no rest that nobody looked at.
 */
import { ParseError } from "../errors.ts";
import { concat, fromHex, fromLatin1, toHex, toLatin1 } from "../primitives/bytes.ts";

/** One field: how many bytes it takes ("rest": all that are left; only the last field may), and its two directions. */
export interface Field<T> {
  readonly size: number | "rest";
  encode(value: T): Uint8Array;
  /** @throws ParseError */
  decode(bytes: Uint8Array): T;
}

/** The bytes are too few or too many. */
export class SizeError extends ParseError {
  readonly size: number;
  readonly due: number;
  /** At least `due`, not exactly. */
  readonly open: boolean;
  constructor(size: number, due: number, open: boolean) {
    super(`${size} bytes where ${open ? "at least " : ""}${due} are due`);
    this.size = size;
    this.due = due;
    this.open = open;
  }
}

/** A field's bytes are no value of it. */
export class FieldError extends ParseError {
  readonly field: string;
  constructor(field: string, cause: ParseError) {
    super(cause.message, { cause });
    this.field = field;
  }
}

function decodeField<T>(key: string, field: Field<T>, bytes: Uint8Array): T {
  try {
    return field.decode(bytes);
  } catch (error) {
    throw error instanceof ParseError ? new FieldError(key, error) : error;
  }
}

type ValueOf<F> = F extends Field<infer T> ? T : never;
export type Values<Fields> = { readonly [K in keyof Fields]: ValueOf<Fields[K]> };

/** A declared format. */
export interface Layout<Fields> {
  readonly fields: Fields;
  /** Total bytes; with a "rest" field, the bytes of all others. */
  readonly size: number;
  encode(values: Values<Fields>): Uint8Array;
  /** @throws ParseError unless the bytes are exactly one value. */
  decode(bytes: Uint8Array): Values<Fields>;
}

/** Declares a format: fields in wire order. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- fields of any value types; `Values` gives them back
export function layout<Fields extends Record<string, Field<any>>>(fields: Fields): Layout<Fields> {
  const entries = Object.entries(fields) as [keyof Fields & string, Field<unknown>][];
  const sized = entries.map(([, { size }]) => (size === "rest" ? 0 : size));
  const size = sized.reduce((sum, one) => sum + one, 0);
  const open = entries.at(-1)?.[1].size === "rest";
  return {
    fields,
    size,
    encode: (values) => concat(...entries.map(([key, field]) => field.encode(values[key]))),
    decode: (bytes) => {
      if (open ? bytes.length < size : bytes.length !== size) {
        throw new SizeError(bytes.length, size, open);
      }
      let offset = 0;
      const values: Partial<Record<string, unknown>> = {};
      for (const [key, field] of entries) {
        const end = field.size === "rest" ? bytes.length : offset + field.size;
        values[key] = decodeField(key, field, bytes.subarray(offset, end));
        offset = end;
      }
      return values as Values<Fields>;
    },
  };
}

/** A fixed number of bytes that the domain holds as hex text. */
export function hexField<T extends string>(of: { of(bytes: Uint8Array): T; readonly byteLength: number }): Field<T> {
  return { size: of.byteLength, encode: (value) => fromHex(value), decode: (bytes) => of.of(bytes) };
}

/** An unsigned integer of 1 to 6 bytes. */
export function uintField(size: number): Field<number> {
  return {
    size,
    encode: (value) => {
      if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
        throw new ParseError(`${value} does not fit into ${size} bytes`);
      }
      return Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 2 ** (8 * (size - 1 - i))) % 0x100);
    },
    decode: (bytes) => bytes.reduce((sum, byte) => sum * 0x100 + byte, 0),
  };
}

/** A list of 4-bit numbers, high nibble first. */
export function nibblesField(count: number): Field<readonly number[]> {
  return {
    size: count / 2,
    encode: (values) => {
      if (values.length !== count || values.some((value) => !Number.isInteger(value) || value < 0 || value > 15)) {
        throw new ParseError(`not ${count} numbers from 0 to 15: ${values.join(" ")}`);
      }
      return fromHex(values.map((value) => value.toString(16)).join(""));
    },
    decode: (bytes) => Array.from(toHex(bytes), (digit) => Number.parseInt(digit, 16)),
  };
}

/** Text to the end of the payload. */
export function textField<T extends string>(parse: (text: string) => T, prefix = ""): Field<T> {
  return {
    size: "rest",
    encode: (value) => fromLatin1(prefix + value),
    decode: (bytes) => {
      const text = toLatin1(bytes);
      if (!text.startsWith(prefix)) throw new ParseError(`${JSON.stringify(text)} does not start with "${prefix}"`);
      return parse(text.slice(prefix.length));
    },
  };
}

/** Text in a fixed number of bytes, NUL bytes behind it. */
export function paddedTextField<T extends string>(size: number, parse: (text: string) => T): Field<T> {
  return {
    size,
    encode: (value) => {
      if (value.length > size) throw new ParseError(`"${value}" is longer than ${size} bytes`);
      return concat(fromLatin1(value), new Uint8Array(size - value.length));
    },
    decode: (bytes) => {
      let end = size;
      while (end > 0 && bytes[end - 1] === 0) end -= 1;
      return parse(toLatin1(bytes.subarray(0, end)));
    },
  };
}

/** One byte that means yes or no. */
export function flagField(yes: number, no: number): Field<boolean> {
  return {
    size: 1,
    encode: (value) => Uint8Array.of(value ? yes : no),
    decode: ([byte]) => {
      if (byte !== yes && byte !== no) throw new ParseError(`byte ${String(byte)} where ${yes} or ${no} is due`);
      return byte === yes;
    },
  };
}
