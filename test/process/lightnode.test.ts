/** Whole processes against nodes over real HTTP: a full node's API, and nodes that lie, fail or talk nonsense. */
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import type { BskError } from "../../src/errors.ts";
import type { ApiServer } from "../../src/api/server.ts";
import { serveApi } from "../../src/fullnode/api/server.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { type NodeClient, nodeClient } from "../../src/lightnode/node-client.ts";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { blockHash, consensusHash, preorderHash, txid, zonefileHash } from "../../src/primitives/hash.ts";
import { name, namespaceId, namespaceOf } from "../../src/primitives/name.ts";
import { STACKS } from "../../src/primitives/token-amount.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { snapshotView } from "../../src/rules/snapshot.ts";
import { apiNode } from "../support/api-node.ts";
import { bsk } from "../support/bsk.ts";
import { type Answers, type CannedNode, cannedNode, INFO_JSON, recordJson } from "../support/canned-node.ts";
import { OWNER, REGTEST } from "../support/fake-node.ts";
import { readVector, vectorFiles } from "../support/vector.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => ({ kind: (error as BskError).kind, rule: (error as BskError).rule }),
  );

describe("the client and the API of the full node understand each other", () => {
  const file = vectorFiles().find((vector) => vector.name === "fuzz/fuzz_e3")!;
  const vector = readVector(file);
  let store: NodeStore;
  let server: ApiServer;
  let client: NodeClient;
  let network: Parameters<typeof nodeClient>[1];

  beforeAll(async () => {
    const replay = await readReplayFile(file.path);
    network = replay.network;
    store = NodeStore.open(":memory:", network);
    for await (const { height } of replayFile(replay, store)) expect(height).toBeGreaterThan(0);
    server = await serveApi(apiNode(store), {
      host: "127.0.0.1",
      port: 0,
      failed: (error) => {
        throw error;
      },
    });
    client = nodeClient({ url: server.url, own: true }, network);
    return async () => {
      await server.stop();
      store.close();
    };
  });

  test("the tip and every consensus hash", async () => {
    const last = vector.expected.at(-1)!;
    expect(await client.tip()).toEqual({ networkId: network.id, height: last.height });
    for (const { height, consensusHash: hash } of vector.expected.slice(-10)) {
      expect(await client.consensusHashAt(height)).toBe(hash);
    }
    expect(await client.consensusHashAt(last.height + 1)).toBeNull();
  });

  test("every name: record, state, history, price, and the names of its owner", async () => {
    const rows = vector.finalState.name_records;
    let shown = 0;
    for (const row of rows) {
      const of = name(String(row["name"]));
      const record = await client.record(of);
      if ((await client.namespace(namespaceOf(of))) === null) {
        // Its namespace was never opened and lapsed, and all that was imported into it is gone.
        expect(record).toBeNull();
        continue;
      }
      shown++;
      expect(record).toMatchObject({ name: of, address: row["address"], zonefileHash: row["value_hash"] ?? null });
      expect(record?.revoked).toBe(Boolean(row["revoked"]));
      const status = await client.name(of);
      if (record?.expired === true && !record.inGrace) expect(status.kind).toBe("expired");
      else expect(status).toMatchObject({ kind: record?.revoked === true ? "revoked" : "registered" });
      const history = await client.history(of);
      expect(history.at(-1)).toMatchObject({ txid: row["txid"], zonefileHash: row["value_hash"] ?? null });
      const owned = await client.namesOf(record!.address);
      expect(owned.includes(of)).toBe(record?.revoked === false && (!record.expired || record.inGrace));
      expect(["price", "no-price"]).toContain((await client.namePrice(of)).kind);
    }
    expect(shown).toBeGreaterThan(20);
    expect(await client.record(name("nobody.has-this"))).toBeNull();
    expect((await client.name(name("nobody.has-this"))).kind).toBe("available");
    expect(await client.history(name("nobody.has-this"))).toEqual([]);
  });

  test("namespaces: those that are open", async () => {
    const open = vector.finalState.namespaces.filter((row) => row["op"] === "!");
    expect(open.length).toBeGreaterThan(0);
    for (const row of open) {
      const id = namespaceId(String(row["namespace_id"]));
      expect(await client.namespace(id)).toMatchObject({ namespaceId: id, ready: true, coeff: row["coeff"] });
    }
    expect(await client.namespace(namespaceId("absent"))).toBeNull();
    expect(await client.namespacePrice(namespaceId("absent"))).toMatchObject({ kind: "price", exists: false });
  });

  test("a snapshot for the rules, of what was asked and nothing else", async () => {
    const [row] = vector.finalState.name_records;
    const of = name(String(row!["name"]));
    const snapshot = await client.preflight({
      names: [of],
      namespaces: [],
      preorderHashes: [preorderHash("00".repeat(20))],
      owners: [],
      nameHashes: [],
    });
    expect(snapshotView(snapshot).name(of)?.txid).toBe(row!["txid"]);
    expect(() => snapshotView(snapshot).name(name("other.name"))).toThrow("does not say anything");
    expect(() => snapshotView(snapshot).account({ type: STACKS, address: OWNER })).toThrow("does not say anything");
  });

  test("what became of transactions", async () => {
    const block = vector.expected.find(({ accepted, rejected }) => accepted.length > 0 && rejected.length > 0)!;
    expect(await client.verdict(txid(block.accepted[0]!.txid))).toBe("accepted");
    expect(await client.verdict(txid(block.rejected[0]!.txid))).toBe("ignored");
    const unknown = txid("00".repeat(32));
    expect(await client.verdict(unknown)).toBe("not-indexed");
    expect(await client.verdict(unknown, blockHeight(block.height))).toBe("ignored");
    expect(await client.verdict(unknown, blockHeight(vector.expected.at(-1)!.height + 1))).toBe("not-indexed");
  });

  test("a node on another branch than the block says nothing of what it holds", async () => {
    const { height, hash } = (await client.info()).tip!;
    const block = vector.expected.find(({ accepted }) => accepted.length > 0)!;
    const unknown = txid("00".repeat(32));
    const elsewhere = blockHash("77".repeat(32));
    expect(await client.verdict(unknown, height, hash)).toBe("ignored");
    expect(await client.verdict(unknown, height, elsewhere)).toBe("not-indexed");
    expect(await client.verdict(txid(block.accepted[0]!.txid), height, elsewhere)).toBe("not-indexed");
    expect(await client.verdict(unknown, blockHeight(height + 1), elsewhere)).toBe("not-indexed");
  });

  test("zone files: only those that the chain announced", async () => {
    expect(await failure(client.putZonefile(fromUtf8("never announced")))).toEqual({
      kind: "rejected",
      rule: "zonefile-not-announced",
    });
    expect(await failure(client.putZonefile(new Uint8Array(45_000)))).toMatchObject({ kind: "usage" });
    expect(await client.zonefile(zonefileHash("00".repeat(20)))).toBeNull();
  });

  test("asked for another network it is refused, before anything else is believed", async () => {
    const wrong = nodeClient({ url: server.url, own: true }, REGTEST);
    expect(await failure(wrong.record(name("alice.test")))).toEqual({ kind: "usage", rule: "wrong-network" });
    expect((await wrong.tip()).networkId).toBe(network.id);
  });
});

