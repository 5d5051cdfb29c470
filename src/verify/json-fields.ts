/** Reading the JSON of files that have one spelling: each field is there and of its kind, or the text is refused. */
import { ParseError } from "../errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Indented by one space, with a line feed at the end: how all our files are written. */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

/** Readers for files of one kind; `what` names it in errors, as in "an answer". All throw ParseError. */
export function fieldsOf(what: string) {
  const wrong = (where: string): ParseError => new ParseError(`not ${what}: ${where} is missing or of another kind`);
  const object = (value: unknown, where: string): Fields => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(where);
    return value as Fields;
  };
  const number = (value: unknown, where: string): number => {
    if (typeof value !== "number") throw wrong(where);
    return value;
  };
  return {
    object,
    list: (value: unknown, where: string): readonly unknown[] => {
      if (!Array.isArray(value)) throw wrong(where);
      return value as readonly unknown[];
    },
    string: (value: unknown, where: string): string => {
      if (typeof value !== "string") throw wrong(where);
      return value;
    },
    number,
    /** What the parser makes of a value that is not null. */
    perhaps: <T>(value: unknown, parse: (value: unknown) => T): T | null => (value === null ? null : parse(value)),
    /**
     * Reads a file: no longer than it may be, of this format and version, and exactly as it would be written again.
     */
    file: <T>(
      text: string,
      { format, version, longest }: { readonly format: string; readonly version: number; readonly longest: number },
      { parse, write }: { readonly parse: (fields: Fields) => T; readonly write: (value: T) => string },
    ): T => {
      if (text.length > longest) throw new ParseError(`${what} of ${text.length} characters`);
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch {
        throw new ParseError(`not ${what}: no JSON`);
      }
      const from = object(json, "the file");
      if (from["format"] !== format) throw new ParseError(`not ${what}: its format is not "${format}"`);
      const theirs = number(from["version"], "version");
      if (theirs !== version) throw new ParseError(`${what} of version ${theirs}, not ${version}`);
      const value = parse(from);
      if (write(value) !== text) throw new ParseError(`not ${what}: not as it is written`);
      return value;
    },
  };
}
