/**
 * Subdomains in the zone file of a name of the chain (spec 06 §7): one TXT record each.
 *
 *   alice TXT "owner=19rY…" "seqn=0" "parts=1" "zf0=JE9SSUdJTi…" "sig=QEA+…"
 *
 * Reading is exactly as loose as the original's: nodes must agree on which records there are.
 */
import { encodeBase64 } from "../encoding/base64.ts";
import { decodePythonBase64 } from "../encoding/python-base64.ts";
import { ParseError } from "../errors.ts";
import { isSubdomainName, type Name, type SubdomainName } from "../primitives/name.ts";
import { type OriginalTxt, pythonInteger, standardZonefile } from "./original.ts";

export interface SubdomainRecord {
  readonly name: SubdomainName;
  /** The name whose zone file carries it: not always the one below which it stands. */
  readonly domain: Name;
  /** As it is written: an address, or what nobody can sign for. */
  readonly owner: string;
  readonly sequence: number;
  /** The subdomain's own zone file. */
  readonly zonefile: Uint8Array;
  /** Base64 of the pushes of a script; null where there is none. */
  readonly signature: string | null;
  /** Place among the records of the carrying file, from 0. */
  readonly offset: number;
}

export interface CarriedSubdomains {
  /** In the order of the file, each subdomain once. */
  readonly records: readonly SubdomainRecord[];
  /** Who answers for subdomains that the chain does not hold yet. */
  readonly resolver: string | null;
  /** Places in the network's inventory of zone files that the owner of the domain declares lost. */
  readonly missing: readonly number[];
}

/** Names of TXT records that are no subdomains. */
const RESERVED = new Set(["_missing", "_resolver", "_registrar"]);
/** Base64 characters in one string, as signers write them (original: 250, its documentation says otherwise). */
const PIECE = 250;

/** A record that is passed over; the others of the file count. */
const SKIPPED = Symbol("skipped");
/** A record that the original raised at: nothing of the file counts. */
const SPOILED = Symbol("spoiled");

/** The subdomains that the zone file of a name carries; null where nodes read none out of it. */
export function subdomainsIn(bytes: Uint8Array, domain: Name): CarriedSubdomains | null {
  const zone = standardZonefile(bytes);
  if (zone?.origin !== domain) return null;
  const missing = zone.txts.flatMap((txt) => (txt.name === "_missing" ? (missingIn(txt) ?? []) : []));
  if (zone.txts.filter((txt) => txt.name === "_missing" && missingIn(txt) !== null).length > 1) return null;
  const kept = new Map<SubdomainName, SubdomainRecord>();
  let offset = 0;
  for (const txt of zone.txts) {
    if (RESERVED.has(txt.name) || !isSubdomainText(txt.txt)) continue;
    const record = recordIn(txt.name, txt.txt, domain, offset);
    if (record === SPOILED) return null;
    if (record === SKIPPED) continue;
    offset++;
    const before = kept.get(record.name);
    if (before === undefined || record.sequence < before.sequence) kept.set(record.name, record);
  }
  const records = [...kept.values()].sort((a, b) => a.offset - b.offset);
  const resolver = zone.uris.find(({ name }) => name === "_resolver")?.target ?? null;
  return { records, resolver, missing };
}

/** The list in a `_missing` record; null where it is none. */
function missingIn({ txt }: OriginalTxt): readonly number[] | null {
  if (typeof txt !== "string") return null;
  const places = txt.split(",").map(pythonInteger);
  return places.every((place) => place !== null) ? places : null;
}

function isSubdomainText(txt: OriginalTxt["txt"]): txt is readonly string[] {
  return (
    typeof txt !== "string" && ["owner=", "seqn=", "parts="].every((key) => txt.some((each) => each.startsWith(key)))
  );
}

function recordIn(
  written: string,
  strings: readonly string[],
  domain: Name,
  offset: number,
): SubdomainRecord | typeof SKIPPED | typeof SPOILED {
  const values = new Map<string, string>();
  for (const each of strings) {
    const at = each.indexOf("=");
    if (at < 0) return SPOILED;
    const key = each.slice(0, at);
    if (values.has(key)) return SKIPPED;
    values.set(key, each.slice(at + 1).replaceAll("\\=", "="));
  }
  const parts = pythonInteger(values.get("parts") ?? "");
  const sequence = pythonInteger(values.get("seqn") ?? "");
  // Numbers below 0 the original took: with one, anybody could undo any subdomain.
  if (parts === null || sequence === null || sequence < 0 || !Number.isSafeInteger(sequence)) return SKIPPED;
  let base64 = "";
  for (let i = 0; i < parts; i++) {
    const piece = values.get(`zf${i}`);
    if (piece === undefined) return SPOILED;
    base64 += piece;
  }
  const leaf = written.toLowerCase();
  const name = isSubdomainName(leaf) ? leaf : `${leaf}.${domain}`;
  if (!isSubdomainName(name)) return SKIPPED;
  try {
    const zonefile = decodePythonBase64(base64);
    const signature = values.get("sig") ?? null;
    return { name, domain, owner: values.get("owner") ?? "", sequence, zonefile, signature, offset };
  } catch (error) {
    if (error instanceof ParseError) return SPOILED;
    throw error;
  }
}

/** Does another domain's zone file carry it? */
export function isIndependent({ name, domain }: Pick<SubdomainRecord, "name" | "domain">): boolean {
  return !name.endsWith(`.${domain}`);
}

/** The strings of the record without its signature, written anew: so they are signed, whatever was received. */
function stringsToSign({ owner, sequence, zonefile }: SubdomainRecord): string[] {
  const base64 = encodeBase64(zonefile);
  const pieces = Array.from({ length: Math.ceil(base64.length / PIECE) }, (_, i) =>
    base64.slice(i * PIECE, (i + 1) * PIECE),
  );
  const pairs = [
    ["owner", owner],
    ["seqn", String(sequence)],
    ["parts", String(pieces.length)],
    ...pieces.map((piece, i) => [`zf${i}`, piece]),
  ];
  return pairs.map(([key = "", value = ""]) => `${key}=${value.replaceAll("=", "\\=")}`);
}

/** What the owner of a subdomain signs, SHA256 of it. */
export function textToSign(record: SubdomainRecord): string {
  const name = isIndependent(record) ? record.name : record.name.slice(0, -record.domain.length - 1);
  return [name, ...stringsToSign(record)].join(",");
}
