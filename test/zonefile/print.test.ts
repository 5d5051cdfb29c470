import { expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import { fromLatin1, toHex, toLatin1 } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { adviceOn } from "../../src/zonefile/advice.ts";
import { parseZonefile } from "../../src/zonefile/parse.ts";
import { printZonefile, profileUrl, profileZonefile } from "../../src/zonefile/print.ts";
import { name } from "../../src/primitives/name.ts";

/** What the original's JavaScript client made of these (spec 06 §1 and §2.1). */
test("a profile's zone file has the hash that the original's tools give it", () => {
  const bytes = profileZonefile("judecn.id", "https://gaia.blockstack.org/hub/1ABC/0/profile.json", null);
  expect(bytes).toHaveLength(106);
  expect(toHex(hash160(bytes))).toBe("278cef025bb6cc5514c702bb68a79c91852e4967");
});

test("with a resolver it ends without a line end; a URL without a path gets one", () => {
  expect(toLatin1(profileZonefile("a.id", "https://x.example", "https://r.example/v1"))).toBe(
    '$ORIGIN a.id\n$TTL 3600\n_http._tcp\tIN\tURI\t10\t1\t"https://x.example/"\n_resolver\tIN\tURI\t10\t1\t"https://r.example/v1"',
  );
});

test.each([
  "ftp://x/y",
  "https:///y",
  "https://x/a;b",
  "https://x/a b",
  "https://x/a,b",
  'https://x/"',
  "https://x/(y)",
  "x/y",
  "",
])("%j is no URL for a zone file", (url) => {
  expect(() => profileUrl(url)).toThrow(ParseError);
});

test("signs that readers of zone files take for their own are escaped", () => {
  const strings = ['a;b "c" \\d', "tab\t", "\u00e9", ""];
  const bytes = printZonefile({ origin: null, ttl: 60, records: [{ name: "a", ttl: null, type: "TXT", strings }] });
  expect(toLatin1(bytes)).toBe(
    String.raw`$TTL 60
a	IN	TXT	"a\;b \"c\" \\d" "tab\009" "\233" ""
` + "\n",
  );
});

const advice = (text: string) =>
  adviceOn(fromLatin1(text), parseZonefile(fromLatin1(text)), name("alice.id")).map(({ rule }) => rule);
const GOOD = '$ORIGIN alice.id\n$TTL 60\n_http._tcp URI 10 1 "https://x/y"\n';

test("nothing is said of what the tools write", () => {
  expect(advice(GOOD)).toEqual([]);
  expect(advice(GOOD.replace("alice.id", "Alice.Id."))).toEqual([]);
});

test.each([
  ["foreign-origin", GOOD.replace("alice", "bob")],
  ["no-origin", GOOD.replace("$ORIGIN alice.id\n", "")],
  ["no-ttl", GOOD.replace("$TTL 60\n", "")],
  ["no-records", "$ORIGIN alice.id\n$TTL 60\n"],
  ["no-profile", GOOD.replace("_http._tcp", "_resolver")],
  ["unportable-url", GOOD.replace("/y", "/y;z").replace(";", "\\;")],
  ["original-unreadable", `${GOOD}a SSHFP 1 1 aa\n`],
  ["original-unreadable", GOOD.replace("URI", "uri")],
  ["long-string", `${GOOD}a TXT ${"x".repeat(256)}\n`],
  ["cname-beside-others", `${GOOD}a CNAME b\nA TXT x\n`],
  ["twice", `${GOOD}a TXT x\na TXT "x"\n`],
  ["origin-twice", `${GOOD}www.alice.id A 192.0.2.1\n`],
])("%s is said", (rule, text) => {
  expect(advice(text)).toContain(rule);
});
