import { describe, expect, test } from "vitest";
import { address, scriptOf, type ScriptHex } from "../../src/bitcoin/address.ts";
import { serializeTransaction, type Transaction, transactionId } from "../../src/bitcoin/transaction.ts";
import type { CoinSource } from "../../src/chain/source.ts";
import { checkCommand } from "../../src/commands/check.ts";
import type { Payload } from "../../src/ops/operation.ts";
import { encodePayload } from "../../src/ops/payload.ts";
import { preorderHashOf } from "../../src/ops/preorder-hash.ts";
import { concat, fromHex, reversed } from "../../src/primitives/bytes.ts";
import { consensusHash, type PreorderHash, preorderHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { raceLines } from "../../src/spending/race-lines.ts";
import { lookForRaces, type Races, requireNoRace } from "../../src/spending/races.ts";
import { fakeDesk } from "../support/fake-desk.ts";
import { fakeNode, OWNER, REGTEST } from "../support/fake-node.ts";
import { rawBlockOf } from "../support/raw-block.ts";
import { run } from "../support/world.ts";

const ALICE = name("alice.test");
const RIVAL = `76a914${"77".repeat(20)}88ac` as ScriptHex;
const SEGWIT = `0014${"22".repeat(20)}` as ScriptHex;
const BURN = scriptOf(address(REGTEST.burnAddress, REGTEST.bitcoin), REGTEST.bitcoin);
const OWNER_SCRIPT = scriptOf(OWNER, REGTEST.bitcoin);
const OURS = preorderHash("0a".repeat(20));
const THEIRS = preorderHashOf(ALICE, RIVAL, OWNER);

function paying(scripts: readonly ScriptHex[], data: Payload | null, from?: Transaction): Transaction {
  const previousTxid = from === undefined ? new Uint8Array(32).fill(9) : reversed(fromHex(transactionId(from)));
  const payload = data === null ? [] : [encodePayload(REGTEST.magic, data)];
  return {
    version: 1,
    inputs: [{ previousTxid, previousIndex: 0, scriptSig: new Uint8Array(), sequence: 0xfffffffd }],
    outputs: [
      ...payload.map((bytes) => ({ value: 0n, script: concat(Uint8Array.of(0x6a, bytes.length), bytes) })),
      ...scripts.map((script) => ({ value: 5500n, script: fromHex(script) })),
    ],
    lockTime: 0,
  };
}

const funding = paying([RIVAL], null);
const foreign = paying([SEGWIT], null);
const register = (of: string, from = funding, more: readonly ScriptHex[] = [RIVAL]) =>
  paying([OWNER_SCRIPT, ...more], { kind: "NAME_REGISTRATION", name: name(of), zonefileHash: null }, from);
const preorder = (hash: PreorderHash) =>
  paying(
    [RIVAL, BURN],
    { kind: "NAME_PREORDER", preorderHash: hash, consensusHash: consensusHash("00".repeat(16)) },
    funding,
  );
const id = transactionId;

interface World {
  readonly waiting?: readonly Transaction[] | null;
  /** How many wait beside those that are shown. */
  readonly unseen?: number;
  /** Blocks by height; the others are empty. */
  readonly blocks?: Readonly<Record<number, readonly Transaction[]>>;
  /** Preorders that the node has indexed. */
  readonly indexed?: readonly PreorderHash[];
}

function worldOf({ waiting = [], unseen = 0, blocks = {}, indexed = [] }: World) {
  const { desk } = fakeDesk();
  const known = new Map([funding, foreign].map((each) => [id(each), serializeTransaction(each)]));
  const source: CoinSource = {
    ...desk.source,
    mempool: () =>
      Promise.resolve(
        waiting === null ? null : { transactions: waiting.map(serializeTransaction), total: waiting.length + unseen },
      ),
    rawBlockAt: (height) => Promise.resolve(rawBlockOf(blocks[height] ?? [])),
    rawTransaction: (txid) => Promise.resolve(known.get(txid) ?? null),
  };
  const node = fakeNode({
    preflight: (question) => {
      const preorders = question.preorderHashes.filter((hash) => indexed.includes(hash));
      return Promise.resolve({ preorders: preorders.map((hash) => ({ preorderHash: hash })) } as never);
    },
  });
  return { source, node, network: REGTEST };
}

const look = (world: World, own: readonly Transaction[] = []): Promise<Races> =>
  lookForRaces({ name: ALICE, preorderHash: OURS }, worldOf(world), new Set(own.map(id)));

describe("nobody is ahead", () => {
  test("other names, other preorders, and what is no operation", async () => {
    const waiting = [register("bob.test"), preorder(preorderHash("0b".repeat(20))), funding];
    const races = await look({ waiting, blocks: { 100: [preorder(preorderHash("0c".repeat(20)))] } });
    expect(races).toEqual({
      name: ALICE,
      registers: [],
      samePreorders: [],
      mempool: { seen: 3, total: 3, preorders: 1 },
      blocks: { from: 95, to: 100, preorders: 1 },
    });
    requireNoRace(races);
    expect(raceLines(races)).toEqual([
      "mempool: all 3 transactions seen, 1 of them preorders of hidden names",
      "blocks 95 to 100: 1 preorders of hidden names",
    ]);
  });

  test("our own transactions are no rivals", async () => {
    const own = [register("alice.test"), preorder(OURS)];
    expect(await look({ waiting: own }, own)).toMatchObject({ registers: [], samePreorders: [] });
  });

  test("a register that spends native segwit, and a renewal, are no registers", async () => {
    const waiting = [register("alice.test", foreign), register("alice.test", funding, [RIVAL, BURN, RIVAL])];
    expect((await look({ waiting })).registers).toEqual([]);
  });

  test("a mempool that cannot be seen is no empty one", async () => {
    const races = await look({ waiting: null });
    expect(races.mempool).toBeNull();
    expect(raceLines(races)[0]).toBe("mempool: cannot be seen here");
    expect(raceLines(await look({ unseen: 40 }))[0]).toMatch(/^mempool: 0 of 40 transactions seen/u);
  });
});

describe("somebody is", () => {
  const rival = register("alice.test");
  test.each([
    ["indexed by the node", { waiting: [rival], indexed: [THEIRS] }],
    ["waiting too", { waiting: [rival, preorder(THEIRS)] }],
    ["in a block that the node has not indexed", { waiting: [rival], blocks: { 96: [preorder(THEIRS)] } }],
  ])("with a preorder %s", async (_, world) => {
    const races = await look(world);
    expect(races.registers).toEqual([{ txid: id(rival), height: null, preordered: true }]);
    expect(() => {
      requireNoRace(races);
    }).toThrow(expect.objectContaining({ kind: "rejected", rule: "race", exitCode: 5 }) as Error);
    expect(raceLines(races)[0]).toBe(`a register of the name waits in the mempool, with its preorder: ${id(rival)}`);
  });

  test("in a recent block", async () => {
    const races = await look({ blocks: { 99: [rival] }, indexed: [THEIRS] });
    expect(races.registers).toEqual([{ txid: id(rival), height: 99, preordered: true }]);
  });

  test("without any preorder it stops nobody, as long as everything was seen", async () => {
    const races = await look({ waiting: [rival] });
    expect(races.registers).toEqual([{ txid: id(rival), height: null, preordered: false }]);
    requireNoRace(races);
    const half = await look({ waiting: [rival], unseen: 1 });
    expect(half.registers).toEqual([{ txid: id(rival), height: null, preordered: null }]);
    expect(() => {
      requireNoRace(half);
    }).toThrow(/"alice.test" is contested: a register of it waits in the mempool/u);
  });

  test("the same preorder from another machine with our keys", async () => {
    const same = preorder(OURS);
    const races = await look({ waiting: [same] });
    expect(races.samePreorders).toEqual([{ txid: id(same), height: null }]);
    expect(() => {
      requireNoRace(races);
    }).toThrow(/the same preorder, sent from elsewhere/u);
  });
});

describe("bsk check", () => {
  const free = {
    record: () => Promise.resolve(null),
    namespace: () => Promise.resolve({ ready: true } as never),
  };
  const check = async (world: World) => {
    const { source, node } = worldOf(world);
    const argv = ["check", "alice.test", "--network", "regtest"];
    const parts = { node: { ...node, ...free }, coins: source };
    return {
      text: await run([checkCommand], argv, parts),
      json: await run([checkCommand], [...argv, "--json"], parts),
    };
  };

  test("shows the race, with exit code 0", async () => {
    const { text, json } = await check({ waiting: [register("alice.test")], indexed: [THEIRS] });
    expect(text.code).toBe(0);
    expect(text.out).toContain("a register of the name waits in the mempool, with its preorder");
    const { data } = JSON.parse(json.out) as { data: { races: Races } };
    expect(data.races.registers).toMatchObject([{ preordered: true }]);
  });

  test("says where nothing can be seen", async () => {
    const { node } = worldOf({});
    const { out, code } = await run([checkCommand], ["check", "alice.test", "--network", "regtest"], {
      node: { ...node, ...free },
    });
    expect([code, out]).toEqual([0, expect.stringContaining("cannot be seen: no Bitcoin node or Esplora server")]);
  });
});
