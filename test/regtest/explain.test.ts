/** `explain` of every kind of operation that a real network accepted, of what waits, and of what is none. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Step, tellStory } from "../../src/demo/story.ts";
import { startWorld, type World } from "../../src/demo/world.ts";
import { OPCODE_LETTERS } from "../../src/ops/opcode.ts";
import { txid as parseTxid, zonefileHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { seenConsensus } from "../../src/spending/consensus-choice.ts";
import { explain } from "../../src/spending/explain.ts";
import { ownedName } from "../../src/spending/ownership.ts";
import { perform } from "../../src/spending/perform.ts";
import { register } from "../../src/spending/registration.ts";
import { planUpdate } from "../../src/wallet/plan-name.ts";
import { REGTEST } from "../support/fake-node.ts";
import { miningInteraction } from "../support/open-namespace.ts";

let directory: string;
let world: World;
const steps: Step[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "bsk-explain-"));
  world = await startWorld({
    network: REGTEST,
    directory,
    bitcoind: process.env["BITCOIND"],
    entropy: randomBytes(16),
    clock: { now: () => new Date(), sleep: (ms) => sleep(ms) },
    signal: new AbortController().signal,
  });
  await tellStory(world, (step) => void steps.push(step), new AbortController().signal);
}, 120_000);

afterAll(async () => {
  await world.stop();
  await rm(directory, { recursive: true, force: true });
});

const explained = (what: Parameters<typeof explain>[0], more: Partial<Parameters<typeof explain>[1]> = {}) =>
  explain(what, { network: REGTEST, node: world.node, source: world.devnet.coins, ...more });

describe("accepted", () => {
  test("every operation of the story, with its kind and the height of its block", async () => {
    const kinds = new Set<string>();
    for (const { txid, height, name: told } of steps) {
      const { verdict, operation, flaw, rule, where, height: at } = await explained(parseTxid(txid));
      if (told.startsWith("split ")) {
        expect({ verdict, operation, flaw }).toEqual({ verdict: "no-operation", operation: null, flaw: { kind: "no-nulldata" } });
        continue;
      }
      expect({ told, verdict, rule, flaw, where, at }).toEqual({ told, verdict: "accepted", rule: null, flaw: null, where: "confirmed", at: height });
      kinds.add(operation?.kind ?? "none");
    }
    const all = new Set<string>([...Object.keys(OPCODE_LETTERS), "NAME_RENEWAL"]);
    // Announcements are taken by nodes that listen to their sender alone, tokens in later epochs alone.
    for (const kind of ["ANNOUNCE", "TOKEN_TRANSFER"]) all.delete(kind);
    expect(kinds).toEqual(all);
  }); // prettier-ignore

  test("by a node that has not indexed its block: not known yet", async () => {
    const [{ txid } = { txid: "" }] = steps;
    const behind = { ...world.node, judgement: () => Promise.resolve({ kind: "not-indexed" as const }) };
    expect(await explained(parseTxid(txid), { node: behind })).toMatchObject({ verdict: "not-indexed", rule: null });
  });
});

describe("what waits", () => {
  test("a preorder: what would become of it, and until when; its register before it: ignored now", async () => {
    const { desk } = world;
    const still = { ...miningInteraction(world), following: { ...miningInteraction(world).following, wait: false } };
    const begun = await register({ name: name("dave.demo"), owner: null, zonefile: null }, desk, still);
    expect(begun.state).toBe("preordered");
    const of = (role: string) => {
      const found = begun.transactions.find((each) => each.role === role)?.txid ?? null;
      if (found === null) throw new Error(`the entry has a ${role}`);
      return parseTxid(found);
    };
    const { deathHeight } = begun.transactions.find(({ role }) => role === "preorder") ?? {};
    expect(await explained(of("preorder"))).toMatchObject({
      where: "mempool",
      verdict: "would-be-accepted",
      operation: { kind: "NAME_PREORDER" },
      deathHeight,
    });
    await expect(explained(of("register"))).rejects.toMatchObject({ kind: "unproven", rule: "transaction-unknown" });
    expect(
      await register({ name: name("dave.demo"), owner: null, zonefile: null }, desk, miningInteraction(world)),
    ).toMatchObject({ state: "done" });
    expect(await explained(of("register"))).toMatchObject({ verdict: "accepted", operation: { name: "dave.demo" } });
  });

  test("an update, which hides its hash behind the name: its death height is found all the same", async () => {
    const { desk } = world;
    const dave = name("dave.demo");
    const still = { ...miningInteraction(world), following: { ...miningInteraction(world).following, wait: false } };
    const intent = {
      kind: "operation",
      subject: dave,
      purpose: `update ${dave}`,
      owner: null,
      zonefile: null,
    } as const;
    const hash = zonefileHash("ab".repeat(20));
    const begun = await perform(
      intent,
      async (context) => {
        const { owner } = await ownedName(dave, desk);
        return planUpdate({ name: dave, owner, zonefileHash: hash, consensus: await seenConsensus(desk) }, context);
      },
      desk,
      still,
    );
    const [{ txid, deathHeight } = { txid: null, deathHeight: null }] = begun.transactions;
    expect(deathHeight).toBeGreaterThan(0);
    const waiting = { where: "mempool", verdict: "would-be-accepted", deathHeight };
    expect(await explained(parseTxid(txid ?? ""))).toMatchObject(waiting);
    await world.mine();
    expect(await explained(parseTxid(txid ?? ""))).toMatchObject({ verdict: "accepted", deathHeight: null });
  });

  test("the raw bytes of a transaction that nobody sent, and of one whose coins nobody knows", async () => {
    const step = steps.find(({ name: told }) => told.startsWith("register "));
    const raw = await world.devnet.coins.rawTransaction(parseTxid(step?.txid ?? ""));
    if (raw === null) throw new Error("the chain holds it");
    expect(await explained(raw)).toMatchObject({ txid: step?.txid, verdict: "accepted" });
    const changed = raw.with(raw.length - 1, 1); // another lock time: another transaction
    expect(await explained(changed)).toMatchObject({
      where: "unknown",
      height: null,
      verdict: "would-be-ignored",
      rule: "name-registered",
    });
    const orphan = raw.with(5, (raw[5] ?? 0) ^ 1); // spends an output that does not exist
    expect(await explained(orphan)).toMatchObject({ where: "unknown", verdict: "unknown", operation: null });
  });
});

test("a coinbase, and a payment", async () => {
  const { devnet } = world;
  const tip = await devnet.coins.tip();
  const block = await devnet.blocks.rawBlock(tip.hash);
  const { Block } = await import("bitcoinjs-lib");
  const [coinbase] = Block.fromBuffer(block).transactions ?? [];
  expect(await explained(parseTxid(coinbase?.getId() ?? ""))).toMatchObject({ flaw: { kind: "coinbase" } });
});
