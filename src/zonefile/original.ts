/**
 * Zone files as the original's nodes read them (Python `blockstack_zones` and the schema behind it, spec 06 §3.2): which
 * subdomains exist is decided by this reader. For everything else there is `parse.ts`.
 */
import { toLatin1 } from "../primitives/bytes.ts";
import { originalLines } from "./original-tokens.ts";

/** Field names by type; `i`: an integer. A lifetime may stand before the type. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  SOA: ["mname", "rname", "serial:i", "refresh:i", "retry:i", "expire:i", "minimum:i"],
  NS: ["host"],
  A: ["ip"],
  AAAA: ["ip"],
  CNAME: ["alias"],
  ALIAS: ["host"],
  MX: ["preference", "host"],
  PTR: ["host"],
  SRV: ["priority:i", "weight:i", "port:i", "target"],
  SPF: ["data"],
  URI: ["priority:i", "weight:i", "target"],
};
const TYPES: ReadonlySet<string> = new Set(["$ORIGIN", "$TTL", "TXT", ...Object.keys(FIELDS)]);

type Value = string | number | readonly string[];

/** `name`, perhaps `ttl`, and the fields of its type under the original's names; those of a TXT are `txt`. */
export type OriginalRecord = Readonly<Record<string, Value>>;

export interface OriginalZonefile {
  readonly origin: string | null;
  readonly ttl: number | null;
  /** By type in lower case. */
  readonly records: Readonly<Record<string, readonly OriginalRecord[]>>;
}

/** Null where the original raised: one line that it did not know, and nothing of the file was read. */
export function readAsOriginal(bytes: Uint8Array): OriginalZonefile | null {
  const lines = originalLines(toLatin1(bytes), TYPES);
  if (lines === null || lines.length === 0) return null;
  let origin: string | null = null;
  let ttl: number | null = null;
  const records: Record<string, OriginalRecord[]> = {};
  for (const tokens of lines) {
    const line = readLine(tokens);
    if (line === null) return null;
    if (line.type === "$ORIGIN") origin = String(line.fields["value"]);
    else if (line.type === "$TTL") ttl = Number(line.fields["value"]);
    // The full name of a pointer is made with the origin, which must be there by then.
    else if (line.type === "PTR" && origin === null) return null;
    else (records[line.type.toLowerCase()] ??= []).push(line.fields);
  }
  return { origin, ttl, records };
}

interface Line {
  readonly type: string;
  readonly fields: OriginalRecord;
}

function readLine(tokens: readonly string[]): Line | null {
  const [first = "", second = "", third = ""] = tokens;
  if (TYPES.has(second)) return readRecord(second, tokens);
  if (TYPES.has(third)) {
    const timed = third === "TXT" ? [first, "--ttl", ...tokens.slice(1)] : tokens;
    return readRecord(third, timed);
  }
  return first === "$ORIGIN" || first === "$TTL" ? readRecord(first, tokens.slice(1)) : null;
}

function readRecord(type: string, words: readonly string[]): Line | null {
  if (type === "TXT") return readTxt(words);
  const values = positionals(words);
  if (values === null) return null;
  if (type.startsWith("$")) {
    const [text, ...rest] = values;
    const value = type === "$TTL" && text !== undefined ? pythonInteger(text) : text;
    return value === undefined || value === null || rest.length > 0 ? null : { type, fields: { value } };
  }
  const names = FIELDS[type] ?? [];
  const timed = values.length === names.length + 3;
  if (!timed && values.length !== names.length + 2) return null;
  const [name = "", ...rest] = values;
  const ttl = timed ? pythonInteger(rest.shift() ?? "") : undefined;
  if (ttl === null || rest.shift() !== type) return null;
  const fields: Record<string, Value> = { name, ...(ttl === undefined ? {} : { ttl }) };
  for (const [i, field] of names.entries()) {
    const [key = "", kind] = field.split(":");
    const value = kind === "i" ? pythonInteger(rest[i] ?? "") : (rest[i] ?? "");
    if (value === null) return null;
    fields[key] = value;
  }
  return { type, fields };
}

