/** Whom a hashed text is about, without parsing all of it: what an index needs of each of half a million of them. */
import { ParseError } from "../errors.ts";

export interface HashedSubject {
  /** The name or the namespace; null for preorders, which hide theirs, and for transfers of tokens. */
  readonly subject: string | null;
  /** Address of the owner that a name has afterwards, else null. */
  readonly owner: string | null;
}

/** Fields of a name's record before its address: name, value hash, sender and its public key (spec 03 §4). */
const FIELDS_BEFORE_ADDRESS = 4;
const NO_SUBJECT: HashedSubject = { subject: null, owner: null };

/** @throws ParseError where the text has not the fields to say it, or no operation starts so */
export function subjectOf(text: string): HashedSubject {
  if (text.charAt(1) !== ":") throw new ParseError(`no operation starts with "${text.slice(0, 2)}"`);
  switch (text.charAt(0)) {
    case "?":
    case "*":
    case "$":
      return NO_SUBJECT;
    case "&":
    case "!":
      return { subject: valueAt(text, 2).value, owner: null };
    case ":":
    case ";":
    case "+":
    case ">":
    case "~": {
      const { value, next } = valueAt(text, 2);
      let at = next;
      for (let field = 1; field < FIELDS_BEFORE_ADDRESS; field++) at = valueAt(text, at).next;
      return { subject: value, owner: valueAt(text, at).value };
    }
    default:
      throw new ParseError(`no operation starts with "${text.slice(0, 2)}"`);
  }
}

/** The value whose length starts at a character, and where the next one starts. */
function valueAt(text: string, at: number): { readonly value: string; readonly next: number } {
  const colon = text.indexOf(":", at);
  const length = Number(text.slice(at, colon));
  const end = colon + 1 + length;
  if (colon < 0 || !Number.isInteger(length) || length < 0 || end > text.length) {
    throw new ParseError(`no value at character ${at}`);
  }
  return { value: text.slice(colon + 1, end), next: end + 1 };
}
