/**
 * Bytes of a zone file -> entries: what stands on one line, or between parentheses over several (RFC 1035 §5.1).
 *
 *   owner 3600 IN TXT ( "a quoted; string" word\032word ) ; a comment
 *
 * Octets are shown as the characters U+0000 to U+00FF. Escapes are checked here and kept: in a name `\.` is not `.`.
 */
import { type Place, ZonefileError } from "./zonefile-error.ts";

/** A word, or a string between quotes (which are not part of it), as it is written. */
export interface Token extends Place {
  readonly raw: string;
  readonly quoted: boolean;
}

export interface Entry {
  /** At least one. */
  readonly tokens: readonly [Token, ...Token[]];
  /** It begins with a space: the owner is that of the entry before. */
  readonly ownerOmitted: boolean;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN = 0x28;
const CLOSE = 0x29;
const SEMICOLON = 0x3b;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

const isDigit = (code: number | undefined): boolean => code !== undefined && code >= 0x30 && code <= 0x39;
/** Ends a word that is not quoted. */
const DELIMITERS = new Set([TAB, LF, SPACE, QUOTE, OPEN, CLOSE, SEMICOLON]);

/** All entries, in their order. Linear in the length. @throws ZonefileError */
export function entriesOf(bytes: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  let tokens: Token[] = [];
  let ownerOmitted = false;
  let opened: Place[] = [];

  const here = (offset = at): Place => ({ line, column: offset - lineStart + 1 });
  const refuseControl = (code: number): void => {
    if ((code >= SPACE && code !== DELETE) || code === TAB) return;
    throw new ZonefileError("control-character", here(), `a control character, byte ${code}`);
  };
  const endEntry = (): void => {
    const [first, ...rest] = tokens;
    if (first !== undefined) entries.push({ tokens: [first, ...rest], ownerOmitted });
    tokens = [];
  };
  const newLine = (): void => {
    line++;
    lineStart = at;
    if (opened.length > 0) return;
    endEntry();
    ownerOmitted = bytes[at] === SPACE || bytes[at] === TAB;
  };
  /** Behind the backslash at `at`. */
  const passEscape = (): void => {
    const next = bytes[at + 1];
    if (next === undefined || next === LF || next === CR) {
      throw new ZonefileError("bad-escape", here(), "a backslash with nothing behind it");
    }
    if (!isDigit(next)) {
      at++;
      refuseControl(next);
      at++;
      return;
    }
    const digits = String.fromCharCode(next, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);
    if (!isDigit(bytes[at + 2]) || !isDigit(bytes[at + 3]) || Number(digits) > 255) {
      throw new ZonefileError("bad-escape", here(), "\\ and a digit need two more digits, 255 at most together");
    }
    at += 4;
  };
  const takeToken = (quoted: boolean): void => {
    const place = here();
    if (quoted) at++;
    const from = at;
    for (;;) {
      const code = bytes[at];
      if (code === undefined || code === LF || (code === CR && bytes[at + 1] === LF)) {
        if (quoted) throw new ZonefileError("unclosed-quote", place, "a quoted string that does not end on its line");
        break;
      }
      if (quoted ? code === QUOTE : DELIMITERS.has(code)) break;
      if (code === BACKSLASH) {
        passEscape();
      } else {
        refuseControl(code);
        at++;
      }
    }
    let raw = "";
    for (let i = from; i < at; i++) raw += String.fromCharCode(bytes[i] ?? 0);
    if (quoted) at++;
    tokens.push({ raw, quoted, ...place });
  };
  const passComment = (): void => {
    while (at < bytes.length && bytes[at] !== LF) at++;
  };

  ownerOmitted = bytes[0] === SPACE || bytes[0] === TAB;
  while (at < bytes.length) {
    const code = bytes[at] ?? 0;
    if (code === LF) {
      at++;
      newLine();
    } else if (code === SPACE || code === TAB || (code === CR && bytes[at + 1] === LF)) {
      at++;
    } else if (code === SEMICOLON) {
      passComment();
    } else if (code === OPEN) {
      opened.push(here());
      at++;
    } else if (code === CLOSE) {
      if (opened.length === 0) throw new ZonefileError("unbalanced-parentheses", here(), "a ) that closes nothing");
      opened = opened.slice(0, -1);
      at++;
    } else {
      takeToken(code === QUOTE);
    }
  }
  const [unclosed] = opened;
  if (unclosed !== undefined) {
    throw new ZonefileError("unbalanced-parentheses", unclosed, "a ( that is never closed");
  }
  endEntry();
  return entries;
}

/** The octets that a token stands for: escapes resolved. */
export function octetsOf({ raw }: Pick<Token, "raw">): string {
  return raw.replace(/\\([0-9]{3}|[^])/gu, (_, escaped: string) =>
    escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped,
  );
}

/** A word as it is written, with other octets than ASCII signs in digits. */
export function asciiWord({ raw }: Pick<Token, "raw">): string {
  return raw.replace(/\\?[^ -~]/gu, (word) => decimalEscape(word.slice(-1)));
}

/** The octets between quotes. `;` is escaped although quotes protect it: old parsers cut lines at it (spec 06 §3). */
export function quotedText(octets: string): string {
  return `"${octets.replace(/["\\;]|[^ -~]/gu, (character) =>
    /["\\;]/u.test(character) ? `\\${character}` : decimalEscape(character),
  )}"`;
}

/** `\009` */
export function decimalEscape(character: string): string {
  return `\\${character.charCodeAt(0).toString().padStart(3, "0")}`;
}
