/**
 * The text that an operation was hashed as, parsed back into exactly the fields that made it (spec 03 §3, §4): all that a
 * consensus hash authenticates of an operation, and nothing else.
 *
 * Each letter has one list of fields in the order hashed. A text is taken only if every field prints back to the very
 * characters that were read, so that one record has one text.
 */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import { decodeNetstrings } from "../encoding/netstring.ts";
import { ParseError } from "../errors.ts";
import {
  consensusHash,
  nameHash,
  preorderHash,
  txid,
  type ZonefileHash,
  updateHash,
  zonefileHash,
} from "../primitives/hash.ts";
import { name, namespaceId } from "../primitives/name.ts";
import { type BlockHeight, parseBlockHeight } from "../primitives/units.ts";

/** Text -> value; throws ParseError. What it takes, it takes in one spelling. */
type Field<T> = (text: string) => T;

function matching<T extends string>(what: string, pattern: RegExp): Field<T> {
  return (text) => {
    if (!pattern.test(text)) throw new ParseError(`not ${what}: "${text.slice(0, 80)}"`);
    return text as T;
  };
}

/** Nothing is the empty text. */
function orNull<T>(field: Field<T>): Field<T | null> {
  return (text) => (text === "" ? null : field(text));
}

function oneOf<T extends string>(...values: readonly T[]): Field<T> {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new ParseError(`"${text.slice(0, 20)}" is none of ${values.join(" ")}`);
    return found;
  };
}

const height: Field<BlockHeight> = parseBlockHeight;
const script = matching<ScriptHex>("a script", /^(?:[0-9a-f]{2}){1,10000}$/u);
const address = matching<Address>("an address", /^[1-9A-HJ-NP-Za-km-z]{20,40}$/u);
const publicKey = matching<string>("a public key", /^0[23][0-9a-f]{64}$|^04[0-9a-f]{128}$/u);
/** Satoshis as printed: names that came from an import print a float, for ever (spec 03 §4.2). */
const fee = matching<string>("a fee", /^(?:0|[1-9][0-9]*)$|^[0-9]+\.[0-9]+$|^[0-9](?:\.[0-9]+)?e\+[0-9]{2,}$/u);
const wholeFee = matching<string>("a fee in satoshis", /^(?:0|[1-9][0-9]*)$/u);
const integer: Field<number> = (text) => {
  if (!/^(?:0|[1-9][0-9]{0,14})$/u.test(text)) throw new ParseError(`not an integer: "${text.slice(0, 20)}"`);
  return Number(text);
};
const boolean: Field<boolean> = (text) => oneOf("True", "False")(text) === "True";
const buckets: Field<readonly number[]> = (text) => {
  if (!/^\[(?:[0-9]{1,2}, ){15}[0-9]{1,2}\]$/u.test(text)) throw new ParseError("not the 16 buckets of a price curve");
  const values = text.slice(1, -1).split(", ");
  return values.map(integer);
};

const NAME = {
  name,
  valueHash: orNull<ZonefileHash>(zonefileHash),
  sender: script,
  senderPubkey: orNull(publicKey),
  address,
  blockNumber: height,
  preorderBlockNumber: height,
  firstRegistered: height,
  lastRenewed: height,
  revoked: boolean,
  op: oneOf(":", "::", "+", ">>", ">~", "~", ";"),
  txid,
  vtxindex: integer,
  opFee: fee,
  importer: orNull(script),
  importerAddress: orNull(address),
};
/** Registrations, renewals and imports name the owner once more. */
const OWNER_AGAIN = { senderAgain: script, addressAgain: address };
const NAMESPACE = {
  namespaceId,
  preorderHash,
  version: integer,
  sender: script,
  senderPubkey: orNull(publicKey),
  address,
  recipient: script,
  recipientAddress: address,
  blockNumber: height,
  revealBlock: height,
  op: oneOf("&", "!"),
  txid,
  vtxindex: integer,
  lifetime: integer,
  coeff: integer,
  base: integer,
  buckets,
  nonalphaDiscount: integer,
  noVowelDiscount: integer,
};

