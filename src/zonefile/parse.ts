/**
 * Bytes -> zone file: RFC 1035 §5 with the types of `record.ts`, `$TTL` (RFC 2308 §4) and unknown types (RFC 3597).
 *
 * The bytes are what is hashed: nobody prints a parsed file to publish it again. As in all files of BNS an `$ORIGIN` that
 * has no final dot is absolute where no other origin is in force.
 */
import { absoluteName, type DomainName, nameText, readDomainName } from "./domain-name.ts";
import { readField, readSeconds } from "./field.ts";
import {
  type FieldKind,
  KNOWN_TYPES,
  type KnownRecord,
  type KnownType,
  OTHER_TYPES,
  RECORD_FIELDS,
  type Zonefile,
  type ZoneRecord,
} from "./record.ts";
import { MAX_ZONEFILE_BYTES } from "./size.ts";
import { asciiWord, entriesOf, type Entry, octetsOf, quotedText, type Token } from "./tokens.ts";
import { ZonefileError } from "./zonefile-error.ts";

/** What is in force while a file is read. */
interface State {
  origin: DomainName | null;
  defaultTtl: number | null;
  lastTtl: number | null;
  lastOwner: DomainName | null;
}

/** @throws ZonefileError with line and column of what is wrong. */
export function parseZonefile(bytes: Uint8Array): Zonefile {
  if (bytes.length > MAX_ZONEFILE_BYTES) {
    const because = `${bytes.length} bytes, and ${MAX_ZONEFILE_BYTES} are the most`;
    throw new ZonefileError("too-large", { line: 1, column: 1 }, because);
  }
  const state: State = { origin: null, defaultTtl: null, lastTtl: null, lastOwner: null };
  const records: ZoneRecord[] = [];
  let first: Pick<State, "origin" | "defaultTtl"> | null = null;
  for (const entry of entriesOf(bytes)) {
    const [head] = entry.tokens;
    if (!entry.ownerOmitted && !head.quoted && head.raw.startsWith("$")) {
      readDirective(entry, state);
      continue;
    }
    first ??= { origin: state.origin, defaultTtl: state.defaultTtl };
    records.push(readRecord(entry, state, first));
  }
  const { origin, defaultTtl } = first ?? state;
  return { origin: origin === null ? null : originText(origin), ttl: defaultTtl, records };
}

/** `alice.id`, and `.` for the root. */
function originText(origin: DomainName): string {
  const text = nameText(origin, null);
  return text === "." ? text : text.slice(0, -1);
}

function readDirective({ tokens: [head, value, extra] }: Entry, state: State): void {
  const directive = head.raw.toUpperCase();
  if (directive !== "$ORIGIN" && directive !== "$TTL") {
    throw new ZonefileError("bad-directive", head, `"${head.raw}" is not $ORIGIN or $TTL`);
  }
  if (value === undefined) throw new ZonefileError("missing-field", head, `${directive} without a value`);
  if (extra !== undefined) throw new ZonefileError("extra-field", extra, `something behind ${directive}`);
  if (directive === "$TTL") {
    state.defaultTtl = readSeconds(value);
    return;
  }
  const name = readDomainName(value);
  const origin = absoluteName(name, state.origin, value);
  if (name.labels.length === 0 && !origin.absolute) {
    throw new ZonefileError("bad-name", value, "$ORIGIN @ without an origin before it");
  }
  state.origin = { ...origin, absolute: true };
}

function readRecord(entry: Entry, state: State, first: Pick<State, "origin" | "defaultTtl">): ZoneRecord {
  const { tokens, ownerOmitted } = entry;
  const owner = ownerOf(entry, state);
  state.lastOwner = owner;
  const given = typeAndTtl(tokens.slice(ownerOmitted ? 0 : 1), tokens[0]);
  if (given.ttl !== null) state.lastTtl = given.ttl;
  const inForce = given.ttl ?? state.defaultTtl ?? state.lastTtl;
  const owned = {
    name: nameText(owner, first.origin),
    // Written out only where the file's own does not say the same.
    ttl: given.ttl === null && inForce === first.defaultTtl ? null : inForce,
  };
  const shown = (token: Token): string => nameText(readName(token, state), first.origin);
  const { type, fields } = given;
  const known = knownType(type.raw);
  if (known === null || fields.slice(0, 1).some(isGeneric)) return { ...owned, ...opaque(type, fields) };
  return { ...owned, type: known, ...readFields(known, type, fields, shown) } as KnownRecord;
}

