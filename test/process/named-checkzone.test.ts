/** The same zone files read by us and by the tools of BIND: what we take they take, with the same values. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fromLatin1, toLatin1 } from "../../src/primitives/bytes.ts";
import { canonicalIpv6 } from "../../src/zonefile/ip-address.ts";
import { parseZonefile } from "../../src/zonefile/parse.ts";
import { printZonefile } from "../../src/zonefile/print.ts";
import type { ZoneRecord } from "../../src/zonefile/record.ts";
import { runToEnd, sandbox } from "../support/bsk.ts";
import { describeWith } from "../support/tools.ts";
import { zoneRecord } from "../support/zones.ts";

/** A zone of the DNS needs these; files of BNS have neither. */
const APEX = "$ORIGIN alice.id.\n$TTL 60\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns.example.\n";
const LENIENT = ["i:none", "k:ignore", "n:ignore", "m:ignore", "M:ignore", "S:ignore", "r:ignore", "T:ignore"].flatMap(
  (option) => [`-${option[0]!}`, option.slice(2)],
);

/** The records that BIND makes of a zone file, one text each, without those of `APEX`; null where it refuses it. */
async function byBind(body: string): Promise<string[] | null> {
  const file = join(mkdtempSync(join(tmpdir(), "bsk-zone-")), "zone");
  writeFileSync(file, fromLatin1(APEX + body));
  const { code, out } = await runToEnd(
    "named-compilezone",
    [...LENIENT, "-s", "full", "-o", "-", "alice.id", file],
    sandbox(),
  );
  if (code !== 0) return null;
  return out
    .split("\n")
    .flatMap((line) => {
      const [, owner, ttl, type, fields] = /^(\S+)\s+([0-9]+)\s+IN\s+(\S+)\s+(.*)$/u.exec(line) ?? [];
      if (fields === undefined) return [];
      // BIND writes the last bytes of some addresses as IPv4.
      return [`${owner!} ${ttl!} IN ${type!} ${type === "AAAA" ? canonicalIpv6(fields)! : fields}`];
    })
    .filter((line) => !/^alice\.id\. 60 IN (SOA ns\.alice\.id|NS ns\.example)/u.test(line))
    .sort();
}

/**
 * The records that we make of it, written as BIND writes them, without those outside of the zone, as BIND leaves them out.
 * Null where we refuse it; with `readOnly` also where we keep a record without reading its fields.
 */
function byUs(body: string, readOnly = false): string[] | null {
  try {
    const { records } = parseZonefile(fromLatin1(`$ORIGIN alice.id\n$TTL 60\n${body}`));
    if (readOnly && records.some(({ type }) => type === "opaque")) return null;
    return records
      .filter(({ name }) => !/(^|[^\\])(\\\\)*\.$/u.test(name))
      .map(asBind)
      .sort();
  } catch {
    return null;
  }
}

function asBind(of: ZoneRecord): string {
  return `${absolute(of.name)} ${of.ttl ?? 60} IN ${of.type === "opaque" ? of.mnemonic : of.type} ${fieldsAsBind(of)}`;
}

const absolute = (name: string): string =>
  name === "@" ? "alice.id." : /(^|[^\\])(\\\\)*\.$/u.test(name) ? name : `${name}.alice.id.`;
const quoted = (octets: string): string =>
  `"${octets.replace(/["\\]|[^ -~]/gu, (sign) => (/["\\]/u.test(sign) ? `\\${sign}` : `\\${String(sign.charCodeAt(0)).padStart(3, "0")}`))}"`;

