import { describe, expect, test } from "vitest";
import type { BskError } from "../../src/errors.ts";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import { resolve } from "../../src/lightnode/resolve.ts";
import { type Terms, sourceWithin } from "../../src/lightnode/terms.ts";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { NameAnswer } from "../../src/verify/answer.ts";
import { answeringChain } from "../support/answers.ts";
import { fakeNode, REGTEST } from "../support/fake-node.ts";
import type { HashedChain } from "../support/hashed-chain.ts";
import {
  hashOf,
  LIFETIME,
  logOf,
  pinAt,
  readyNamespace,
  registered,
  registration,
  revocation,
  update,
} from "../support/named-log.ts";
import { stranger } from "../support/strangers.ts";
import { waysOver } from "../support/ways.ts";

const TEXT = "$ORIGIN alice.test\n";
const [ALICE, BOB, CAROL] = [name("alice.test"), name("bob.test"), name("carol.test")];
const [alice, bob, carol] = [registered(ALICE, 11), registered(BOB, 12), registered(CAROL, 13)];
const BLOCKS: Readonly<Record<number, readonly string[]>> = {
  10: [readyNamespace(10)],
  11: [registration(alice)],
  12: [registration(bob)],
  13: [registration(carol)],
  20: [update(alice, TEXT)],
  21: [revocation(bob)],
};
const END = 11 + LIFETIME;
const log = logOf(BLOCKS, END + 10_000);
const anchorAt = (height: number) => ({
  height: blockHeight(height),
  consensusHash: log.spine.consensusHashAt(height),
});
const chain: HashedChain = {
  firstBlock: blockHeight(REGTEST.firstBlock),
  tip: blockHeight(log.spine.height()),
  opsHashAt: (height) => log.spine.opsHashAt(height),
  consensusHashAt: (height) => log.spine.consensusHashAt(height),
  operationsAt: (height) => BLOCKS[height] ?? [],
  anchorAt,
};
const world = answeringChain(chain, REGTEST.id);
const NOW = new Date("2026-01-02T03:04:05Z");

const withZonefile =
  (bytes: Uint8Array | null) =>
  (answer: NameAnswer): NameAnswer =>
    answer.operation === null ? answer : { ...answer, operation: { ...answer.operation, zonefile: bytes } };

const node = (url: string, turn = withZonefile(null)): NodeClient =>
  fakeNode({ ...stranger(world, url, { turn }), own: false });
const holder = (url: string) => node(url, withZonefile(fromUtf8(TEXT)));

function asked(of: typeof ALICE, nodes: readonly NodeClient[], height = 100, terms: Partial<Terms> = {}) {
  const ways = waysOver(nodes, null, { pin: pinAt(log, height), strangersOnly: true });
  return resolve(of, ways, { require: "claimed", now: NOW, ...terms });
}
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => ({ kind: (error as BskError).kind, rule: (error as BskError).rule }),
  );
const [A, B] = ["https://a.example", "https://b.example"];

describe("a name resolved through strangers", () => {
  test("with the zone file of whoever has it", async () => {
    const found = await asked(ALICE, [node(A), holder(B)]);
    expect(found).toMatchObject({ zonefile: TEXT, zonefileHash: hashOf(TEXT), level: "quorum", inGrace: false });
    expect(found).toMatchObject({ asOf: { height: 100 }, nodes: { asked: 2, answered: 2, agreeing: 2 } });
    expect(found.expires).toBe(END);
  });

  test("is not enough where more is required, and not fresh where newer blocks are", async () => {
    expect(await refusal(asked(ALICE, [holder(A)], 100, { require: "quorum" }))).toEqual({
      kind: "unproven",
      rule: "level",
    });
    const found = await asked(ALICE, [holder(A), holder(B)]);
    const later = new Date(found.asOf.time!.getTime() + 7_200_000);
    const old = asked(ALICE, [holder(A), holder(B)], 100, { maxAgeMs: 3_600_000, now: later });
    expect(await refusal(old)).toEqual({ kind: "unproven", rule: "stale" });
  });

  test("is refused where nobody has the zone file, and where the only one is another", async () => {
    expect(await refusal(asked(ALICE, [node(A), node(B)]))).toEqual({ kind: "unproven", rule: "zonefile-missing" });
    const liar = node(A, withZonefile(fromUtf8("$ORIGIN mallory.test\n")));
    expect(await refusal(asked(ALICE, [liar]))).toEqual({ kind: "refuted", rule: "answer-refuted" });
    expect((await asked(ALICE, [liar, holder(B)])).zonefile).toBe(TEXT);
  });

  test("that was revoked, has no zone file or has expired: decided by several, not by one that may hide what came later", async () => {
    const cases = [
      [BOB, 100, "name-revoked"],
      [CAROL, 100, "no-zonefile"],
      [ALICE, END + 9_000, "name-expired"],
    ] as const;
    for (const [of, height, rule] of cases) {
      expect(await refusal(asked(of, [node(A), node(B)], height))).toEqual({ kind: "rejected", rule });
      expect(await refusal(asked(of, [node(A)], height))).toEqual({ kind: "unproven", rule });
    }
    expect((await asked(ALICE, [holder(A), holder(B)], END + 1)).inGrace).toBe(true);
  });

  test("is not resolved at another block than the pin's", async () => {
    const before = asked(ALICE, [holder(A), holder(B)], 100, { at: blockHeight(50) });
    expect(await refusal(before)).toEqual({ kind: "usage", rule: "at-strangers" });
    expect((await asked(ALICE, [holder(A), holder(B)], 100, { at: blockHeight(100) })).zonefile).toBe(TEXT);
  });
});

test("an own node is asked before strangers, but not where the call names them", async () => {
  const pin = pinAt(log, 100);
  const own = fakeNode({ info: () => Promise.reject(new Error("the own node was asked")) });
  const nodes = [holder(A), holder(B)] as const;
  const strangers = () => Promise.resolve({ nodes, caught: () => Promise.resolve(null) });
  const terms = { require: "quorum", now: NOW } as const;
  const named = waysOver([own], null, { pin, strangers, strangersOnly: true });
  expect((await resolve(ALICE, named, terms)).level).toBe("quorum");
  expect((await (await sourceWithin(named, terms, ALICE)).record(ALICE))?.name).toBe(ALICE);
  await expect(resolve(ALICE, waysOver([own], null, { pin, strangers }), terms)).rejects.toThrow(
    "the own node was asked",
  );
});