const FORMS = {
  "?": {
    preorderHash,
    consensusHash,
    sender: script,
    senderPubkey: orNull(publicKey),
    address,
    blockNumber: height,
    op: oneOf("?"),
    txid,
    vtxindex: integer,
    opFee: wholeFee,
  },
  "*": {
    preorderHash,
    consensusHash,
    op: oneOf("*"),
    opFee: wholeFee,
    txid,
    vtxindex: integer,
    blockNumber: height,
    sender: script,
    senderPubkey: orNull(publicKey),
    address,
  },
  ":": { ...NAME, ...OWNER_AGAIN },
  ";": { ...NAME, ...OWNER_AGAIN },
  "~": NAME,
  "+": { ...NAME, nameConsensusHash: updateHash, consensusHash },
  ">": { ...NAME, nameHash128: nameHash, consensusHash, keepData: boolean },
  "&": NAMESPACE,
  "!": { ...NAMESPACE, readyBlock: height },
  $: {
    sender: script,
    address,
    recipient: script,
    recipientAddress: address,
    tokenUnits: matching<string>("a kind of token", /^[\u0020-\u007e]{1,19}$/u),
    tokenFee: wholeFee,
    blockId: height,
    op: oneOf("$"),
    txid,
    vtxindex: integer,
    consensusHash,
    scratchArea: matching<string>("bytes in hex", /^(?:[0-9a-f]{2})*$/u),
  },
} as const;

export type Letter = keyof typeof FORMS;
type Values<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** A record with its letter: the first character of its `op`. */
export type HashedRecord = { [L in Letter]: { readonly letter: L } & Values<(typeof FORMS)[L]> }[Letter];
export type HashedNameRecord = Extract<HashedRecord, { readonly letter: ":" | ";" | "~" | "+" | ">" }>;
export type HashedNamespaceRecord = Extract<HashedRecord, { readonly letter: "&" | "!" }>;

const isLetter = (text: string): text is Letter => Object.hasOwn(FORMS, text);

/** @throws ParseError unless some record was hashed as exactly this text */
export function parseHashedRecord(text: string): HashedRecord {
  const letter = text.charAt(0);
  if (!isLetter(letter) || text.charAt(1) !== ":")
    throw new ParseError(`no operation starts with "${text.slice(0, 2)}"`);
  const values = decodeNetstrings(text.slice(2));
  const fields = Object.entries<Field<unknown>>(FORMS[letter]);
  if (values.length !== fields.length) {
    throw new ParseError(`an operation ${letter} has ${fields.length} fields, not ${values.length}`);
  }
  const record = Object.fromEntries([
    ["letter", letter],
    ...fields.map(([field, parse], i) => [field, parse(values[i] ?? "")] as const),
  ]) as unknown as HashedRecord;
  checkAgreement(record);
  return record;
}

/** What a record says twice, it says alike. */
function checkAgreement(record: HashedRecord): void {
  if (!record.op.startsWith(record.letter))
    throw new ParseError(`an operation ${record.letter} that says ${record.op}`);
  if ("senderAgain" in record && (record.senderAgain !== record.sender || record.addressAgain !== record.address)) {
    throw new ParseError("an owner that differs from itself");
  }
  if (record.letter === ">" && record.keepData !== (record.op === ">>")) {
    throw new ParseError(`a transfer ${record.op} that says the opposite`);
  }
  if ("importer" in record && (record.importer === null) !== /^[0-9]+$/u.test(record.opFee)) {
    throw new ParseError(
      `a fee of ${record.opFee} for a name that was ${record.importer === null ? "not " : ""}imported`,
    );
  }
}

/** Is it a record of a name? */
export function isNameRecord(record: HashedRecord): record is HashedNameRecord {
  return "name" in record;
}

export function isNamespaceRecord(record: HashedRecord): record is HashedNamespaceRecord {
  return "namespaceId" in record;
}
