/** Zone files as commands show them. */
import { BskError } from "../errors.ts";
import { hash160 } from "../primitives/digest.ts";
import { type ZonefileHash, zonefileHash } from "../primitives/hash.ts";
import { fromLatin1 } from "../primitives/bytes.ts";
import { parseZonefile } from "../zonefile/parse.ts";
import { dataText, typeText } from "../zonefile/print.ts";
import type { Zonefile, ZoneRecord } from "../zonefile/record.ts";
import { ZonefileError } from "../zonefile/zonefile-error.ts";
import { table } from "./layout.ts";
import type { Style } from "./style.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Octets as people read them: UTF-8 where they are. */
function readable(octets: string): string {
  try {
    return strictUtf8.decode(fromLatin1(octets));
  } catch {
    return octets;
  }
}

/** A record for scripts: also its fields under their names. */
export interface ShownRecord extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly ttl: number | null;
  readonly type: string;
  /** The fields as a zone file has them. */
  readonly text: string;
}

function shownRecord(record: ZoneRecord): ShownRecord {
  const { type: _type, name, ttl, ...fields } = record;
  const shown = { name, ttl, type: typeText(record) };
  const text = dataText(record).replaceAll("\t", " ");
  if ("mnemonic" in fields) return { ...shown, text };
  if ("strings" in fields) return { ...shown, strings: fields.strings.map(readable), text };
  return { ...shown, ...fields, text };
}

export interface ShownZonefile {
  readonly zonefileHash: ZonefileHash;
  readonly bytes: number;
  readonly origin: string | null;
  readonly ttl: number | null;
  readonly records: readonly ShownRecord[];
}

/** What a file says, with the hash of its bytes as they are. */
export function shownZonefile(bytes: Uint8Array, { origin, ttl, records }: Zonefile): ShownZonefile {
  return {
    zonefileHash: zonefileHash.of(hash160(bytes)),
    bytes: bytes.length,
    origin,
    ttl,
    records: records.map(shownRecord),
  };
}

/** One line for each record, the file's own lifetime filled in. */
export function recordTable({ records, ttl }: ShownZonefile, style: Style): string {
  if (records.length === 0) return style.dim("no records");
  return table(
    ["name", "ttl", "type", "value"],
    records.map((record) => [record.name, String(record.ttl ?? ttl ?? "-"), record.type, record.text]),
    style,
  );
}

/**
 * The records of one type, such as TXT, in what a name points to.
 * @throws BskError `unproven`, rule `not-a-zonefile`, where it points to something else: the name's owner chose that
 */
export function recordsOf(name: string, bytes: Uint8Array, type: string): readonly ShownRecord[] {
  try {
    return shownZonefile(bytes, parseZonefile(bytes)).records.filter((record) => record.type === type);
  } catch (error) {
    if (!(error instanceof ZonefileError)) throw error;
    throw new BskError("unproven", `what "${name}" points to is not a zone file: ${error.message}`, {
      rule: "not-a-zonefile",
      hint: "--raw shows it as it is",
    });
  }
}

/** A file that the user names. @throws BskError `usage`, rule `not-a-zonefile`, with line and column */
export function zonefileIn(bytes: Uint8Array, file: string): Zonefile {
  try {
    return parseZonefile(bytes);
  } catch (error) {
    if (!(error instanceof ZonefileError)) throw error;
    throw new BskError("usage", `"${file}" is not a zone file: ${error.message}`, { rule: "not-a-zonefile" });
  }
}
