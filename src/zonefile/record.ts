/** Resource records: which types have which fields, as data. Parsing and printing both come from this one table. */

/**
 * - `u8` `u16` `u32`: unsigned numbers; `seconds`: also `1h30m`
 * - `ipv4` `ipv6`: addresses
 * - `name`: a domain name; `octets`: one string; `strings`: one or more. Their length is not judged here: the DNS
 *   takes 255 octets of TXT, and the original wrote longer ones (signatures of several keys, spec 06 §7.4)
 * - `hex`: bytes as hex, in one word or several
 */
export type FieldKind = "u8" | "u16" | "u32" | "seconds" | "ipv4" | "ipv6" | "name" | "octets" | "strings" | "hex";

interface KindValue {
  readonly u8: number;
  readonly u16: number;
  readonly u32: number;
  readonly seconds: number;
  readonly ipv4: string;
  /** As RFC 5952 writes it. */
  readonly ipv6: string;
  /** Relative to the zone file's origin where it lies below it; `@`: the origin; absolute names end with a dot. */
  readonly name: string;
  /** Octets as the characters U+0000 to U+00FF. */
  readonly octets: string;
  readonly strings: readonly string[];
  /** Upper case. */
  readonly hex: string;
}

/** Fields in their order (RFC 1035 §3.3, 3596, 2782, 7553, 6698, 4255). */
export const RECORD_FIELDS = {
  A: { address: "ipv4" },
  AAAA: { address: "ipv6" },
  CNAME: { target: "name" },
  NS: { host: "name" },
  PTR: { target: "name" },
  MX: { preference: "u16", host: "name" },
  SRV: { priority: "u16", weight: "u16", port: "u16", target: "name" },
  TXT: { strings: "strings" },
  SPF: { strings: "strings" },
  URI: { priority: "u16", weight: "u16", target: "octets" },
  TLSA: { usage: "u8", selector: "u8", matching: "u8", data: "hex" },
  SSHFP: { algorithm: "u8", hash: "u8", fingerprint: "hex" },
  SOA: {
    host: "name",
    mailbox: "name",
    serial: "u32",
    refresh: "seconds",
    retry: "seconds",
    expire: "seconds",
    minimum: "seconds",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, FieldKind>>>>;

export type KnownType = keyof typeof RECORD_FIELDS;
export const KNOWN_TYPES = Object.keys(RECORD_FIELDS) as readonly KnownType[];

/**
 * Types that have a meaning elsewhere and are kept as they are written (IANA, DNS resource record types). ALIAS is the
 * original tools' own.
 */
export const OTHER_TYPES: ReadonlySet<string> = new Set(
  `AFSDB ALIAS AMTRELAY APL CAA CDNSKEY CDS CERT CSYNC DHCID DNAME DNSKEY DS EUI48 EUI64 GPOS HINFO HIP HTTPS IPSECKEY
   KEY KX L32 L64 LOC LP MB MD MF MG MINFO MR NAPTR NID NSEC NSEC3 NSEC3PARAM NULL OPENPGPKEY PX RP RRSIG RT SIG SMIMEA
   SVCB WKS X25 ZONEMD`.split(/\s+/u),
);

type FieldsOf<T extends KnownType> = {
  readonly [K in keyof (typeof RECORD_FIELDS)[T]]: (typeof RECORD_FIELDS)[T][K] extends FieldKind
    ? KindValue[(typeof RECORD_FIELDS)[T][K]]
    : never;
};

interface Owned {
  /** As in `KindValue.name`. */
  readonly name: string;
  /** Seconds; null: that of the zone file. */
  readonly ttl: number | null;
}

export type KnownRecord = { readonly [T in KnownType]: Owned & { readonly type: T } & FieldsOf<T> }[KnownType];

/** A record of a type that this program does not read, or in the form of RFC 3597: kept as it is written. */
export interface OpaqueRecord extends Owned {
  readonly type: "opaque";
  /** `CAA`, `TYPE731`. */
  readonly mnemonic: string;
  /** Its fields: words with one space between them, strings between quotes. */
  readonly text: string;
}

export type ZoneRecord = KnownRecord | OpaqueRecord;

export type UriRecord = Extract<ZoneRecord, { type: "URI" }>;

/** A zone file as data. */
export interface Zonefile {
  /** Without its final dot; null where the file names none before its first record. */
  readonly origin: string | null;
  /** Of records that tell none, in seconds; null where the file tells none before its first record. */
  readonly ttl: number | null;
  readonly records: readonly ZoneRecord[];
}

/** The records of one type, in the order of the file. */
export function recordsOfType<T extends ZoneRecord["type"]>(
  { records }: Zonefile,
  type: T,
): readonly Extract<ZoneRecord, { type: T }>[] {
  return records.filter((record): record is Extract<ZoneRecord, { type: T }> => record.type === type);
}
