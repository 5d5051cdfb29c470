/** What somebody says of a name, an address or a proof, one to a line: the input of an audit. */
import { type Address, address } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { ParseError } from "../errors.ts";
import { type ZonefileHash, zonefileHash } from "../primitives/hash.ts";
import { isName, type Name, name } from "../primitives/name.ts";

/** `registered`: it has an owner, in its grace period too. `expired`: it has none any more, and anybody can have it. */
export const CLAIMED_STATES = ["registered", "absent", "expired", "revoked"] as const;

export type ClaimedState = (typeof CLAIMED_STATES)[number];

export type Claim =
  | {
      readonly kind: "name";
      readonly name: Name;
      readonly state: ClaimedState;
      readonly owner: Address | null;
      readonly zonefileHash: ZonefileHash | null;
      /** A file whose hash the name is to have. */
      readonly zonefile: string | null;
    }
  /** It owns at least one name. */
  | { readonly kind: "address"; readonly owner: Address }
  /** A file that proves something of a name, whatever that is. */
  | { readonly kind: "proof"; readonly path: string; readonly name: Name | null; readonly owner: Address | null };

/** One record of the input by its field names. */
export type ClaimFields = Readonly<Record<string, string>>;

/** Names of fields: columns of a CSV, keys of a JSON object. */
export const CLAIM_FIELDS = ["name", "owner", "zonefileHash", "zonefile", "state", "proof"] as const;

/** @throws ParseError for what is no claim */
export function claimOf(fields: ClaimFields, on: BitcoinParameters): Claim {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
  const unknown = Object.keys(given).find((key) => CLAIM_FIELDS.every((field) => field !== key));
  if (unknown !== undefined) throw new ParseError(`no field is called "${unknown}" (${CLAIM_FIELDS.join(", ")})`);
  const owner = given["owner"] === undefined ? null : address(given["owner"], on);
  const of = given["name"] === undefined ? null : name(given["name"]);
  const about = ["zonefileHash", "zonefile", "state"].filter((field) => given[field] !== undefined);
  if (given["proof"] !== undefined) {
    if (about.length > 0) throw new ParseError(`"${about.join('", "')}" cannot stand beside a proof`);
    return { kind: "proof", path: given["proof"], name: of, owner };
  }
  if (of === null) {
    if (owner === null) throw new ParseError("neither a name, nor an address, nor a proof");
    if (about.length > 0) throw new ParseError(`"${about.join('", "')}" without a name`);
    return { kind: "address", owner };
  }
  const said = given["state"] ?? "registered";
  const state = CLAIMED_STATES.find((each) => each === said);
  if (state === undefined) throw new ParseError(`"${said}" is none of ${CLAIMED_STATES.join(", ")}`);
  const hash = given["zonefileHash"] === undefined ? null : zonefileHash(given["zonefileHash"]);
  const zonefile = given["zonefile"] ?? null;
  if (state !== "registered" && (owner !== null || hash !== null || zonefile !== null)) {
    throw new ParseError(`a name that is ${state} has neither owner nor zone file`);
  }
  return { kind: "name", name: of, state, owner, zonefileHash: hash, zonefile };
}

/** Words of a plain line: `NAME`, `NAME OWNER`, `NAME STATE`, `ADDRESS`, or the path of a proof. */
export function fieldsOfWords(line: string): ClaimFields {
  const [first = "", second = "", ...more] = line.trim().split(/\s+/u);
  if (more.length > 0)
    throw new ParseError(`${more.length + 2} words; a line is NAME, NAME OWNER, NAME STATE or a path`);
  const isState = CLAIMED_STATES.some((state) => state === second);
  if (isName(first) && !first.endsWith(".proof") && !first.endsWith(".json")) {
    return { name: first, ...(second === "" ? {} : isState ? { state: second } : { owner: second }) };
  }
  if (second !== "") throw new ParseError(`not a name: "${first}"`);
  return /[./]/u.test(first) ? { proof: first } : { owner: first };
}