describe("bsk resolve says by its exit code what is wrong", () => {
  const TEXT = fromUtf8("$ORIGIN alice.test\n");
  const HASH = zonefileHash.of(hash160(TEXT));
  const INFO = { body: INFO_JSON };
  const RECORD = "/v1/blockchains/bitcoin/names/alice.test";
  const ZONEFILE = `/v1/zonefiles/${HASH}`;
  const record = { body: recordJson("alice.test", { value_hash: HASH }) };
  const flipped = Uint8Array.from(TEXT, (byte, i) => (i === 0 ? byte ^ 1 : byte));

  const cases: readonly [what: string, answers: Answers, code: number, rule: string | undefined][] = [
    ["all is well", { "/v2/info": INFO, [RECORD]: record, [ZONEFILE]: { body: TEXT } }, 0, undefined],
    [
      "one bit of the zone file is flipped",
      { "/v2/info": INFO, [RECORD]: record, [ZONEFILE]: { body: flipped } },
      3,
      "zonefile-hash",
    ],
    ["the zone file is missing", { "/v2/info": INFO, [RECORD]: record }, 4, "zonefile-missing"],
    [
      "the node has no block",
      { "/v2/info": { body: { ...INFO_JSON, tip: null } }, [RECORD]: record },
      4,
      "not-indexed",
    ],
    ["the name is unknown", { "/v2/info": INFO }, 5, "name-not-registered"],
    [
      "the name is revoked",
      { "/v2/info": INFO, [RECORD]: { body: recordJson("alice.test", { revoked: true }) } },
      5,
      "name-revoked",
    ],
    [
      "the name is expired",
      { "/v2/info": INFO, [RECORD]: { body: recordJson("alice.test", { expired: true }) } },
      5,
      "name-expired",
    ],
    ["the name has no zone file", { "/v2/info": INFO, [RECORD]: { body: recordJson("alice.test") } }, 5, "no-zonefile"],
    [
      "the node follows another network",
      {
        "/v2/info": { body: { ...INFO_JSON, network: { ...INFO_JSON.network, id: "00".repeat(32) } } },
        [RECORD]: record,
      },
      2,
      "wrong-network",
    ],
    ["the answer is no JSON", { "/v2/info": INFO, [RECORD]: { body: fromUtf8("<html>") } }, 7, "bad-answer"],
    [
      "the answer is no UTF-8",
      { "/v2/info": INFO, [RECORD]: { body: Uint8Array.of(0x22, 0xff, 0x22) } },
      7,
      "bad-answer",
    ],
    [
      "the record is of another name",
      { "/v2/info": INFO, [RECORD]: { body: recordJson("mallory.test") } },
      7,
      "bad-answer",
    ],
    ["the node fails", { "/v2/info": INFO, [RECORD]: { status: 500, body: {} } }, 7, "node-failed"],
    [
      "the answer is endless",
      { "/v2/info": INFO, [RECORD]: { body: new Uint8Array(9_000_000) } },
      7,
      "answer-too-large",
    ],
  ];

  test.each(cases)("%s", async (_what, answers, code, rule) => {
    const node = await cannedNode(answers);
    stops.push(node.stop);
    const ended = await bsk(["resolve", "alice.test", "--network", "regtest", "--node", node.url, "--json"]);
    const envelope = JSON.parse(ended.out) as { ok: boolean; error?: { rule?: string }; data?: { level: string } };
    expect({ code: ended.code, rule: envelope.error?.rule }).toEqual({ code, rule });
    if (code === 0) expect(envelope.data).toMatchObject({ zonefile: "$ORIGIN alice.test\n", level: "indexed" });
  });

  test("nobody listens", async () => {
    const node: CannedNode = await cannedNode({});
    await node.stop();
    const { code, err } = await bsk(["resolve", "alice.test", "--network", "regtest", "--node", node.url]);
    expect(code).toBe(7);
    expect(err).toContain("cannot be reached");
  });

  test("a node that never answers is an outage, not a verdict", async () => {
    const node = await cannedNode({ "/v2/info": "silence" });
    stops.push(node.stop);
    const client = nodeClient({ url: node.url, own: true, timeoutMs: 200 }, REGTEST);
    expect(await failure(client.record(name("alice.test")))).toEqual({ kind: "machine", rule: "timeout" });
  });

  test("an outage is not remembered", async () => {
    const answers: Record<string, Answers[string]> = { "/v2/info": { status: 503, body: {} } };
    const node = await cannedNode(answers);
    stops.push(node.stop);
    const client = nodeClient({ url: node.url, own: true }, REGTEST);
    expect(await failure(client.record(name("alice.test")))).toMatchObject({ rule: "node-failed" });
    answers["/v2/info"] = INFO;
    expect(await client.record(name("alice.test"))).toBeNull();
  });

  test("a snapshot for another question is a lie", async () => {
    const nothing = { names: [], namespaces: [], preorderHashes: [], owners: [], nameHashes: [] };
    const snapshot = {
      networkId: REGTEST.id,
      height: 120,
      question: nothing,
      consensusHashes: [],
      names: [],
      namespaces: [],
      preorders: [],
      importKeys: [],
    };
    const node = await cannedNode({ "/v2/info": INFO, "/v2/preflight": { body: snapshot } });
    stops.push(node.stop);
    const client = nodeClient({ url: node.url, own: true }, REGTEST);
    expect(await client.preflight(nothing)).toMatchObject({ height: 120 });
    const asked = { ...nothing, names: [name("alice.test")] };
    expect(await failure(client.preflight(asked))).toMatchObject({ kind: "refuted" });
    expect(node.asked.at(-1)).toBe("/v2/preflight?names=alice.test");
    const accounts = [{ type: STACKS, address: OWNER }];
    expect(await failure(client.preflight({ ...nothing, accounts }))).toMatchObject({ kind: "refuted" });
    expect(node.asked.at(-1)).toBe(`/v2/preflight?accounts=STACKS:${OWNER}`);
  });

  test("several nodes may be named, and the first is asked", async () => {
    const [first, second] = [await cannedNode({ "/v2/info": INFO }), await cannedNode({ "/v2/info": INFO })];
    stops.push(first.stop, second.stop);
    const { code } = await bsk(["node", "status", "--network", "regtest", "--node", `${first.url},${second.url}`]);
    expect([code, first.asked.length, second.asked.length]).toEqual([0, 1, 0]);
    expect((await bsk(["node", "status", "--node", `${first.url},nonsense`])).code).toBe(2);
  });

  test("consensus hashes are parsed, too", async () => {
    const path = "/v1/blockchains/bitcoin/consensus/7";
    const node = await cannedNode({ "/v2/info": INFO, [path]: { body: { consensus_hash: "22".repeat(16) } } });
    stops.push(node.stop);
    expect(await nodeClient({ url: node.url, own: true }, REGTEST).consensusHashAt(7)).toBe(
      consensusHash("22".repeat(16)),
    );
  });
});

test("bsk node replay prints what the original came to, one line per block", async () => {
  const file = vectorFiles().find((vector) => vector.name === "scenarios/transfer_rules")!;
  const { code, out } = await bsk(["node", "replay", file.path]);
  expect(code).toBe(0);
  const lines = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  const expected = readVector(file).expected.map(({ height, opsHash, consensusHash: hash, accepted }) => ({
    height,
    opsHash,
    consensusHash: hash,
    accepted: accepted.map(({ txid: id, opcode }) => ({ txid: id, opcode })),
  }));
  expect(lines).toEqual(expected);
  expect((await bsk(["node", "replay", "/no/such/file"])).code).toBe(7);
});
