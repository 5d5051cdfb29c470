/** A name that was resolved, whichever way, and the refusals that all ways share. */
import type { Address } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import { toHex } from "../primitives/bytes.ts";
import type { ZonefileHash } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Standing } from "./as-of.ts";
import type { StrangersReport } from "./cold.ts";

/** What a record says of a name that is alive. */
export interface LivingName {
  readonly name: Name;
  readonly address: Address;
  readonly zonefileHash: ZonefileHash;
  /** null: never. */
  readonly expires: BlockHeight | null;
  /** Past its end: only its owner can still renew it. */
  readonly inGrace: boolean;
}

export interface Resolved extends LivingName, Standing {
  /** Its text; null where the bytes are not UTF-8. */
  readonly zonefile: string | null;
  /** The bytes in hex where they are no text. */
  readonly zonefileHex: string | null;
  /** How the answer came about, where strangers gave it. */
  readonly strangers?: StrangersReport;
}

/** `bytes` have the record's hash: that was checked where they came in. */
export function resolvedWith(found: LivingName, bytes: Uint8Array, standing: Standing): Resolved {
  return { ...found, ...zonefileFields(bytes), ...standing };
}

/** A zone file as text, or in hex where it is none. */
export function zonefileFields(bytes: Uint8Array): Pick<Resolved, "zonefile" | "zonefileHex"> {
  const text = textOf(bytes);
  return { zonefile: text, zonefileHex: text === null ? toHex(bytes) : null };
}

/** The record is known and its zone file is not to be had. `asked`: who does not hold it. */
export function zonefileMissing(
  { name, zonefileHash }: LivingName,
  asked: readonly { readonly url: string }[],
): BskError {
  const message = `the zone file of "${name}" with the hash "${zonefileHash}"`;
  if (asked.length === 0) {
    return new BskError("unproven", `this machine does not hold ${message}`, {
      rule: "zonefile-missing",
      hint: `get it while there is a network: bsk resolve ${name} without --offline keeps it`,
    });
  }
  const who = asked.map(({ url }) => url).join(" and ");
  return new BskError("unproven", `${who} ${asked.length === 1 ? "does" : "do"} not hold ${message}`, {
    rule: "zonefile-missing",
    hint: "its owner can publish it again; another node may hold it (--node URL)",
  });
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}
