/** What `explain` says where a real chain is hard to bring: ended networks, blocks before the first, hidden hashes. */
import { describe, expect, test } from "vitest";
import { serializeTransaction, type Transaction, transactionId } from "../../src/bitcoin/transaction.ts";
import type { CoinSource, TransactionStatus } from "../../src/chain/source.ts";
import type { Payload } from "../../src/ops/operation.ts";
import { fromHex, reversed } from "../../src/primitives/bytes.ts";
import { blockHash, consensusHash, preorderHash, txid } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { type Network, networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";
import type { Snapshot } from "../../src/rules/snapshot.ts";
import { explain, type ExplainingNode } from "../../src/spending/explain.ts";
import { dataScript } from "../../src/wallet/plan.ts";
import { anyScript } from "../wallet/purse.ts";

const definition = newNetworkDefinition("explained", "regtest", 500, "id");
const LIVING = networkOf(definition);
const ENDED = networkOf({ ...definition, endHeight: 900 });
const [SENDER, OWNER] = [anyScript(1), anyScript(2)];
const ALICE = name("alice.test");
const HASH = consensusHash("77".repeat(16));

const input = (previousTxid: Uint8Array, previousIndex = 0) => ({
  previousTxid,
  previousIndex,
  scriptSig: new Uint8Array(),
  sequence: 0xffff_fffd,
});
const paying = (scripts: readonly string[], from: Uint8Array): Transaction => ({
  version: 2,
  inputs: [input(from)],
  outputs: scripts.map((script) => ({ value: 1000n, script: fromHex(script) })),
  lockTime: 0,
});
const FUNDING = paying([SENDER], new Uint8Array(32).fill(5));
const operation = (payload: Payload, scripts: readonly string[]): Transaction =>
  paying([dataScript("id", payload), ...scripts], reversed(fromHex(transactionId(FUNDING))));
const REGISTER = operation({ kind: "NAME_REGISTRATION", name: ALICE, zonefileHash: null }, [OWNER]);

const at = (height: number): TransactionStatus => ({
  kind: "confirmed",
  height: blockHeight(height),
  blockHash: blockHash("44".repeat(32)),
});

function asked(
  of: Transaction,
  status: TransactionStatus,
  { network = LIVING, node = {} }: { readonly network?: Network; readonly node?: Partial<ExplainingNode> } = {},
) {
  const known = new Map([FUNDING, of].map((each) => [transactionId(each), serializeTransaction(each)]));
  const source = {
    description: "a test",
    rawTransaction: (id: ReturnType<typeof transactionId>) => Promise.resolve(known.get(id) ?? null),
    transactionStatus: () => Promise.resolve(status),
  } as Partial<CoinSource> as CoinSource;
  const refuse = () => Promise.reject(new Error("this node is not asked for it"));
  const answering = { tip: () => Promise.resolve({ height: 1000 }), preflight: refuse, judgement: refuse, ...node };
  return explain(transactionId(of), { network, source, node: answering });
}

function snapshotOf(more: Partial<Snapshot>): Partial<ExplainingNode> {
  return {
    preflight: (question) =>
      Promise.resolve({
        networkId: LIVING.id,
        height: blockHeight(1000),
        question,
        consensusHashes: [{ height: 990, hash: HASH }],
        names: [],
        namespaces: [],
        preorders: [],
        importKeys: [],
        ...more,
      }),
  };
}

describe("explain", () => {
  test("before the network's first block, and after its end", async () => {
    expect(await asked(REGISTER, at(499))).toMatchObject({ verdict: "no-operation", flaw: null, rule: null });
    expect((await asked(REGISTER, at(499))).because).toContain("begins at height 500");
    const node = { judgement: () => Promise.resolve({ kind: "ignored" as const, reason: null }) };
    const ended = await asked(REGISTER, at(950), { network: ENDED, node });
    expect(ended).toMatchObject({ verdict: "ignored", rule: "chain-ended", operation: { name: ALICE } });
    const waiting = await asked(REGISTER, { kind: "mempool" }, { network: ENDED, node: snapshotOf({}) });
    expect(waiting).toMatchObject({ verdict: "would-be-ignored", rule: "chain-ended" });
  });

  test("the death height of a preorder, and none where its hash is dead", async () => {
    const burn = anyScript(0);
    const preorder = (hash: typeof HASH) =>
      operation({ kind: "NAME_PREORDER", preorderHash: preorderHash("88".repeat(20)), consensusHash: hash }, [
        OWNER,
        burn,
      ]);
    const node = snapshotOf({});
    const alive = await asked(preorder(HASH), { kind: "mempool" }, { node });
    expect(alive).toMatchObject({ verdict: "would-be-accepted", deathHeight: 990 + LIVING.consensusHashWindow });
    const dead = await asked(preorder(consensusHash("66".repeat(16))), { kind: "unknown" }, { node });
    expect(dead).toMatchObject({ verdict: "would-be-ignored", rule: "consensus-hash-expired", deathHeight: null });
    expect(dead.because).not.toBeNull();
  });

  test("a transaction that nobody knows, and bytes that are none", async () => {
    const source = { description: "a test", rawTransaction: () => Promise.resolve(null) } as Partial<CoinSource>;
    const desk = { network: LIVING, source: source as CoinSource, node: {} as ExplainingNode };
    await expect(explain(txid("99".repeat(32)), desk)).rejects.toMatchObject({ rule: "transaction-unknown" });
    await expect(explain(fromHex("00"), desk)).rejects.toThrow();
  });

  test("without the transactions that it spends: the node's own reason, and no fields", async () => {
    const orphan = paying([dataScript("id", { kind: "NAME_REVOKE", name: ALICE }), OWNER], new Uint8Array(32).fill(6));
    const reason = { rule: "not-owner", because: "it is another's" };
    const node = { judgement: () => Promise.resolve({ kind: "ignored" as const, reason }) };
    expect(await asked(orphan, at(700), { node })).toMatchObject({ verdict: "ignored", operation: null, ...reason });
    expect(await asked(orphan, { kind: "unknown" }, { node })).toMatchObject({ verdict: "unknown", operation: null });
  });
});
