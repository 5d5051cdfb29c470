import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fromLatin1, fromUtf8, toLatin1 } from "../../src/primitives/bytes.ts";
import { parseZonefile } from "../../src/zonefile/parse.ts";
import { printZonefile } from "../../src/zonefile/print.ts";
import { MAX_ZONEFILE_BYTES } from "../../src/zonefile/size.ts";
import { ZonefileError } from "../../src/zonefile/zonefile-error.ts";
import { zonefile } from "../support/zones.ts";
import { readVectors } from "../support/vectors.ts";

const parse = (text: string) => parseZonefile(fromLatin1(text));
const records = (text: string) => parse(`$ORIGIN alice.id\n$TTL 60\n${text}`).records;

test("parsing what was printed gives the same zone file", () => {
  fc.assert(
    fc.property(zonefile, (zone) => {
      const printed = printZonefile(zone);
      fc.pre(printed.length <= MAX_ZONEFILE_BYTES);
      expect(parseZonefile(printed)).toEqual(zone);
    }),
    { numRuns: 500 },
  );
});

test("any bytes are a zone file or a ZonefileError with its place, and what is one prints to itself", () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .string({
        unit: fc.constantFrom(
          ...Array.from('ab .@;\\"()\n\t0129'),
          "$ORIGIN ",
          "$TTL ",
          " TXT ",
          " URI ",
          " IN ",
          " A 1.2.3.4\n",
          "\r\n",
          "\\#",
        ),
        maxLength: 60,
      })
      .map(fromLatin1),
  );
  fc.assert(
    fc.property(noise, (bytes) => {
      try {
        const zone = parseZonefile(bytes);
        expect(parseZonefile(printZonefile(zone))).toEqual(zone);
      } catch (error) {
        expect(error).toBeInstanceOf(ZonefileError);
        const { line, column } = error as ZonefileError;
        const lines = toLatin1(bytes).split("\n");
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThan(0);
        expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
      }
    }),
    { numRuns: 3000 },
  );
});

test("the file of the original's tools", () => {
  expect(
    parse(
      '$ORIGIN judecn.id\n$TTL 3600\n_http._tcp\tIN\tURI\t10\t1\t"https://gaia.blockstack.org/hub/1ABC/0/profile.json"\n\n',
    ),
  ).toEqual({
    origin: "judecn.id",
    ttl: 3600,
    records: [
      {
        name: "_http._tcp",
        ttl: null,
        type: "URI",
        priority: 10,
        weight: 1,
        target: "https://gaia.blockstack.org/hub/1ABC/0/profile.json",
      },
    ],
  });
});

test("class and TTL in either order, types and classes in either case", () => {
  const expected = { name: "www", ttl: 300, type: "A", address: "192.0.2.1" };
  for (const text of ["300 IN A", "IN 300 A", "300 A", "in 5m a", "5m CLASS1 A"]) {
    expect(records(`www ${text} 192.0.2.1\n`)).toEqual([expected]);
  }
  expect(records("www A 192.0.2.1")).toEqual([{ ...expected, ttl: null }]);
  // A word at the start of a line is the owner, whatever it looks like.
  expect(records("IN A 192.0.2.1\n300 A 192.0.2.1").map(({ name }) => name)).toEqual(["IN", "300"]);
});

test("parentheses, comments and omitted owners", () => {
  const text =
    'a TXT ( "one ; not a comment" ; a comment (\n  two\n ) three\n\n ; nothing\n\tA 192.0.2.1 ; same owner\n';
  expect(records(text)).toEqual([
    { name: "a", ttl: null, type: "TXT", strings: ["one ; not a comment", "two", "three"] },
    { name: "a", ttl: null, type: "A", address: "192.0.2.1" },
  ]);
});

test("strings: quotes, escapes, none of them lost", () => {
  const text = String.raw`a TXT "a\"b" c\032d "" "\\" \; "e;f" "a""b" x"y" "tab	end" "two  spaces"`;
  const [record] = records(text);
  expect(record).toMatchObject({
    strings: ['a"b', "c d", "", "\\", ";", "e;f", "a", "b", "x", "y", "tab\tend", "two  spaces"],
  });
});

