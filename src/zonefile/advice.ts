/** What a zone file that can be read will not do as its author thinks: said, never refused. */
import type { Name } from "../primitives/name.ts";
import { readAsOriginal } from "./original.ts";
import { dataText, recordText, typeText } from "./print.ts";
import { type Zonefile, type ZoneRecord, recordsOfType } from "./record.ts";

/** Stable words. */
export type AdviceRule =
  | "no-records"
  | "no-origin"
  | "foreign-origin"
  | "no-ttl"
  | "no-profile"
  | "unportable-url"
  | "original-unreadable"
  | "long-string"
  | "cname-beside-others"
  | "twice"
  | "origin-twice";

export interface Advice {
  readonly rule: AdviceRule;
  readonly because: string;
}

/** Targets that the original's nodes take; one other makes the whole file unreadable to them (spec 06 §3.2). */
const PORTABLE_TARGET = /^([a-z0-9+]+:\/\/)?[a-zA-Z0-9\-_.~%#?&\\:/=]+$/u;
/** Longest string of a TXT record in the DNS, in octets. */
const MAX_STRING = 255;

/**
 * Everything that is worth saying of a file, in no order of weight. `zone`: what is read out of it; `name`: whose zone file
 * it shall be, null where that is not told.
 */
export function adviceOn(bytes: Uint8Array, zone: Zonefile, name: Name | null): readonly Advice[] {
  const origin = name === null ? null : foreignOrigin(zone, name);
  const advice: Advice[] = origin === null ? [] : [{ rule: "foreign-origin", because: origin }];
  const say = (rule: AdviceRule, because: string): void => void advice.push({ rule, because });
  if (zone.origin === null) say("no-origin", "no $ORIGIN: nodes of the original read no subdomains out of it");
  if (zone.ttl === null) say("no-ttl", "no $TTL: nodes of the original read nothing out of it");
  if (zone.records.length === 0) say("no-records", "it has no records");
  const uris = recordsOfType(zone, "URI");
  if (uris.every(isOfSubdomains)) say("no-profile", "no URI record leads to a profile");
  for (const { target } of uris) {
    if (!PORTABLE_TARGET.test(target)) {
      say("unportable-url", `nodes of the original refuse the whole file for "${target}": no ; , @ ( ) ! ' or space`);
    }
  }
  if (readAsOriginal(bytes) === null) {
    say(
      "original-unreadable",
      "nodes of the original cannot read it: they know fewer types, and those in upper case only",
    );
  }
  for (const record of [...recordsOfType(zone, "TXT"), ...recordsOfType(zone, "SPF")]) {
    const longest = Math.max(...record.strings.map(({ length }) => length));
    if (longest > MAX_STRING) {
      say("long-string", `a string of ${longest} octets at "${record.name}": the DNS takes ${MAX_STRING}`);
    }
  }
  return [...advice, ...adviceOnOwners(zone)];
}

/** Records of a domain that keeps subdomains; they lead to no profile. */
function isOfSubdomains({ name }: ZoneRecord): boolean {
  return name === "_resolver" || name === "_registrar";
}

function adviceOnOwners({ origin, records }: Zonefile): Advice[] {
  const advice: Advice[] = [];
  const typesOf = new Map<string, Set<string>>();
  const seen = new Set<string>();
  for (const record of records) {
    const owner = record.name.toLowerCase();
    const types = typesOf.get(owner) ?? new Set();
    typesOf.set(owner, types.add(typeText(record)));
    const key = [owner, typeText(record), dataText(record)].join(" ");
    if (seen.has(key)) advice.push({ rule: "twice", because: `"${recordText(record)}" stands there twice` });
    seen.add(key);
  }
  for (const [owner, types] of typesOf) {
    if (types.has("CNAME") && types.size > 1) {
      const because = `"${owner}" is an alias (CNAME) and has other records, which the DNS does not allow`;
      advice.push({ rule: "cname-beside-others", because });
    }
    if (origin !== null && owner.endsWith(`.${origin.toLowerCase()}`)) {
      const because = `"${owner}" has no dot at its end and means "${owner}.${origin}."`;
      advice.push({ rule: "origin-twice", because });
    }
  }
  return advice;
}

/** In words: its records are those of another name. Null where it has no `$ORIGIN`, or the right one. */
export function foreignOrigin({ origin }: Zonefile, name: Name): string | null {
  if (origin === null || origin.toLowerCase() === name) return null;
  return `the zone file says $ORIGIN "${origin}", which is not "${name}"`;
}
