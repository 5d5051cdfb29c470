/** The fields of a record: words -> value and back. Names are the business of `domain-name.ts`. */
import { canonicalIpv6, ipv4Bytes } from "./ip-address.ts";
import type { FieldKind } from "./record.ts";
import { octetsOf, quotedText, type Token } from "./tokens.ts";
import { ZonefileError } from "./zonefile-error.ts";

/** RFC 2181 §8. */
const MAX_SECONDS = 0x7fff_ffff;
const LARGEST = { u8: 0xff, u16: 0xffff, u32: 0xffff_ffff };
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds, or numbers with units such as `1h30m`. @throws ZonefileError `bad-ttl` */
export function readSeconds(token: Token): number {
  const text = token.raw.toLowerCase();
  const refuse = (): never => {
    throw new ZonefileError("bad-ttl", token, `not a time of 0 to ${MAX_SECONDS} seconds: "${token.raw}"`);
  };
  if (token.quoted || !/^([0-9]{1,10}|([0-9]{1,10}[smhdw]){1,5})$/u.test(text)) return refuse();
  let seconds = 0;
  for (const [, digits, unit = "s"] of text.matchAll(/([0-9]+)([smhdw]?)/gu)) {
    seconds += Number(digits) * (UNIT_SECONDS[unit === "" ? "s" : unit] ?? 1);
  }
  return seconds <= MAX_SECONDS ? seconds : refuse();
}

/** The value of a field; `strings` and `hex` take all words, the others the first. @throws ZonefileError */
export function readField(
  kind: Exclude<FieldKind, "name">,
  tokens: readonly Token[],
  what: string,
): number | string | readonly string[] {
  const [token] = tokens;
  if (token === undefined) throw new Error("a field is read from at least one word");
  const { raw } = token;
  const refuse = (is: string, at: Token = token): never => {
    throw new ZonefileError("bad-field", at, `${what}: not ${is}: "${at.raw}"`);
  };
  switch (kind) {
    case "u8":
    case "u16":
    case "u32": {
      const number = /^[0-9]{1,10}$/u.test(raw) ? Number(raw) : Infinity;
      return number <= LARGEST[kind] ? number : refuse(`a number of 0 to ${LARGEST[kind]}`);
    }
    case "seconds":
      return readSeconds(token);
    case "ipv4":
      return ipv4Bytes(raw)?.join(".") ?? refuse("an IPv4 address");
    case "ipv6":
      return canonicalIpv6(raw) ?? refuse("an IPv6 address");
    case "octets": {
      const octets = octetsOf(token);
      return octets === "" ? refuse("a text of at least one octet") : octets;
    }
    case "strings":
      return tokens.map(octetsOf);
    case "hex": {
      for (const each of tokens) if (!/^[0-9a-fA-F]+$/u.test(each.raw)) refuse("hex", each);
      const hex = tokens.map((each) => each.raw.toUpperCase()).join("");
      return hex.length % 2 === 0 ? hex : refuse("hex of whole bytes");
    }
  }
}

/** The field as it is written. */
export function fieldText(kind: FieldKind, value: unknown): string {
  switch (kind) {
    case "octets":
      return quotedText(String(value));
    case "strings":
      return (value as readonly string[]).map(quotedText).join(" ");
    case "name":
    case "ipv4":
    case "ipv6":
    case "hex":
    case "u8":
    case "u16":
    case "u32":
    case "seconds":
      return String(value);
  }
}