test("bytes that are no ASCII are kept one by one", () => {
  const [record] = parseZonefile(fromUtf8('a TXT "é"')).records;
  expect(record).toMatchObject({ strings: ["\u00c3\u00a9"] });
  expect(records(String.raw`a TXT "\195\169"`)).toMatchObject([{ strings: ["\u00c3\u00a9"] }]);
});

test("names: relative to the origin in force, shown relative to the first", () => {
  const text =
    "@ NS ns\nns.alice.id. A 192.0.2.1\n$ORIGIN sub\nwww CNAME @\nother.example. CNAME www.ALICE.id.\n$ORIGIN bob.id.\n@ A 192.0.2.2\n";
  expect(
    records(text).map(({ name, ...rest }) => [
      name,
      "target" in rest ? rest.target : "host" in rest ? rest.host : null,
    ]),
  ).toEqual([
    ["@", "ns"],
    ["ns", null],
    ["www.sub", "sub"],
    ["other.example.", "www"],
    ["bob.id.", null],
  ]);
});

test("an origin without its final dot is absolute, as all files of BNS have it", () => {
  expect(parse("$ORIGIN alice.id\n").origin).toBe("alice.id");
  expect(parse("$ORIGIN alice.id.\n").origin).toBe("alice.id");
  expect(parse("www A 192.0.2.1\n$ORIGIN alice.id\nwww A 192.0.2.1\n")).toMatchObject({
    origin: null,
    records: [{ name: "www" }, { name: "www.alice.id." }],
  });
});

test("the TTL of a record without one is the last $TTL, else that of the record before", () => {
  expect(
    parse("$TTL 60\na A 192.0.2.1\n$TTL 1h\nb A 192.0.2.1\nc 60 A 192.0.2.1").records.map(({ ttl }) => ttl),
  ).toEqual([null, 3600, 60]);
  expect(parse("a A 192.0.2.1\nb 60 A 192.0.2.1\nc A 192.0.2.1").records.map(({ ttl }) => ttl)).toEqual([null, 60, 60]);
});

test("types that are not read are kept as they are written", () => {
  expect(
    records('a CAA 0 issue "ca.example; x=1"\nb TYPE731 \\# 3 ab cdEF\nc A \\# 4 C0000201\nd type62347 \\# 0'),
  ).toEqual([
    { name: "a", ttl: null, type: "opaque", mnemonic: "CAA", text: '0 issue "ca.example\\; x=1"' },
    { name: "b", ttl: null, type: "opaque", mnemonic: "TYPE731", text: "\\# 3 ABCDEF" },
    { name: "c", ttl: null, type: "opaque", mnemonic: "A", text: "\\# 4 C0000201" },
    { name: "d", ttl: null, type: "opaque", mnemonic: "TYPE62347", text: "\\# 0" },
  ]);
});

test("\\# between quotes is a string", () => {
  expect(records('a TXT "\\#"')).toMatchObject([{ type: "TXT", strings: ["#"] }]);
});

test("DOS line ends and an empty file", () => {
  expect(parse("$TTL 60\r\na TXT x\r\n")).toEqual({
    origin: null,
    ttl: 60,
    records: [{ name: "a", ttl: null, type: "TXT", strings: ["x"] }],
  });
  expect(parse("")).toEqual({ origin: null, ttl: null, records: [] });
});

