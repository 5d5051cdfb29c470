import { expect, test } from "vitest";
import { networkId } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { Question, Snapshot } from "../../src/rules/snapshot.ts";
import type { SpendingNode } from "../../src/spending/desk.ts";
import { askNode } from "../../src/spending/judge.ts";
import { fakeNode, OWNER, REGTEST } from "../support/fake-node.ts";

/** A node whose state is told apart by an import key. */
function node(url: string, own: boolean, says: Partial<Snapshot> = {}): SpendingNode {
  const answer = (question: Question): Snapshot => ({
    networkId: REGTEST.id,
    height: blockHeight(120),
    question,
    consensusHashes: [],
    names: [],
    namespaces: [],
    preorders: [],
    importKeys: [],
    ...says,
  });
  return fakeNode({ url, own, preflight: (question) => Promise.resolve(answer(question)) });
}

const LIE = { importKeys: [{ namespaceId: "test", addresses: [OWNER] }] } as unknown as Partial<Snapshot>;
const ask = (...nodes: readonly SpendingNode[]) =>
  askNode({ network: REGTEST, nodes }, { names: [name("alice.test")] });

test("the own node decides alone, wherever it stands", async () => {
  expect((await ask(node("a", false, LIE), node("b", true))).importKeys).toEqual([]);
});

test("one stranger, or the same one twice, says nothing that money may depend on", async () => {
  await expect(ask(node("a", false))).rejects.toMatchObject({ kind: "unproven", rule: "state-unproven" });
  await expect(ask(node("a", false), node("a", false))).rejects.toMatchObject({ kind: "unproven" });
});

test("strangers that agree are believed, at whatever heights", async () => {
  expect((await ask(node("a", false), node("b", false, { height: blockHeight(121) }))).height).toBe(120);
});

test("strangers that contradict each other are told", async () => {
  await expect(ask(node("a", false), node("b", false, LIE))).rejects.toMatchObject({
    kind: "refuted",
    rule: "state-contradicted",
  });
});

test("a node of another network is refused", async () => {
  const other = { networkId: networkId("44".repeat(32)) };
  await expect(ask(node("a", true, other))).rejects.toMatchObject({ kind: "usage", rule: "wrong-network" });
});
