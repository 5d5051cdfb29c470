/** The reader that decides which subdomains there are, against what the original made of the same files. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fromLatin1 } from "../../src/primitives/bytes.ts";
import { readAsOriginal, standardZonefile } from "../../src/zonefile/original.ts";
import { readVectors } from "../support/vectors.ts";

interface Vector {
  readonly note: string;
  readonly zonefile: string | null;
  readonly parsed: Readonly<Record<string, unknown>>;
}

const { zonefiles } = readVectors("zonefiles.json") as { zonefiles: readonly Vector[] };

/** In the shape of the original's dictionaries. */
function dictionaryOf(text: string): Record<string, unknown> {
  const read = readAsOriginal(fromLatin1(text));
  if (read === null) return { raises: "InvalidLineException" };
  const { origin, ttl, records } = read;
  return { ...(origin === null ? {} : { $origin: origin }), ...(ttl === null ? {} : { $ttl: ttl }), ...records };
}

test.each(zonefiles.map(({ note, zonefile, parsed }) => [note, zonefile ?? "", parsed] as const))(
  "vector: %s",
  (_, text, parsed) => {
    expect(dictionaryOf(text)).toEqual(parsed);
  },
);

const HEAD = "$ORIGIN a.id\n$TTL 60\n";
const txts = (text: string) => readAsOriginal(fromLatin1(HEAD + text))?.records["txt"] ?? null;
const txt = (strings: string) => txts(`k TXT ${strings}\n`)?.[0]?.["txt"] ?? null;

/** Each was seen in the original (spec 06 §3.2). */
test.each([
  [String.raw`"a  b   c"`, "a b c"],
  [`"a\tb"`, ["a", "b"]],
  [`"" "x"`, "x"],
  [`"d=e" "d\\=e"`, ["d=e", "d=e"]],
  [String.raw`a\\b`, "ab"],
  [`"(x" "y)"`, ["x", "y"]],
  [`"a"b`, ["a", "b"]],
  [`a"b"`, "ab"],
  [`"a b" IN "c"`, ["a b", "c"]],
  [`"a;b" "c"`, "a"],
  [`"open`, "open"],
  [`"x" "--ttl=5"`, "x"],
  [`"--t=5" "x"`, "x"],
  [`-5 - "- x"`, ["-5", "-", "- x"]],
  [`x -- -y`, ["x", "-y"]],
])("TXT %s is %j", (strings, expected) => {
  expect(txt(strings)).toEqual(expected);
});

test.each([
  ["a type in lower case", "k txt x"],
  ["a class in lower case", "k in TXT x"],
  ["the word in", 'k TXT "in"'],
  ["an unknown type", "k SSHFP 1 1 aa"],
  ["a field too few", "k MX 10"],
  ["a field too many", "k A 1.2.3.4 5"],
  ["a priority that is no number", "k URI x 1 y"],
  ["a lifetime that is no number", "k 1h A 1.2.3.4"],
  ["a hyphen in front", "k TXT -x"],
  ["help", "k TXT -help me"],
  ["a lifetime between strings", "k TXT a --ttl=5 b"],
  ["an ambiguous option", "k TXT --=5 b"],
  ["no strings", 'k TXT ""'],
])("%s makes the whole file unreadable", (_, line) => {
  expect(txts(`fine TXT x\n${line}\n`)).toBeNull();
});

test("names that are left out, lifetimes, groups, the last $ORIGIN", () => {
  expect(
    readAsOriginal(fromLatin1("$ORIGIN x.id\nTXT a\nk 5 TXT ( b\n c )\n$ORIGIN a.id\nw 300 IN A 1.2.3.4\np PTR q\n")),
  ).toEqual({
    origin: "a.id",
    ttl: null,
    records: {
      txt: [
        { name: "@", txt: "a" },
        { name: "k", ttl: 5, txt: ["b", "c"] },
      ],
      a: [{ name: "w", ttl: 300, ip: "1.2.3.4" }],
      ptr: [{ name: "p", host: "q" }],
    },
  });
});

test.each([
  ["no origin", "$TTL 60\n"],
  ["no lifetime", "$ORIGIN a.id\n"],
  ["an origin in upper case", "$ORIGIN A.id\n$TTL 60\n"],
  ["a lifetime below 0", "$ORIGIN a.id\n$TTL -1\n"],
  ["a TXT at the origin", `${HEAD}@ TXT x\n`],
  ["a URI with a comma", `${HEAD}u URI 1 1 "https://x/a,b"\n`],
  ["a priority beyond 16 bits", `${HEAD}u URI 65536 1 "https://x"\n`],
])("%s is not standard", (_, text) => {
  expect(standardZonefile(fromLatin1(text))).toBeNull();
});

test("no bytes make it hang or throw", () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .string({
        unit: fc.constantFrom(" ", "\n", '"', "\\", ";", "(", ")", "-", "--ttl", "=", "TXT", "IN", "in", "5", "a"),
        maxLength: 60,
      })
      .map(fromLatin1),
  );
  fc.assert(
    fc.property(noise, (bytes) => {
      expect(() => standardZonefile(bytes)).not.toThrow();
    }),
    { numRuns: 2000 },
  );
});
