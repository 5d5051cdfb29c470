import { expect, test } from "vitest";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { name } from "../../src/primitives/name.ts";
import { zonefileWarning, zonefileToAnnounce } from "../../src/spending/zonefile.ts";

const ALICE = name("alice.test");
const origin = (text: string) => zonefileWarning(fromUtf8(text), ALICE);

test.each(["$ORIGIN alice.test\n$TTL 3600\n", "; mine\n$origin ALICE.test.\n", '$TTL 3600\n_http URI 10 1 "x"\n', ""])(
  "%j is nobody else's",
  (text) => {
    expect(origin(text)).toBeNull();
  },
);

test("another name's is told", () => {
  expect(origin("$ORIGIN bob.test ; from a friend\n")).toBe(
    'the zone file says $ORIGIN "bob.test", which is not "alice.test"',
  );
  expect(origin("$TTL 1\n$ORIGIN alice.test.example.\n")).toContain("alice.test.example");
});

test("what no resolver can read is told, and may be announced", () => {
  expect(origin('{"v":"0.2"}')).toBe(
    'not a zone file that resolvers can read: line 1, column 2: "v" is no type of record',
  );
});

test("empty, and larger than nodes keep, is refused", () => {
  expect(() => zonefileToAnnounce(new Uint8Array())).toThrow(/empty/u);
  expect(() => zonefileToAnnounce(new Uint8Array(40_961))).toThrow(/at most 40960/u);
  expect(zonefileToAnnounce(new Uint8Array(40_960)).bytes).toHaveLength(40_960);
});
