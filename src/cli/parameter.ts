/**
 * What a command takes from its command line, as data: help, man pages, completion and parsing all read these values.
 *
 * A parser is a function of `primitives` (or of any room) that throws `ParseError`; the frame turns that into a usage
 * error which names the parameter.
 */
import { BskError, ParseError } from "../errors.ts";

/** What a shell offers after TAB for a value. */
export type Completes = "file" | "directory" | "network" | "command";

export interface Parameter<Value = unknown> {
  readonly form: "argument" | "option" | "flag";
  /** One line without full stop, for help and man pages. */
  readonly summary: string;
  /** How the value is called in usage, such as FILE; null: the key in capitals. */
  readonly placeholder: string | null;
  readonly required: boolean;
  /** May be given more than once. */
  readonly many: boolean;
  /** One letter, for `-o`; null where there is none. */
  readonly short: string | null;
  /** The only texts that are taken; null where the parser decides. */
  readonly choices: readonly string[] | null;
  readonly completes: Completes | null;
  /** Text that stands in where none is given; null where there is none. */
  readonly fallback: string | null;
  /** The value of the texts given on the command line, none of them if it was left out. @throws ParseError */
  read(texts: readonly string[]): Value;
}

/** Parameters by key; a key `dryRun` is the option `--dry-run`, an argument `NAME` has the key `name`. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** What `run` receives: each parameter's value under its key. */
export type Values<P extends Parameters> = { readonly [K in keyof P]: P[K] extends Parameter<infer V> ? V : never };

/** Text to value. @throws ParseError */
export interface Parser<T> {
  (text: string): T;
  /** The only texts it takes, where they are a closed list: help shows them and a shell completes them. */
  readonly words?: readonly string[];
}

export interface ParameterDetails {
  readonly placeholder?: string;
  readonly short?: string;
  readonly completes?: Completes;
}

function describe(
  summary: string,
  details: ParameterDetails,
  words?: readonly string[],
): Omit<Parameter, "form" | "read"> {
  return {
    summary,
    placeholder: details.placeholder ?? null,
    required: false,
    many: false,
    short: details.short ?? null,
    choices: words ?? null,
    completes: details.completes ?? null,
    fallback: null,
  };
}

function last(texts: readonly string[]): string | undefined {
  return texts[texts.length - 1];
}

function needed<T>(parse: Parser<T>): (texts: readonly string[]) => T {
  return (texts) => {
    const text = last(texts);
    if (text === undefined) throw new ParseError("missing");
    return parse(text);
  };
}

function perhaps<T>(parse: Parser<T>): (texts: readonly string[]) => T | undefined {
  return (texts) => {
    const text = last(texts);
    return text === undefined ? undefined : parse(text);
  };
}

/** A positional argument that must be given. */
export function arg<T>(parse: Parser<T>, summary: string, details: ParameterDetails = {}): Parameter<T> {
  return { ...describe(summary, details, parse.words), form: "argument", required: true, read: needed(parse) };
}

/** A positional argument that may be left out; it comes after those that must be given. */
export function optionalArg<T>(
  parse: Parser<T>,
  summary: string,
  details: ParameterDetails = {},
): Parameter<T | undefined> {
  return { ...describe(summary, details, parse.words), form: "argument", read: perhaps(parse) };
}

/** All remaining arguments, at least one. The last argument of a command. */
export function restArgs<T>(
  parse: Parser<T>,
  summary: string,
  details: ParameterDetails = {},
): Parameter<readonly T[]> {
  return {
    ...describe(summary, details, parse.words),
    form: "argument",
    required: true,
    many: true,
    read: (texts) => texts.map((text) => parse(text)),
  };
}

/** `--key VALUE`. */
export function option<T>(parse: Parser<T>, summary: string, details: ParameterDetails = {}): Parameter<T | undefined> {
  return { ...describe(summary, details, parse.words), form: "option", read: perhaps(parse) };
}

/** `--key VALUE` with a text that stands in where it is not given. */
export function optionOr<T>(
  fallback: string,
  parse: Parser<T>,
  summary: string,
  details: ParameterDetails = {},
): Parameter<T> {
  return {
    ...describe(summary, details, parse.words),
    form: "option",
    fallback,
    read: (texts) => parse(last(texts) ?? fallback),
  };
}

/** `--key VALUE` that must be given. */
export function requiredOption<T>(parse: Parser<T>, summary: string, details: ParameterDetails = {}): Parameter<T> {
  return { ...describe(summary, details, parse.words), form: "option", required: true, read: needed(parse) };
}

/** `--key VALUE`, as often as wanted. */
export function options<T>(parse: Parser<T>, summary: string, details: ParameterDetails = {}): Parameter<readonly T[]> {
  return {
    ...describe(summary, details, parse.words),
    form: "option",
    many: true,
    read: (texts) => texts.map((text) => parse(text)),
  };
}

/** `--key`: true if given. */
export function flag(summary: string, details: Pick<ParameterDetails, "short"> = {}): Parameter<boolean> {
  return { ...describe(summary, details), form: "flag", read: (texts) => texts.length > 0 };
}

/** Any text. */
export function text(value: string): string {
  return value;
}

/** A path that the user names; `-` is standard input or output where the command says so. */
export function path(value: string): string {
  if (value === "") throw new ParseError("an empty path");
  return value;
}

/** A parser of decimal integers within bounds. */
export function integer(least: number, most: number): Parser<number> {
  return (value) => {
    const number = /^-?(0|[1-9][0-9]{0,15})$/u.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most))
      throw new ParseError(`not an integer from ${least} to ${most}: "${value}"`);
    return number;
  };
}

/** A parser of a closed list of words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Parser<Word> {
  const parse = (value: string): Word => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new ParseError(`not one of ${words.join(", ")}: "${value}"`);
    return found;
  };
  return Object.assign(parse, { words });
}

/** `--dry-run` for the key `dryRun`. */
export function optionName(key: string): string {
  return `--${key.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `FILE` for an option, `NAME` for an argument. */
export function placeholderOf(key: string, parameter: Parameter): string {
  return parameter.placeholder ?? key.replace(/[A-Z]/gu, (letter) => `-${letter}`).toUpperCase();
}

/** How messages call a parameter: `NAME` or `--zonefile`. */
export function nameOf(key: string, parameter: Parameter): string {
  return parameter.form === "argument" ? placeholderOf(key, parameter) : optionName(key);
}

/** The value of one parameter. @throws BskError usage that names it. */
export function readParameter<T>(key: string, parameter: Parameter<T>, texts: readonly string[]): T {
  try {
    return parameter.read(texts);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new BskError("usage", `${nameOf(key, parameter)}: ${error.message}`);
  }
}
