/** The loop of a relay on servers that fail, refuse and lie. */
import { describe, expect, test } from "vitest";
import { checkBundle } from "../../src/bundle/check.ts";
import { type Relaying, relay } from "../../src/bundle/relay.ts";
import type { CoinSource, OutpointFate, TransactionStatus } from "../../src/chain/source.ts";
import { BskError } from "../../src/errors.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { blockHash, type Txid } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { REGTEST } from "../support/fake-node.ts";
import { signedBundle } from "../support/signed-bundle.ts";

const bundle = checkBundle(signedBundle(), REGTEST);
const { preorder, split, deathHeight } = bundle;
const registers = bundle.register?.variants ?? [];
const BORN = deathHeight - REGTEST.consensusHashWindow;
const outage = () => Promise.reject(new BskError("machine", "no answer"));

/** A chain by hand, on which each wait runs the next step. */
function chain(steps: readonly (() => void)[], changes: Partial<Relaying> = {}, source: Partial<CoinSource> = {}) {
  const statuses = new Map<Txid, TransactionStatus>();
  const sent: string[] = [];
  const told: string[] = [];
  const rest = [...steps];
  const known = [...(split === null ? [] : [split]), ...preorder.variants, ...registers];
  const state = { height: BORN };
  const fates = (): OutpointFate => (known.some(({ txid }) => statuses.has(txid)) ? "spent-in-mempool" : "unspent");
  const relaying: Relaying = {
    network: REGTEST,
    source: {
      description: "a test",
      tip: () => Promise.resolve({ height: blockHeight(state.height), hash: blockHash("55".repeat(32)) }),
      transactionStatus: (txid: Txid) => Promise.resolve(statuses.get(txid) ?? { kind: "unknown" }),
      outpointFate: () => Promise.resolve(fates()),
      feeRate: () => Promise.resolve(null),
      broadcast: (raw: Uint8Array) => {
        const found = known.find((each) => toHex(each.raw) === toHex(raw));
        if (found === undefined) throw new Error("not of the bundle");
        sent.push(found.txid);
        statuses.set(found.txid, { kind: "mempool" });
        return Promise.resolve(found.txid);
      },
      ...source,
    } as CoinSource,
    node: {
      consensusHashAt: () => Promise.resolve(preorder.consensusHash),
      judgement: () => Promise.resolve({ kind: "accepted" }),
    },
    wait: true,
    waiting: (what) => void told.push(what),
    note: (text) => void told.push(text),
    sleep: () => {
      const step = rest.shift();
      if (step === undefined) return Promise.reject(new Error("it waits for ever"));
      step();
      return Promise.resolve();
    },
    ...changes,
  };
  const mine = (txid: Txid | undefined, height: number) => {
    if (txid === undefined) throw new Error("it is of the bundle");
    state.height = height;
    statuses.set(txid, { kind: "confirmed", height: blockHeight(height), blockHash: blockHash("44".repeat(32)) });
  };
  return { relaying, sent, told, mine, state, statuses };
}

const nothing = () => undefined;

describe("a relay", () => {
  test("waits out an outage, of either server, and then goes on", async () => {
    let answers = 0;
    const world = chain(
      [
        ...[nothing, nothing, nothing, nothing],
        () => world.mine(preorder.variants[0]?.txid, BORN + 1),
        () => world.mine(registers[0]?.txid, BORN + 2),
      ],
      {},
      { feeRate: () => (++answers < 8 && answers > 4 ? outage() : Promise.resolve(null)) },
    );
    expect(await relay(bundle, world.relaying)).toMatchObject({ state: "registered", txid: registers[0]?.txid });
    expect(world.sent).toEqual([split?.txid, preorder.variants[0]?.txid, registers[0]?.txid]);
    expect(world.told.join("\n")).toContain("no answer");
  });

  test("gives up on an outage that lasts, and at once where it does not wait", async () => {
    const world = chain(Array<() => void>(100).fill(nothing), {}, { tip: outage });
    await expect(relay(bundle, world.relaying)).rejects.toMatchObject({ kind: "machine" });
    const hasty = chain([], { wait: false }, { tip: outage });
    await expect(relay(bundle, hasty.relaying)).rejects.toMatchObject({ kind: "machine" });
  });

  test("does not end because a server takes a transaction not: it says so, and looks again", async () => {
    const refuse = () => Promise.reject(new BskError("rejected", "insufficient fee"));
    const world = chain([nothing, nothing], { wait: true }, { broadcast: refuse });
    await expect(relay(bundle, world.relaying)).rejects.toThrow("it waits for ever");
    expect(world.told.filter((text) => text.includes("insufficient fee")).length).toBeGreaterThan(1);
  });

  test("believes no node that calls a preorder accepted which no block holds: the name is not shown", async () => {
    const world = chain([nothing, nothing, nothing]);
    await expect(relay(bundle, world.relaying)).rejects.toThrow("it waits for ever");
    for (const { txid } of registers) expect(world.sent).not.toContain(txid);
  });

  test("asked about a preorder that a block took away again, waits for it and sends it again", async () => {
    const world = chain([
      () => world.mine(preorder.variants[0]?.txid, BORN + 1),
      () => {
        // The block goes, and with it the preorder: the mempool forgot both.
        world.statuses.clear();
        if (split !== null) world.mine(split.txid, BORN);
      },
      () => world.mine(preorder.variants[0]?.txid, BORN + 1),
      () => world.mine(registers[0]?.txid, BORN + 2),
    ]);
    expect(await relay(bundle, world.relaying)).toMatchObject({ state: "registered" });
    expect(world.sent.filter((txid) => txid === preorder.variants[0]?.txid).length).toBeGreaterThan(1);
  });
});
