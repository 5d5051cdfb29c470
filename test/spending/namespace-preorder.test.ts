import { expect, test } from "vitest";
import { addressOf } from "../../src/bitcoin/address.ts";
import { preorderHashOf } from "../../src/ops/preorder-hash.ts";
import type { PreorderRecord } from "../../src/ops/record.ts";
import { consensusHash, networkId, txid } from "../../src/primitives/hash.ts";
import { namespaceId } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { Question, Snapshot } from "../../src/rules/snapshot.ts";
import { openNamespacePreorder } from "../../src/spending/namespace-preorder.ts";
import type { OwnScript } from "../../src/wallet/addresses.ts";
import { anyScript, coin, purse } from "../wallet/purse.ts";
import { fakeNode, OWNER, REGTEST } from "../support/fake-node.ts";

const ID = namespaceId("demo");
const PAYERS = [anyScript(1), anyScript(2)] as const;
const reveal = (index: number, used: boolean): OwnScript => ({
  script: anyScript(10 + index),
  path: { purpose: "reveal", index },
  used,
});
const SCRIPTS = [reveal(0, true), reveal(1, true), reveal(2, false)];
const revealer = (index: number) => addressOf(anyScript(10 + index), REGTEST.bitcoin) ?? OWNER;
const PURSE = purse(PAYERS.map((script, i) => coin(i + 1, 1_000_000, script)));

function preorder(hash: PreorderRecord["preorderHash"], op: PreorderRecord["op"]): PreorderRecord {
  return {
    op,
    preorderHash: hash,
    consensusHash: consensusHash("22".repeat(16)),
    sender: PAYERS[0],
    senderPubkey: null,
    address: OWNER,
    blockNumber: blockHeight(100),
    txid: txid("33".repeat(32)),
    vtxindex: 1,
    opFee: 1,
    burnAddress: OWNER,
  };
}

/** A node that has these preorders. */
function deskWith(preorders: readonly PreorderRecord[], changes: Partial<Snapshot> = {}) {
  const asked: Question[] = [];
  const node = fakeNode({
    preflight: (question) => {
      asked.push(question);
      return Promise.resolve({
        networkId: REGTEST.id,
        height: blockHeight(120),
        question,
        consensusHashes: [],
        names: [],
        namespaces: [],
        preorders: preorders.filter(({ preorderHash }) => question.preorderHashes.includes(preorderHash)),
        importKeys: [],
        ...changes,
      });
    },
  });
  return { network: REGTEST, nodes: [node], scripts: () => SCRIPTS, journal: { entries: () => [] }, asked };
}

test.each([0, 1])("payer %i and every handed out revealer are tried", async (payer) => {
  for (const index of [0, 1]) {
    const hash = preorderHashOf(ID, PAYERS[payer] ?? PAYERS[0], revealer(index));
    const desk = deskWith([preorder(hash, "*")]);
    expect(await openNamespacePreorder(ID, null, PURSE, desk)).toEqual({
      payer: PAYERS[payer],
      revealer: revealer(index),
    });
    expect(desk.asked).toHaveLength(1);
  }
});

test("a revealer that the user names is the only one tried", async () => {
  const hash = preorderHashOf(ID, PAYERS[1], OWNER);
  expect(await openNamespacePreorder(ID, OWNER, PURSE, deskWith([preorder(hash, "*")]))).toEqual({
    payer: PAYERS[1],
    revealer: OWNER,
  });
  const desk = deskWith([preorder(preorderHashOf(ID, PAYERS[1], revealer(0)), "*")]);
  await expect(openNamespacePreorder(ID, OWNER, PURSE, desk)).rejects.toMatchObject({ rule: "preorder-not-found" });
});

test.each([
  ["none at all", []],
  ["a name's preorder with that hash", [preorder(preorderHashOf(ID, PAYERS[0], revealer(0)), "?")]],
  ["one for another namespace", [preorder(preorderHashOf(namespaceId("other"), PAYERS[0], revealer(0)), "*")]],
  ["one by somebody else", [preorder(preorderHashOf(ID, anyScript(99), revealer(0)), "*")]],
  ["one for a revealer that was never handed out", [preorder(preorderHashOf(ID, PAYERS[0], revealer(2)), "*")]],
] as const)("%s is not it", async (_, preorders) => {
  await expect(openNamespacePreorder(ID, null, PURSE, deskWith(preorders))).rejects.toMatchObject({
    kind: "rejected",
    rule: "preorder-not-found",
  });
});

test("a wallet with coins on many addresses asks in portions", async () => {
  const many = purse(Array.from({ length: 120 }, (_, i) => coin(i, 1000 + i, anyScript(100 + i))));
  const desk = deskWith([preorder(preorderHashOf(ID, anyScript(100), revealer(1)), "*")]);
  expect(await openNamespacePreorder(ID, null, many, desk)).toEqual({ payer: anyScript(100), revealer: revealer(1) });
  expect(desk.asked.map(({ preorderHashes }) => preorderHashes.length)).toEqual([100, 100, 40]);
});

test("a node of another network is not believed", async () => {
  const desk = deskWith([], { networkId: networkId("99".repeat(32)) });
  await expect(openNamespacePreorder(ID, null, PURSE, desk)).rejects.toMatchObject({
    kind: "usage",
    rule: "wrong-network",
  });
});
