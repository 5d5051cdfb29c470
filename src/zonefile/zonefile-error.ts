import { ParseError } from "../errors.ts";

/** What is wrong with a text that should be a zone file, as a stable word. */
export type ZonefileFlaw =
  | "too-large"
  | "control-character"
  | "unbalanced-parentheses"
  | "unclosed-quote"
  | "bad-escape"
  | "bad-directive"
  | "bad-name"
  | "bad-ttl"
  | "bad-class"
  | "unknown-type"
  | "bad-field"
  | "missing-field"
  | "extra-field"
  | "no-owner";

/** Where in the file: both counted from 1; columns in bytes. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What a file says may hold what a terminal would obey, and be as long as the file. */
function printable(text: string): string {
  const escaped = text.replace(/[^ -~]/gu, (character) => `\\${String(character.charCodeAt(0)).padStart(3, "0")}`);
  return escaped.length > MOST_SHOWN ? `${escaped.slice(0, MOST_SHOWN)}…` : escaped;
}

const MOST_SHOWN = 200;

/** Bytes that are no zone file, with the place where that shows. */
export class ZonefileError extends ParseError {
  readonly flaw: ZonefileFlaw;
  readonly line: number;
  readonly column: number;

  constructor(flaw: ZonefileFlaw, { line, column }: Place, because: string) {
    super(`line ${line}, column ${column}: ${printable(because)}`);
    this.flaw = flaw;
    this.line = line;
    this.column = column;
  }
}