function fieldsAsBind(of: ZoneRecord): string {
  switch (of.type) {
    case "A":
    case "AAAA":
      return of.address;
    case "CNAME":
    case "PTR":
      return absolute(of.target);
    case "NS":
      return absolute(of.host);
    case "MX":
      return `${of.preference} ${absolute(of.host)}`;
    case "SRV":
      return `${of.priority} ${of.weight} ${of.port} ${absolute(of.target)}`;
    case "TXT":
    case "SPF":
      return of.strings.map(quoted).join(" ");
    case "URI":
      return `${of.priority} ${of.weight} ${quoted(of.target)}`;
    case "TLSA":
      return `${of.usage} ${of.selector} ${of.matching} ${inBlocks(of.data)}`;
    case "SSHFP":
      return `${of.algorithm} ${of.hash} ${inBlocks(of.fingerprint)}`;
    case "SOA":
      return "not compared";
    case "opaque":
      return of.text.replace(/^(\\# \d+ )(.*)$/u, (_, head: string, hex: string) => head + inBlocks(hex));
  }
}

/** BIND breaks long hex with spaces. */
const inBlocks = (hex: string): string => hex.replace(/(.{56})(?=.)/gu, "$1 ");

/** What two lines have in common that are one record to BIND. */
function alike(line: string, anyTtl: boolean): string {
  const [owner = "", ttl = "", ...rest] = line.split(" ");
  return [owner.toLowerCase(), anyTtl ? "-" : ttl, ...rest].join(" ");
}

/** One record for each owner: BIND gives records of one owner and type the same TTL. */
const zone = fc
  .array(zoneRecord, { minLength: 1, maxLength: 6 })
  .map((records) => records.filter(({ type }) => type !== "SOA").map((record, i) => ({ ...record, name: `r${i}` })));

const bodyOf = (records: readonly ZoneRecord[]): string =>
  toLatin1(printZonefile({ origin: null, ttl: null, records }));

/** Words and signs of zone files in any order: mostly wrong, sometimes right. */
const pieces = fc.constantFrom(
  "a", "b.c", "@", " ", "\t", "\n", "\n", "\n", "(", ")", '"', ";", "\\", "\\.", "\\065", "300", "1h", "IN", "in", "CH", "A", "a", "TXT", "URI",
  "192.0.2.1", '"x y"', "x;y", "$TTL 30", "$ORIGIN b", "10", "MX", "d.", "$", "TYPE9", "\\# 1 AB", "=", "\r\n", " TXT ", " A 192.0.2.1\n", "a TXT x",
); // prettier-ignore

describeWith("named-compilezone", "bind9-utils")("zone files and BIND", () => {
  test("what we print, BIND reads as we do", async () => {
    await fc.assert(
      fc.asyncProperty(zone, async (records) => {
        const body = bodyOf(records);
        expect(await byBind(body)).toEqual(byUs(body));
      }),
      { numRuns: 150 },
    );
  });

  test("what we read of anything, BIND reads as we do", async () => {
    const noise = fc.array(pieces, { maxLength: 14 }).map((words) => `a ${words.join("")}\n`);
    let read = 0;
    await fc.assert(
      fc.asyncProperty(noise, async (body) => {
        const ours = byUs(body, true);
        if (ours === null) return;
        read++;
        // Owners that differ in case alone are one, and records of one owner and type are a set with one TTL.
        const compared = (lines: readonly string[] | null) =>
          lines && [...new Set(lines.map((line) => alike(line, ours.length > 1)))].sort();
        expect(compared(await byBind(body))).toEqual(compared(ours));
      }),
      { numRuns: 1500 },
    );
    expect(read).toBeGreaterThan(10);
  });

  test("what we read of a record with one byte changed, BIND reads as we do", async () => {
    // Where these may stand is a question of the whole zone, not of its text.
    const record = zoneRecord.filter(({ type }) => !["SOA", "NS", "CNAME", "opaque"].includes(type));
    const damaged = fc.tuple(record, fc.nat(), fc.integer({ min: 32, max: 126 })).map(([record, at, byte]) => {
      const body = Array.from(bodyOf([{ ...record, name: "r" }]));
      body.splice(at % (body.length - 2), 1, String.fromCharCode(byte));
      return body.join("");
    });
    await fc.assert(
      fc.asyncProperty(damaged, async (body) => {
        const ours = byUs(body, true);
        // How long a hash of a known kind must be is not looked at here.
        if (ours === null || ours.some((line) => / SSHFP [0-9]+ [12] /u.test(line))) return;
        expect(await byBind(body)).toEqual(ours);
      }),
      { numRuns: 300 },
    );
  });
});