/** Python's `int` of a text; null where it raised. */
export function pythonInteger(text: string): number | null {
  const digits = /^[\t-\r ]*([+-]?[0-9]+)[\t-\r ]*$/u.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Words that Python's argparse took for options: those with a hyphen in front, but for numbers and what has a space. */
function looksLikeOption(word: string): boolean {
  if (!word.startsWith("-") || word.length === 1) return false;
  if (/^(-h|--=)/u.test(word) || "--help".startsWith(word.split("=")[0] ?? "")) return true;
  return !/^-([0-9]+|[0-9]*\.[0-9]+)$/u.test(word) && !word.includes(" ");
}

/** The words that are no options; null where there are options, which these lines have none of. */
function positionals(words: readonly string[]): string[] | null {
  const end = words.indexOf("--");
  const before = end < 0 ? words : words.slice(0, end);
  if (before.some(looksLikeOption)) return null;
  return end < 0 ? [...words] : [...before, ...words.slice(end + 1)];
}

/** `--ttl` and its abbreviations, with what stands behind `=` in the same word; null for another word. */
function ttlOption(word: string): { readonly value: string | null } | null {
  const [, option = "", value] = /^(--[^=]*)(?:=([^]*))?$/u.exec(word) ?? [];
  return option.length > 2 && "--ttl".startsWith(option) ? { value: value ?? null } : null;
}

/** `name`, `TXT` and strings, among which a lifetime may stand as an option: strings behind it are then too many. */
function readTxt(words: readonly string[]): Line | null {
  let ttl: number | null = null;
  const fixed: string[] = [];
  const strings: string[] = [];
  let closed = false;
  let onlyWords = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const option = onlyWords ? null : ttlOption(word);
    if (option !== null) {
      const value = option.value ?? words[++i] ?? "";
      ttl = option.value === null && looksLikeOption(value) ? null : pythonInteger(value);
      if (ttl === null) return null;
      closed = strings.length > 0;
    } else if (!onlyWords && word === "--") onlyWords = true;
    else if (!onlyWords && looksLikeOption(word)) return null;
    else if (fixed.length < 2) fixed.push(word);
    else if (closed) return null;
    else strings.push(word);
  }
  const [name, type] = fixed;
  const [first] = strings;
  if (name === undefined || type !== "TXT" || first === undefined) return null;
  const txt = strings.length === 1 ? first : strings;
  return { type, fields: { name, ...(ttl === null ? {} : { ttl }), txt } };
}

const ORIGIN = /^[a-z0-9\-_+]{1,37}\.[a-z0-9\-_.+]{1,19}$/u;
const TXT_NAME = /^[a-zA-Z0-9\-_.~%/]+$/u;
const URI_TARGET = /^([a-z0-9+]+:\/\/)?[a-zA-Z0-9\-_.~%#?&\\:/=]+$/u;

export interface OriginalTxt {
  readonly name: string;
  /** One string, or several. */
  readonly txt: string | readonly string[];
}

/** What nodes go on with: the file's origin, its texts, and the target of its first URI of each name. */
export interface StandardZonefile {
  readonly origin: string;
  readonly txts: readonly OriginalTxt[];
  readonly uris: readonly { readonly name: string; readonly target: string }[];
}

/** The same, of files that the original's nodes call standard; null for others (original: USER_ZONEFILE_SCHEMA). */
export function standardZonefile(bytes: Uint8Array): StandardZonefile | null {
  const read = readAsOriginal(bytes);
  if (read === null || read.ttl === null || read.origin === null) return null;
  if (!ORIGIN.test(read.origin) || read.ttl < 0 || read.ttl > 0x7fff_ffff) return null;
  const txts = (read.records["txt"] ?? []) as unknown as readonly OriginalTxt[];
  const uris = (read.records["uri"] ?? []) as unknown as readonly {
    readonly name: string;
    readonly priority: number;
    readonly weight: number;
    readonly target: string;
  }[];
  const isPort = (value: number): boolean => value >= 0 && value <= 0xffff;
  if (!txts.every(({ name }) => TXT_NAME.test(name))) return null;
  if (!uris.every((uri) => isPort(uri.priority) && isPort(uri.weight) && URI_TARGET.test(uri.target))) return null;
  return { origin: read.origin, txts, uris };
}
