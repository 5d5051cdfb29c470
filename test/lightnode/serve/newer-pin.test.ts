/** What a light server makes of the pair that its nodes offer. */
import { expect, test } from "vitest";
import { BskError } from "../../../src/errors.ts";
import type { NodeClient } from "../../../src/lightnode/node-client.ts";
import { openPinBook } from "../../../src/lightnode/pin-book.ts";
import { offeredPin } from "../../../src/lightnode/serve/newer-pin.ts";
import { consensusHash } from "../../../src/primitives/hash.ts";
import { fakeNode, REGTEST } from "../../support/fake-node.ts";
import { logOf, pinAt } from "../../support/named-log.ts";

const LOG = logOf({}, 40);
const OTHER = consensusHash("00".repeat(16));
const bookOf = () =>
  openPinBook(
    {
      path: "pins.json",
      read: () => Promise.resolve(null),
      write: () => Promise.resolve(),
      exclusively: (work) => work(),
    },
    REGTEST.id,
    () => new Date("2026-01-02T00:00:00Z"),
  );
const nodeAt = (tip: number, more: Partial<NodeClient> = {}) =>
  fakeNode({
    tip: () => Promise.resolve({ networkId: REGTEST.id, height: tip }),
    consensusHashAt: (height) => Promise.resolve(LOG.spine.consensusHashAt(height)),
    walk: () => Promise.resolve(null),
    ...more,
  });
const offer = async (held: number | null, nodes: readonly [NodeClient, ...NodeClient[]]) => {
  try {
    return await offeredPin(nodes, held === null ? null : pinAt(LOG, held), await bookOf(), REGTEST);
  } catch (error) {
    return error instanceof BskError ? `${error.kind} ${error.rule ?? ""}` : error;
  }
};
const stranger = (tip: number, more: Partial<NodeClient> = {}) =>
  nodeAt(tip, { own: false, url: "https://one.example", ...more });

test("the own node's is taken, three blocks below its tip; one that is not higher is nothing new", async () => {
  expect(await offer(null, [nodeAt(30)])).toMatchObject({
    kind: "newer",
    pin: { height: 27, source: { kind: "own-node" } },
  });
  expect(await offer(27, [nodeAt(30)])).toEqual({ kind: "same", height: 27 });
  expect(await offer(30, [nodeAt(30)])).toEqual({ kind: "same", height: 27 });
});

test("one stranger's word does not replace what is attested, and is taken where there is nothing", async () => {
  expect(await offer(20, [stranger(30)])).toMatchObject({ kind: "one-word", height: 27, url: "https://one.example" });
  expect(await offer(null, [stranger(30)])).toMatchObject({ kind: "newer", pin: { source: { kind: "unattested" } } });
});

test("another hash at the height that is held is a contradiction; nodes that differ are one, too", async () => {
  const other = nodeAt(30, { consensusHashAt: () => Promise.resolve(OTHER) });
  expect(await offer(27, [other])).toBe("refuted pin-contradiction");
  expect(await offer(20, [stranger(30), { ...other, own: false, url: "https://two.example" }])).toBe(
    "refuted nodes-contradict",
  );
});

test("higher, but not proven to be of one history with what is held: it is not taken", async () => {
  expect(await offer(20, [nodeAt(30)])).toBe("unproven pin-unreachable");
});