test.each([
  ["too large", "a".repeat(MAX_ZONEFILE_BYTES + 1), "too-large", 1, 1],
  ["a NUL", "a TXT x\u0000", "control-character", 1, 8],
  ["a lone CR", "a TXT x\ry", "control-character", 1, 8],
  ["a ( too many", "a TXT ( ( x )\n", "unbalanced-parentheses", 1, 7],
  ["a ) too many", "a TXT x )\n", "unbalanced-parentheses", 1, 9],
  ["an open quote", 'a TXT "x\ny"', "unclosed-quote", 1, 7],
  ["an escape beyond a byte", "a TXT \\256", "bad-escape", 1, 7],
  ["an escape with a digit too few", "a TXT \\12x", "bad-escape", 1, 7],
  ["a backslash at the end", "a TXT x\\", "bad-escape", 1, 8],
  ["$INCLUDE", "$INCLUDE /etc/passwd", "bad-directive", 1, 1],
  ["$ORIGIN alone", "$ORIGIN", "missing-field", 1, 1],
  ["$ORIGIN with two names", "$ORIGIN a b", "extra-field", 1, 11],
  ["$ORIGIN @ without one before", "$ORIGIN @", "bad-name", 1, 9],
  ["a TTL beyond 31 bits", "$TTL 2147483648", "bad-ttl", 1, 6],
  ["another class", "a CH TXT x", "bad-class", 1, 3],
  ["no type", "\n\nhello world", "unknown-type", 3, 7],
  ["a type alone", "hello", "missing-field", 1, 1],
  ["no owner", "\tA 192.0.2.1", "no-owner", 1, 2],
  ["an empty label", "a..b A 192.0.2.1", "bad-name", 1, 1],
  ["a label of 64", `${"a".repeat(64)} A 192.0.2.1`, "bad-name", 1, 1],
  ["a name of 256", `x A 192.0.2.1\nm CNAME ${"abc.".repeat(64)}`, "bad-name", 2, 9],
  ["a name too long with its origin", `$ORIGIN ${"abc.".repeat(62)}\nabcdef.abcdef CNAME x`, "bad-name", 2, 1],
  ["a quoted owner", '"a" A 192.0.2.1', "bad-name", 1, 1],
  ["an address with a leading zero", "a A 192.0.2.01", "bad-field", 1, 5],
  ["an address of five", "a A 192.0.2.1.1", "bad-field", 1, 5],
  ["two ::", "a AAAA 1::2::3", "bad-field", 1, 8],
  ["nine groups", "a AAAA 1:2:3:4:5:6:7:8:9", "bad-field", 1, 8],
  ["a preference beyond 16 bits", "a MX 65536 m", "bad-field", 1, 6],
  ["a field too few", "a URI 10 1", "missing-field", 1, 3],
  ["a field too many", "a URI 10 1 x y", "extra-field", 1, 14],
  ["half a byte", "a TLSA 3 1 1 abc", "bad-field", 1, 14],
  ["fewer bytes than told", "a TYPE731 \\# 2 AB", "bad-field", 1, 14],
  ["a type number without its form", "a TYPE731 x", "bad-field", 1, 11],
  ["an empty URI", 'a URI 10 1 ""', "bad-field", 1, 12],
])("%s is refused where it stands", (_, text, flaw, line, column) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ flaw, line, column }) as Error);
});

test("every zone file of the original's vectors that it could read is read, with the same records", () => {
  const { zonefiles } = readVectors("zonefiles.json") as {
    zonefiles: { note: string; zonefile: string | null; parsed: Record<string, unknown> }[];
  };
  let compared = 0;
  for (const { zonefile: text, parsed } of zonefiles) {
    if (text === null || "raises" in parsed) continue;
    const zone = parse(text);
    expect(zone.origin).toBe(parsed["$origin"]);
    expect(zone.ttl).toBe(parsed["$ttl"] ?? null);
    const uris = (parsed["uri"] ?? []) as { name: string; target: string }[];
    expect(zone.records.flatMap((of) => (of.type === "URI" ? [[of.name, of.target]] : []))).toEqual(
      uris.map(({ name, target }) => [name, target]),
    );
    const txts = (parsed["txt"] ?? []) as { name: string; txt: string | string[] }[];

    expect(zone.records.flatMap((of) => (of.type === "TXT" ? [[of.name, of.strings]] : []))).toEqual(
      txts.map(({ name, txt }) => [name, [txt].flat()]),
    );
    compared++;
  }
  expect(compared).toBeGreaterThan(25);
});
