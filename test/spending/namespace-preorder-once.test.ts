import { expect, test } from "vitest";
import { addressOf, type ScriptHex } from "../../src/bitcoin/address.ts";
import type { Entry } from "../../src/journal/entry.ts";
import { preorderHashOf } from "../../src/ops/preorder-hash.ts";
import { namespaceId } from "../../src/primitives/name.ts";
import { MAINNET, networkOf } from "../../src/protocol/network-definition.ts";
import type { Question, Snapshot } from "../../src/rules/snapshot.ts";
import type { Desk } from "../../src/spending/desk.ts";
import { openNamespacePreorder, requireNoOpenPreorder } from "../../src/spending/namespace-preorder.ts";
import { anyScript, coin, purse } from "../wallet/purse.ts";

const network = networkOf(MAINNET);
const ID = namespaceId("demo");
const [PAYER, REVEALER, OTHER] = [anyScript(1), anyScript(2), anyScript(3)];
const revealer = addressOf(REVEALER, network.bitcoin) ?? expect.fail("a script without an address");
const OPEN = preorderHashOf(ID, PAYER, revealer);

/** A desk whose node knows one open preorder, by PAYER, and whose journal says that PAYER once paid for `ID`. */
function deskWith(remembered: readonly ScriptHex[], asked: Question[] = []): Desk {
  const entry = {
    kind: "operation",
    subject: ID,
    steps: [{ variants: [{ returns: remembered.map((script) => ({ index: 1, value: 1000, script })) }] }],
  } as unknown as Entry;
  const preflight = (question: Question): Promise<Snapshot> => {
    asked.push(question);
    const preorders = question.preorderHashes.includes(OPEN) ? [{ preorderHash: OPEN, op: "*" }] : [];
    return Promise.resolve({ networkId: network.id, preorders } as unknown as Snapshot);
  };
  return {
    network,
    nodes: [{ own: true, url: "http://127.0.0.1:6270", preflight }],
    scripts: () => [{ script: REVEALER, path: { purpose: "reveal", index: 0 }, used: true }],
    journal: { entries: () => [entry] },
  } as unknown as Desk;
}

test("a preorder is found by the coin that came back from it", async () => {
  const held = purse([coin(0x11, 100_000, PAYER)]);
  await expect(openNamespacePreorder(ID, null, held, deskWith([]))).resolves.toEqual({ payer: PAYER, revealer });
});

test("a preorder is found by the journal when that coin was spent since", async () => {
  const held = purse([coin(0x11, 100_000, OTHER)]);
  await expect(openNamespacePreorder(ID, null, held, deskWith([PAYER]))).resolves.toEqual({ payer: PAYER, revealer });
  await expect(openNamespacePreorder(ID, null, held, deskWith([]))).rejects.toMatchObject({
    rule: "preorder-not-found",
  });
});

test("its price is not burned twice: a namespace with an open preorder is not preordered again", async () => {
  const held = purse([coin(0x11, 100_000, OTHER)]);
  for (const given of [null, revealer]) {
    await expect(requireNoOpenPreorder(ID, given, held, deskWith([PAYER]))).rejects.toMatchObject({
      kind: "rejected",
      rule: "preorder-open",
    });
  }
  await expect(requireNoOpenPreorder(ID, null, held, deskWith([]))).resolves.toBeUndefined();
});

test("a node is asked for no more hashes at once than it answers", async () => {
  const many = Array.from({ length: 120 }, (_, i) => coin(i + 1, 1000, anyScript(i + 10)));
  const asked: Question[] = [];
  await expect(openNamespacePreorder(ID, null, purse(many), deskWith([], asked))).rejects.toThrow();
  expect(asked.length).toBeGreaterThan(1);
  expect(Math.max(...asked.map(({ preorderHashes }) => preorderHashes.length))).toBeLessThanOrEqual(256);
});
