/** Names out of the verified log: what it says is a fact up to the pin, and nothing that the log does not hash to is said. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { address, p2pkhAddress } from "../../src/bitcoin/address.ts";
import { BskError } from "../../src/errors.ts";
import type { FullName } from "../../src/lightnode/answers.ts";
import { logSource } from "../../src/lightnode/log-source.ts";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import { openPinBook, type PinBook } from "../../src/lightnode/pin-book.ts";
import { pinnedLog } from "../../src/lightnode/pinned-log.ts";
import { resolve } from "../../src/lightnode/resolve.ts";
import type { Terms } from "../../src/lightnode/terms.ts";
import type { ZonefileStore } from "../../src/lightnode/zonefile-store.ts";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { consensusHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { OperationLog } from "../../src/verify/op-log.ts";
import { aName, fakeNode, INFO, OWNER, REGTEST } from "../support/fake-node.ts";
import {
  hashOf, LIFETIME, logOf, pinAt, pinned, readyNamespace, registered, registration, revocation, transfer, update,
} from "../support/named-log.ts"; // prettier-ignore
import { waysOver } from "../support/ways.ts";

const TEXT = "$ORIGIN alice.test\n";
const [ALICE, BOB, CAROL] = [name("alice.test"), name("bob.test"), name("carol.test")];
const OTHER = p2pkhAddress(new Uint8Array(20).fill(7), REGTEST.bitcoin);
const alice = registered("alice.test", 3, { valueHash: hashOf(TEXT) });
const bob = registered("bob.test", 3, { vtxindex: 2, valueHash: hashOf("bob\n") });
const BLOCKS: Readonly<Record<number, readonly string[]>> = {
  2: [readyNamespace(2)],
  3: [registration(alice), registration(bob), registration(registered("carol.test", 3, { vtxindex: 3 }))],
  5: [update(bob, "new\n")],
  7: [transfer(alice, OTHER)],
  8: [revocation({ ...bob, valueHash: hashOf("new\n") })],
};
const TIP = 12;
const LOG = logOf(BLOCKS, TIP);
const TERMS: Terms = { require: "claimed", now: INFO.tip!.time };

const holder = (texts: readonly string[], more: Partial<NodeClient> = {}) =>
  fakeNode({
    own: false,
    url: "https://files.example",
    zonefile: (hash) => {
      const found = texts.find((each) => hashOf(each) === hash);
      return Promise.resolve(found === undefined ? null : fromUtf8(found));
    },
    ...more,
  });
const FILES = holder([TEXT, "bob\n", "new\n"]);

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "answered",
    (error: unknown) => (error instanceof BskError ? `${error.kind} ${error.rule ?? ""}` : String(error)),
  );

describe("a name in the log", () => {
  test("resolves at level complete, as of the pin; its zone file comes from whoever holds it", async () => {
    const found = await resolve(ALICE, waysOver([FILES], pinned(LOG)), TERMS);
    expect(found).toMatchObject({ address: OTHER, zonefile: TEXT, level: "complete", node: FILES.url });
    expect(found.asOf).toEqual({ height: TIP, time: null });
    expect(found.pin).toMatchObject({ height: TIP, source: "hand", attested: true });
  });

  test("as of an earlier block it has its earlier owner and zone file", async () => {
    const at = (of: typeof ALICE, height: number) =>
      resolve(of, waysOver([FILES], pinned(LOG)), { ...TERMS, at: blockHeight(height) });
    expect((await at(ALICE, 6)).address).toBe(OWNER);
    expect([(await at(BOB, 4)).zonefile, (await at(BOB, 5)).zonefile]).toEqual(["bob\n", "new\n"]);
    expect(await refusal(at(ALICE, 2))).toBe("rejected name-not-registered");
    expect(await refusal(at(BOB, TIP + 1))).toBe("unproven log-behind");
  });

  test("what it denies is a fact; under a pin that is one node's word it is not", async () => {
    const denied = (of: string, source?: Parameters<typeof pinned>[1]) =>
      refusal(resolve(name(of), waysOver([FILES], pinned(LOG, source)), TERMS));
    expect(await denied("nobody.test")).toBe("rejected name-not-registered");
    expect(await denied("bob.test")).toBe("rejected name-revoked");
    expect(await denied("carol.test")).toBe("rejected no-zonefile");
    const word = { kind: "unattested", url: "https://one.example" } as const;
    expect(await denied("nobody.test", word)).toBe("unproven name-not-registered");
    expect(await refusal(resolve(ALICE, waysOver([FILES], pinned(LOG, word)), TERMS))).toBe("answered");
    const strict = resolve(ALICE, waysOver([FILES], pinned(LOG, word)), { ...TERMS, require: "included" });
    expect(await refusal(strict)).toBe("unproven pin-unattested");
  });

  test("expires, is its owner's to renew for a while, and lapses", async () => {
    const grace = logOf(BLOCKS, 3 + LIFETIME);
    expect(await resolve(ALICE, waysOver([FILES], pinned(grace)), TERMS)).toMatchObject({ inGrace: true });
    const lapsed = logOf(BLOCKS, 3 + LIFETIME + 5001);
    expect(await refusal(resolve(ALICE, waysOver([FILES], pinned(lapsed)), TERMS))).toBe("rejected name-expired");
  });

  test("says of records, owners and histories what an indexing node would", async () => {
    const source = logSource(pinned(LOG), REGTEST);
    const record = (await source.record(ALICE)) as FullName;
    expect(record).toMatchObject({ address: OTHER, registered: 3, expires: 3 + LIFETIME, revoked: false });
    expect(record.lastOperation.opcode).toBe("NAME_TRANSFER");
    expect((await source.history(BOB)).map(({ height, opcode }) => [height, opcode])).toEqual([
      [3, "NAME_REGISTRATION"],
      [5, "NAME_UPDATE"],
      [8, "NAME_REVOKE"],
    ]);
    expect([await source.namesOf(OTHER), await source.namesOf(OWNER)]).toEqual([[ALICE], [CAROL]]);
    expect(await source.namespace(record.namespaceId)).toMatchObject({ ready: true, lifetime: LIFETIME / 2 });
  });
});

describe("zone files", () => {
  const kept = new Map<string, Uint8Array>();
  const zonefiles: ZonefileStore = {
    get: (hash) => kept.get(hash) ?? null,
    put: (hash, bytes) => kept.set(hash, bytes),
  };
  const lie = () => Promise.reject(new BskError("refuted", "other bytes", { rule: "zonefile-hash" }));
  const out = () => Promise.reject(new BskError("machine", "no answer", { rule: "unreachable" }));

  test("a liar and an outage do not keep them from coming from another node; alone, each has its own end", async () => {
    const [liar, silent, empty] = [holder([], { zonefile: lie }), holder([], { zonefile: out }), holder([])];
    const by = (...nodes: NodeClient[]) => refusal(resolve(ALICE, waysOver(nodes, pinned(LOG)), TERMS));
    expect(await by(liar, silent, empty, FILES)).toBe("answered");
    expect(await by(silent, liar, empty)).toBe("refuted zonefile-hash");
    expect(await by(silent, empty)).toBe("unproven zonefile-missing");
    expect(await by(silent)).toBe("machine unreachable");
  });

  test("are kept: the second time nobody is asked", async () => {
    const offline = () =>
      resolve(ALICE, waysOver([], pinned(LOG), { zonefiles: () => Promise.resolve(zonefiles) }), TERMS);
    expect(await refusal(offline())).toBe("unproven zonefile-missing");
    await resolve(ALICE, waysOver([FILES], pinned(LOG), { zonefiles: () => Promise.resolve(zonefiles) }), TERMS);
    expect(await offline()).toMatchObject({ zonefile: TEXT, level: "complete", node: null });
  });
});

describe("an own node and a log", () => {
  const { height } = INFO.tip!;
  const node = (more: Partial<NodeClient> = {}) =>
    fakeNode({
      record: () => Promise.resolve(aName("alice.test", { zonefileHash: hashOf(TEXT) })),
      zonefile: () => Promise.resolve(fromUtf8(TEXT)),
      consensusHashAt: (at) => Promise.resolve(LOG.spine.consensusHashAt(at)),
      ...more,
    });
  const level = async (own: NodeClient, log = pinned(LOG)) => {
    const { level: reached, asOf } = await resolve(ALICE, waysOver([own], log), TERMS);
    return [reached, asOf.height];
  };

  test("the node that is ahead of the pin is asked; the log where it is behind, or out, or has no block", async () => {
    expect(await level(node())).toEqual(["indexed", height]);
    const longer = logOf(BLOCKS, height + 1);
    expect(await level(node(), pinned(longer))).toEqual(["complete", height + 1]);
    const outage = () => Promise.reject(new BskError("machine", "no answer", { rule: "unreachable" }));
    expect(await level(node({ info: outage }))).toEqual(["complete", TIP]);
    expect(await level(node({ info: () => Promise.resolve({ ...INFO, tip: null }) }))).toEqual(["complete", TIP]);
    expect(await refusal(resolve(ALICE, waysOver([node({ info: outage })]), TERMS))).toBe("machine unreachable");
  });

  test("with another history than the pin's nothing is answered; a stranger's pin does not weigh against it", async () => {
    const other = node({ consensusHashAt: () => Promise.resolve(consensusHash("00".repeat(16))) });
    expect(await refusal(level(other))).toBe("refuted pin-contradiction");
    expect(await level(other, pinned(LOG, { kind: "unattested", url: "https://one.example" }))).toEqual([
      "indexed",
      height,
    ]);
  });

  test("a light server of one's own answers as its log does, a stranger's only claims", async () => {
    const { pin } = pinned(LOG);
    const shown = { height: pin.height, consensusHash: pin.consensusHash, source: "hand", attested: true } as const;
    const info = () => Promise.resolve({ ...INFO, tip: null, light: { pin: shown, time: null } });
    const by = (own: boolean) => resolve(ALICE, waysOver([node({ own, info })]), TERMS);
    expect(await by(true)).toMatchObject({ level: "complete", asOf: { height: TIP }, pin: shown });
    expect(await by(false)).toMatchObject({ level: "claimed" });
  });

  test("a log whose age nobody knows is too old for --max-age; strangers may have newer blocks", async () => {
    const terms = { ...TERMS, maxAgeMs: 3_600_000 };
    expect(await refusal(resolve(ALICE, waysOver([], pinned(LOG)), terms))).toBe("unproven stale");
    const mined = (minutes: number) => () => Promise.resolve(new Date(TERMS.now.getTime() - minutes * 60_000));
    const dated = (minutes: number) =>
      refusal(resolve(CAROL, waysOver([], pinned(LOG), { blockTime: mined(minutes) }), terms));
    // By checked headers it is known: fresh enough, and so it is told that the name has no zone file.
    expect([await dated(60), await dated(61)]).toEqual(["rejected no-zonefile", "unproven stale"]);
    const stranger = { ...node(), own: false };
    expect(await resolve(ALICE, waysOver([stranger], pinned(LOG)), terms)).toMatchObject({ level: "claimed" });
    expect(await resolve(ALICE, waysOver([stranger], pinned(LOG)), TERMS)).toMatchObject({ level: "complete" });
  });
});

describe("the log under the pins that are held", () => {
  const bookOf = async (...pins: readonly ReturnType<typeof pinAt>[]): Promise<PinBook> => {
    let text: string | null = null;
    const store = {
      path: "pins.json",
      read: () => Promise.resolve(text),
      write: (next: string) => Promise.resolve(void (text = next)),
      exclusively: <T>(work: () => Promise<T>) => work(),
    };
    const book = await openPinBook(store, REGTEST.id, () => INFO.tip!.time);
    for (const pin of pins) await book.add(pin);
    return book;
  };
  const word = { kind: "unattested", url: "https://one.example" } as const;
  const heightUnder = async (pins: readonly ReturnType<typeof pinAt>[], synced = pinAt(LOG, TIP)) =>
    pinnedLog({ log: LOG, pin: synced }, undefined, await bookOf(...pins))?.pin.height;

  test("an attested one goes before a higher one that is not; one above the log does not count", async () => {
    expect(await heightUnder([])).toBe(TIP);
    expect(await heightUnder([pinAt(LOG, 5)], pinAt(LOG, TIP, word))).toBe(5);
    expect(await heightUnder([pinAt(LOG, 5, word)], pinAt(LOG, TIP, word))).toBe(TIP);
    expect(await heightUnder([pinAt(logOf(BLOCKS, 20), 20)])).toBe(TIP);
  });

  test("what was taken out of the book is not in force", async () => {
    const book = await bookOf(pinAt(LOG, TIP));
    await book.remove(TIP);
    expect(pinnedLog({ log: LOG, pin: pinAt(LOG, TIP) }, undefined, book)).toBeNull();
    expect(pinnedLog({ log: null, pin: null }, undefined, book)).toBeNull();
  });

  test("a given pin is the one that counts; above the log there is no answer", async () => {
    const book = await bookOf(pinAt(LOG, TIP));
    const under = (log: OperationLog, height: number) =>
      pinnedLog({ log: LOG, pin: pinAt(LOG, TIP) }, pinAt(log, height), book)?.pin.height ?? null;
    expect([under(LOG, 4), under(logOf(BLOCKS, 20), 20)]).toEqual([4, null]);
  });

  test("with any one text changed, left out or moved it comes to none of them, and nothing is answered", async () => {
    const book = await bookOf(pinAt(LOG, TIP));
    const places = Object.entries(BLOCKS).flatMap(([at, texts]) => texts.map((_, i) => [Number(at), i] as const));
    const changes = ["digit", "gone", "later"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...changes), ([at, i], change) => {
        const texts = BLOCKS[at]!;
        const old = texts[i]!;
        const rest = texts.filter((_, j) => j !== i);
        const digit = old.replace(/[0-9a-f]{64}/u, (id) => (id.startsWith("0") ? "1" : "0") + id.slice(1));
        const next = { digit: { [at]: [...rest, digit] }, gone: { [at]: rest }, later: { [at]: rest, [TIP]: [old] } };
        const forged = logOf({ ...BLOCKS, ...next[change] }, TIP);
        expect(() => pinnedLog({ log: forged, pin: pinAt(LOG, TIP) }, undefined, book)).toThrow(
          /two consensus hashes/u,
        );
      }),
    );
  });
});

test("addresses of the log are those of the chain", () => {
  expect(address(OTHER, REGTEST.bitcoin)).toBe(OTHER);
});
