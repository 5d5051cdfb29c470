/** Zone files of every shape, for properties. */
import * as fc from "fast-check";
import { canonicalIpv6 } from "../../src/zonefile/ip-address.ts";
import type { Zonefile, ZoneRecord } from "../../src/zonefile/record.ts";

const octets = (least: number, most: number) => fc.string({ unit: "binary-ascii", minLength: least, maxLength: most });
const high = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 20,
});
const u8 = fc.nat({ max: 0xff });
const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffff_ffff });
const seconds = fc.nat({ max: 0x7fff_ffff });
const hexBytes = fc
  .array(u8, { minLength: 1, maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString("hex").toUpperCase());
const label = fc.stringMatching(/^[a-z0-9_-]{1,12}$/u);
/** Below the origin, the origin itself, or somewhere else; the latter never below the origin "alice.id". */
export const zoneName = fc.oneof(
  fc.constant("@"),
  fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join(".")),
  fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => `${labels.join(".")}.example.`),
);
const ipv4 = fc.array(u8, { minLength: 4, maxLength: 4 }).map((bytes) => bytes.join("."));
const ipv6 = fc
  .array(fc.oneof(fc.constant(0), u16), { minLength: 8, maxLength: 8 })
  .map((groups) => canonicalIpv6(groups.map((group) => group.toString(16)).join(":"))!);
const strings = fc.array(fc.oneof(octets(0, 40), high), { minLength: 1, maxLength: 5 });

/** The fields of one record of any type. */
const data = fc.oneof(
  fc.record({ type: fc.constant("A" as const), address: ipv4 }),
  fc.record({ type: fc.constant("AAAA" as const), address: ipv6 }),
  fc.record({ type: fc.constantFrom("CNAME" as const, "PTR" as const), target: zoneName }),
  fc.record({ type: fc.constant("NS" as const), host: zoneName }),
  fc.record({ type: fc.constant("MX" as const), preference: u16, host: zoneName }),
  fc.record({ type: fc.constant("SRV" as const), priority: u16, weight: u16, port: u16, target: zoneName }),
  fc.record({ type: fc.constantFrom("TXT" as const, "SPF" as const), strings }),
  fc.record({ type: fc.constant("URI" as const), priority: u16, weight: u16, target: octets(1, 300) }),
  fc.record({ type: fc.constant("TLSA" as const), usage: u8, selector: u8, matching: u8, data: hexBytes }),
  fc.record({ type: fc.constant("SSHFP" as const), algorithm: u8, hash: fc.constantFrom(0, 9), fingerprint: hexBytes }),
  fc.record({
    type: fc.constant("opaque" as const),
    mnemonic: fc.constant("TYPE731"),
    text: hexBytes.map((hex) => `\\# ${hex.length / 2} ${hex}`),
  }),
  fc.record({
    type: fc.constant("opaque" as const),
    mnemonic: fc.constant("CAA"),
    text: fc.constant('0 issue "ca.example"'),
  }),
  fc.record({
    type: fc.constant("SOA" as const),
    host: zoneName,
    mailbox: zoneName,
    serial: u32,
    refresh: seconds,
    retry: seconds,
    expire: seconds,
    minimum: seconds,
  }),
);

export const zoneRecord: fc.Arbitrary<ZoneRecord> = fc
  .tuple(zoneName, fc.option(seconds), data)
  .map(([name, ttl, fields]) => ({ name, ttl, ...fields }));

/** A zone file with the origin `alice.id`, as `parseZonefile` would give it. */
export const zonefile: fc.Arbitrary<Zonefile> = fc
  .record({ origin: fc.constant("alice.id"), ttl: fc.option(seconds), records: fc.array(zoneRecord, { maxLength: 8 }) })
  .map(spelledOut);

/** Without $TTL a record's lifetime is that of the record before. */
function spelledOut({ origin, ttl, records }: Zonefile): Zonefile {
  let last: number | null = null;
  const told = records.map((record) => {
    last = record.ttl ?? last;
    return ttl === null ? { ...record, ttl: last } : record;
  });
  return { origin, ttl, records: told };
}