const readName = (token: Token, { origin }: State): DomainName => absoluteName(readDomainName(token), origin, token);

function ownerOf({ tokens, ownerOmitted }: Entry, state: State): DomainName {
  const [head] = tokens;
  if (!ownerOmitted) return readName(head, state);
  if (state.lastOwner !== null) return state.lastOwner;
  throw new ZonefileError("no-owner", head, "a record that begins with a space, and none before it has a name");
}

function knownType(word: string): KnownType | null {
  const upper = word.toUpperCase();
  return KNOWN_TYPES.find((type) => type === upper) ?? null;
}

/** What stands between the owner and the fields: TTL and class in either order, each may be missing; then the type. */
function typeAndTtl(
  tokens: readonly Token[],
  owner: Token,
): { readonly ttl: number | null; readonly type: Token; readonly fields: readonly Token[] } {
  let ttl: number | null = null;
  let hasClass = false;
  for (const [i, token] of tokens.entries()) {
    const word = token.raw.toUpperCase();
    if (ttl === null && /^[0-9]/u.test(word)) ttl = readSeconds(token);
    else if (!hasClass && /^(IN|CS|CH|HS|CLASS[0-9]+)$/u.test(word)) {
      if (word !== "IN" && word !== "CLASS1")
        throw new ZonefileError("bad-class", token, `class "${token.raw}", not IN`);
      hasClass = true;
    } else if (knownType(word) !== null || OTHER_TYPES.has(word) || isNumberedType(word)) {
      return { ttl, type: token, fields: tokens.slice(i + 1) };
    } else throw new ZonefileError("unknown-type", token, `"${token.raw}" is no type of record`);
  }
  throw new ZonefileError("missing-field", owner, `"${owner.raw}" without a type of record`);
}

function isNumberedType(word: string): boolean {
  const number = /^TYPE([0-9]{1,5})$/u.exec(word)?.[1];
  return number !== undefined && Number(number) <= 0xffff;
}

function readFields(
  known: KnownType,
  type: Token,
  tokens: readonly Token[],
  shown: (token: Token) => string,
): Readonly<Record<string, unknown>> {
  const kinds: readonly (readonly [string, FieldKind])[] = Object.entries(RECORD_FIELDS[known]);
  const values: Record<string, unknown> = {};
  let at = 0;
  for (const [key, kind] of kinds) {
    const rest = tokens.slice(at);
    const [token] = rest;
    if (token === undefined) throw new ZonefileError("missing-field", type, `${known} without its ${key}`);
    const isList = kind === "strings" || kind === "hex";
    values[key] = kind === "name" ? shown(token) : readField(kind, isList ? rest : [token], `${known} ${key}`);
    at = isList ? tokens.length : at + 1;
  }
  const extra = tokens[at];
  if (extra !== undefined) throw new ZonefileError("extra-field", extra, `more than the fields of ${known}`);
  return values;
}

/** The sign that bytes follow as they are (RFC 3597 §5). */
function isGeneric(token: Token): boolean {
  return !token.quoted && token.raw === "\\#";
}

/** @throws ZonefileError where the bytes of RFC 3597 are not as many as they say. */
function opaque(type: Token, tokens: readonly Token[]) {
  const mnemonic = type.raw.toUpperCase();
  const [head, length, ...parts] = tokens;
  if (head === undefined) throw new ZonefileError("missing-field", type, `${mnemonic} without fields`);
  if (isGeneric(head)) {
    if (length === undefined) throw new ZonefileError("missing-field", head, "\\# without a length");
    const count = readField("u16", [length], "length");
    const [firstPart] = parts;
    const hex = firstPart === undefined ? "" : readField("hex", parts, `${mnemonic} data`);
    if (typeof hex !== "string" || hex.length !== 2 * Number(count)) {
      throw new ZonefileError("bad-field", length, `${mnemonic} data of another length than ${length.raw} bytes`);
    }
    return { type: "opaque", mnemonic, text: ["\\#", count, ...(hex === "" ? [] : [hex])].join(" ") } as const;
  }
  if (isNumberedType(mnemonic)) {
    throw new ZonefileError("bad-field", head, `${mnemonic} without \\# and the number of its bytes`);
  }
  const text = tokens.map((token) => (token.quoted ? quotedText(octetsOf(token)) : asciiWord(token))).join(" ");
  return { type: "opaque", mnemonic, text } as const;
}
