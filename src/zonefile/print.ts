/** Zone file -> bytes, in the form that the original's command line wrote: tabs, `IN`, an empty line at the end (spec 06 §2.1). */
import { ParseError } from "../errors.ts";
import { fromLatin1 } from "../primitives/bytes.ts";
import { fieldText } from "./field.ts";
import { type FieldKind, RECORD_FIELDS, type UriRecord, type Zonefile, type ZoneRecord } from "./record.ts";

/** Lifetime of what the original's tools write, in seconds. */
export const USUAL_TTL = 3600;

/** The fields of a record as they are written, tabs between them. */
export function dataText(record: ZoneRecord): string {
  if (record.type === "opaque") return record.text;
  const kinds: readonly (readonly [string, FieldKind])[] = Object.entries(RECORD_FIELDS[record.type]);
  const values = record as unknown as Readonly<Record<string, unknown>>;
  return kinds.map(([key, kind]) => fieldText(kind, values[key])).join("\t");
}

/** The type as it is written: `TXT`, `TYPE731`. */
export function typeText(record: ZoneRecord): string {
  return record.type === "opaque" ? record.mnemonic : record.type;
}

/** One line, without its end. */
export function recordText(record: ZoneRecord): string {
  const { name, ttl } = record;
  return [name, ...(ttl === null ? [] : [ttl]), "IN", typeText(record), dataText(record)].join("\t");
}

/**
 * A new file; the bytes of a file that was parsed are others in general. `parseZonefile` of it is this value again.
 */
export function printZonefile({ origin, ttl, records }: Zonefile): Uint8Array {
  const lines = [
    ...(origin === null ? [] : [`$ORIGIN ${origin}`]),
    ...(ttl === null ? [] : [`$TTL ${ttl}`]),
    ...records.map(recordText),
  ];
  return fromLatin1(`${lines.join("\n")}\n\n`);
}

/** What the original's command line takes for a URL in a zone file: http or https, and nothing that old parsers break at. */
const SAFE_URL = /^https?:\/\/[A-Za-z0-9\-_.~%#?&:/=]+$/u;

/** A URL that every reader of zone files takes (spec 06 §3.2). @throws ParseError */
export function profileUrl(text: string): string {
  if (SAFE_URL.test(text) && !/^https?:\/\/\//u.test(text)) return text;
  throw new ParseError(
    `not a URL that all readers of zone files take: "${text}" (http or https; no spaces ; , @ ( ) ' ")`,
  );
}

/** The record that tells where a name's profile is. The URL comes back with a path, `/` at least. */
export function profileRecord(url: string): UriRecord {
  const target = /^https?:\/\/[^/]+$/u.test(url) ? `${url}/` : url;
  return { name: "_http._tcp", ttl: null, type: "URI", priority: 10, weight: 1, target };
}

/** The record that tells where a name's subdomains are answered for that the chain does not hold yet. */
export function resolverRecord(url: string): UriRecord {
  return { name: "_resolver", ttl: null, type: "URI", priority: 10, weight: 1, target: url };
}

/**
 * The file that the original's command line writes for a profile, byte for byte: with a resolver it has no line end
 * after its last line.
 */
export function profileZonefile(origin: string, profile: string, resolver: string | null): Uint8Array {
  const plain = printZonefile({ origin, ttl: USUAL_TTL, records: [profileRecord(profile)] });
  if (resolver === null) return plain;
  const lines = String.fromCharCode(...plain).trimEnd();
  return fromLatin1(`${lines}\n${recordText(resolverRecord(resolver))}`);
}
