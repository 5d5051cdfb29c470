import { describe, expect, test } from "vitest";
import type { BskError } from "../../src/errors.ts";
import type { FullName } from "../../src/lightnode/answers.ts";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import { resolve as resolveBy } from "../../src/lightnode/resolve.ts";
import type { Terms } from "../../src/lightnode/terms.ts";
import { satisfies, TRUST_LEVELS } from "../../src/lightnode/trust-level.ts";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { zonefileHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { aName, fakeNode, INFO } from "../support/fake-node.ts";
import { waysOver } from "../support/ways.ts";

const TEXT = "$ORIGIN alice.test\n";
const HASH = zonefileHash.of(hash160(fromUtf8(TEXT)));
const ALICE = name("alice.test");

const nodeWith = (record: FullName | null, more: Parameters<typeof fakeNode>[0] = {}) =>
  fakeNode({ record: () => Promise.resolve(record), zonefile: () => Promise.resolve(fromUtf8(TEXT)), ...more });

const TIME = INFO.tip!.time;
const HOUR = 3_600_000;

const resolve = (of: typeof ALICE, node: NodeClient, terms: Partial<Terms> = {}) =>
  resolveBy(of, waysOver([node]), { require: "claimed", now: new Date(TIME.getTime() + HOUR), ...terms });

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ kind: "resolved", rule: undefined }),
    (error: unknown) => ({ kind: (error as BskError).kind, rule: (error as BskError).rule }),
  );

describe("a name resolves to its zone file", () => {
  const record = aName("alice.test", { zonefileHash: HASH });

  test("through our own node: indexed, as of the node's last block", async () => {
    const found = await resolve(ALICE, nodeWith(record));
    expect(found).toMatchObject({ name: "alice.test", zonefile: TEXT, zonefileHex: null, zonefileHash: HASH });
    expect(found).toMatchObject({ level: "indexed", asOf: { height: 120, time: INFO.tip?.time }, inGrace: false });
  });

  test("through a stranger's node: only claimed, and not enough where more is required", async () => {
    expect((await resolve(ALICE, nodeWith(record, { own: false }))).level).toBe("claimed");
    expect(await refusal(resolve(ALICE, nodeWith(record, { own: false }), { require: "included" }))).toEqual({
      kind: "unproven",
      rule: "level",
    });
  });

  test("our own node is asked before strangers, wherever it stands among them", async () => {
    const stranger = nodeWith(null, { own: false });
    const found = await resolveBy(ALICE, waysOver([stranger, nodeWith(record)]), { require: "indexed", now: TIME });
    expect(found.level).toBe("indexed");
  });

  test("but not with blocks that are older than the user takes", async () => {
    expect((await resolve(ALICE, nodeWith(record), { maxAgeMs: HOUR })).asOf.time).toEqual(TIME);
    expect(await refusal(resolve(ALICE, nodeWith(record), { maxAgeMs: HOUR - 1 }))).toEqual({
      kind: "unproven",
      rule: "stale",
    });
  });

  test("a zone file that is no text is given as hex", async () => {
    const found = await resolve(
      ALICE,
      nodeWith(record, { zonefile: () => Promise.resolve(Uint8Array.of(0xff, 0x00)) }),
    );
    expect(found).toMatchObject({ zonefile: null, zonefileHex: "ff00" });
  });

  test("in its grace period it still does", async () => {
    const late = aName("alice.test", { zonefileHash: HASH, expired: true, inGrace: true, expires: blockHeight(110) });
    expect((await resolve(ALICE, nodeWith(late))).inGrace).toBe(true);
  });
});

describe("a name that does not resolve", () => {
  const cases: readonly [string, FullName | null, string][] = [
    ["unknown", null, "name-not-registered"],
    ["revoked", aName("alice.test", { zonefileHash: HASH, revoked: true }), "name-revoked"],
    ["expired", aName("alice.test", { zonefileHash: HASH, expired: true, expires: blockHeight(110) }), "name-expired"],
    ["without a zone file", aName("alice.test"), "no-zonefile"],
  ];
  test.each(cases)("%s: our own node decides, a stranger's proves nothing", async (_case, record, rule) => {
    expect(await refusal(resolve(ALICE, nodeWith(record)))).toEqual({ kind: "rejected", rule });
    expect(await refusal(resolve(ALICE, nodeWith(record, { own: false })))).toEqual({ kind: "unproven", rule });
  });

  test("a missing zone file leaves it unproven", async () => {
    const node = nodeWith(aName("alice.test", { zonefileHash: HASH }), { zonefile: () => Promise.resolve(null) });
    expect(await refusal(resolve(ALICE, node))).toEqual({ kind: "unproven", rule: "zonefile-missing" });
  });

  test("a node without blocks knows nothing", async () => {
    const node = nodeWith(null, { info: () => Promise.resolve({ ...INFO, tip: null }) });
    expect(await refusal(resolve(ALICE, node))).toEqual({ kind: "unproven", rule: "not-indexed" });
  });
});

test("levels are in order, and our own index satisfies all of them", () => {
  expect(TRUST_LEVELS.every((level) => satisfies("indexed", level))).toBe(true);
  expect(satisfies("complete", "state-root") && satisfies("state-root", "complete")).toBe(true);
  expect(satisfies("included", "placed")).toBe(false);
  expect(satisfies("claimed", "included")).toBe(false);
});
