/** Bundles on a real node: every pair of their transactions, and relays that are honest, hasty, confused, late or idle. */
import { describe, expect, test } from "vitest";
import type { CheckedBundle } from "../../src/bundle/check.ts";
import type { Variant } from "../../src/bundle/read.ts";
import { type Relaying, relay } from "../../src/bundle/relay.ts";
import type { CoinSource } from "../../src/chain/source.ts";
import { useBundleWorld } from "../support/bundle-world.ts";
import { REGTEST } from "../support/fake-node.ts";

const world = useBundleWorld();

const partsOf = ({ split, preorder, register }: CheckedBundle) => {
  if (split === null || register === null) throw new Error("these bundles have all parts");
  return { split, preorders: preorder.variants, registers: register.variants, spares: register.spares };
};
const pick = (variants: readonly Variant[], index = 0): Variant => {
  const found = variants.at(index);
  if (found === undefined) throw new Error("a ladder has steps");
  return found;
};
async function oneBundle(of: string): Promise<CheckedBundle & ReturnType<typeof partsOf>> {
  const [bundle] = await world().bundles([of]);
  if (bundle === undefined) throw new Error("one was asked for");
  return { ...bundle, ...partsOf(bundle) };
}

/** An honest relay; where it would wait, time passes by one block. */
function relaying(more: Partial<Relaying> = {}): Relaying {
  const { node, devnet } = world();
  return {
    network: REGTEST,
    source: devnet.coins,
    node,
    wait: true,
    waiting: () => undefined,
    note: () => undefined,
    sleep: () => world().mine(),
    ...more,
  };
}

const owner = async (bundle: CheckedBundle, of: string) =>
  expect(await world().ownerOf(of)).toBe(bundle.register?.owner);

describe("every pair", () => {
  test("of 4 preorders and 6 registers is a registration: each in its own block, on a real chain", async () => {
    const pairs = Array.from({ length: 24 }, (_, i) => ({
      of: `pair${i}`,
      preorder: i % 4,
      register: Math.floor(i / 4),
    }));
    const bundles = (await world().bundles(pairs.map(({ of }) => of))).map((bundle) => ({
      ...bundle,
      ...partsOf(bundle),
    }));
    const all = pairs.map(({ preorder, register, of }, i) => {
      const bundle = bundles[i];
      if (bundle === undefined) throw new Error("as many bundles as pairs");
      return {
        of,
        bundle,
        split: bundle.split,
        preorder: pick(bundle.preorders, preorder),
        register: pick(bundle.registers, register),
      };
    });
    await world().mineOnly(all.flatMap(({ split, preorder }) => [split, preorder]));
    await world().mineOnly(all.map(({ register }) => register));
    for (const { of, bundle, preorder, register } of all) {
      expect(await world().verdict(preorder.txid)).toBe("accepted");
      expect(await world().verdict(register.txid)).toBe("accepted");
      await owner(bundle, of);
    }
    // Of each ladder only one can ever be mined.
    const [first] = all;
    if (first === undefined) throw new Error("there are 24");
    await expect(world().mineOnly([pick(first.bundle.preorders, 2)])).rejects.toThrow();
    await expect(world().mineOnly([pick(first.bundle.registers, 3)])).rejects.toThrow();
  });
});

describe("an honest relay", () => {
  test("finishes a registration from nothing, and again does nothing", async () => {
    const bundle = await oneBundle("honest");
    const { state, txid, sent } = await relay(bundle, relaying());
    expect({ state, txid }).toEqual({ state: "registered", txid: pick(bundle.registers).txid });
    expect(sent).toEqual([bundle.split.txid, pick(bundle.preorders).txid, pick(bundle.registers).txid]);
    await owner(bundle, "honest");
    expect(await relay(bundle, relaying())).toMatchObject({ state: "registered", sent: [] });
  });

  test("without the register's part leaves the preorder accepted; the whole bundle finishes it elsewhere", async () => {
    const bundle = await oneBundle("halved");
    const half = await relay({ ...bundle, register: null }, relaying());
    expect(half).toMatchObject({ state: "preorder-confirmed", txid: pick(bundle.preorders).txid });
    expect(await relay(bundle, relaying())).toMatchObject({ state: "registered", sent: [pick(bundle.registers).txid] });
    await owner(bundle, "halved");
  });

  test("stopped at every step, and started again on another machine", async () => {
    const bundle = await oneBundle("stopped");
    const sent = [];
    for (let look = 0; look < 6; look++) {
      const seen = await relay(bundle, relaying({ wait: false }));
      sent.push(...seen.sent);
      await world().mine();
    }
    expect(sent).toEqual([bundle.split.txid, pick(bundle.preorders).txid, pick(bundle.registers).txid]);
    await owner(bundle, "stopped");
  });

  test("raises the fee of what waits when the estimate rises, and the highest confirms", async () => {
    const bundle = await oneBundle("climbing");
    const { devnet } = world();
    let rate = 1;
    const source: CoinSource = { ...devnet.coins, feeRate: () => Promise.resolve(rate) };
    const look = async () => (await relay(bundle, relaying({ wait: false, source }))).sent;
    expect(await look()).toEqual([bundle.split.txid, pick(bundle.preorders).txid]);
    rate = 15;
    expect(await look()).toEqual([pick(bundle.preorders, 2).txid]);
    expect(await devnet.coins.transactionStatus(pick(bundle.preorders).txid)).toEqual({ kind: "unknown" });
    rate = 1;
    expect(await look()).toEqual([]);
    await world().mine();
    expect(await world().verdict(pick(bundle.preorders, 2).txid)).toBe("accepted");
    rate = 39;
    expect(await look()).toEqual([pick(bundle.registers, -1).txid]);
    await world().mine();
    await owner(bundle, "climbing");
  });

  test("three at once do no harm: one registration, and all three know it", async () => {
    const bundle = await oneBundle("thrice");
    let turn = 0;
    const slow = () => relaying({ sleep: async () => (++turn % 3 === 0 ? world().mine() : Promise.resolve()) });
    const all = await Promise.all([relay(bundle, slow()), relay(bundle, slow()), relay(bundle, slow())]);
    for (const { state } of all) expect(state).toBe("registered");
    await owner(bundle, "thrice");
  });

  test("after a collision with a stranger's register the spare takes the name", async () => {
    const [mine, theirs] = (await world().bundles(["wanted", "wanted"])).map((bundle) => ({
      ...bundle,
      ...partsOf(bundle),
    }));
    if (mine === undefined || theirs === undefined) throw new Error("two were asked for");
    await world().mineOnly([mine.split, theirs.split, pick(mine.preorders), pick(theirs.preorders)]);
    await world().mineOnly([pick(mine.registers), pick(theirs.registers)]);
    for (const { registers } of [mine, theirs])
      expect(await world().verdict(pick(registers).txid)).toBe("name-collision");
    const { state, txid } = await relay(mine, relaying());
    expect({ state, txid }).toEqual({ state: "registered", txid: pick(mine.spares).txid });
    await owner(mine, "wanted");
  });
});

describe("a dishonest relay", () => {
  test("that sends everything at once: in one block behind its preorder the register is accepted", async () => {
    const bundle = await oneBundle("hasty");
    await world().mineOnly([bundle.split, pick(bundle.preorders), pick(bundle.registers)]);
    expect(await world().verdict(pick(bundle.preorders).txid)).toBe("accepted");
    expect(await world().verdict(pick(bundle.registers).txid)).toBe("accepted");
    await owner(bundle, "hasty");
  });

  test("that sends the register first: it is ignored, and an honest relay finishes with the spare", async () => {
    const bundle = await oneBundle("reversed");
    await world().mineOnly([bundle.split, pick(bundle.registers), pick(bundle.preorders)]);
    expect(await world().verdict(pick(bundle.registers).txid)).toBe("preorder-not-found");
    expect(await world().verdict(pick(bundle.preorders).txid)).toBe("accepted");
    expect(await relay(bundle, relaying())).toMatchObject({ state: "registered", txid: pick(bundle.spares).txid });
    await owner(bundle, "reversed");

    const earlier = await oneBundle("backwards");
    await world().mineOnly([earlier.split, pick(earlier.registers, 4)]);
    expect(await world().verdict(pick(earlier.registers, 4).txid)).toBe("preorder-not-found");
    expect(await relay(earlier, relaying())).toMatchObject({ state: "registered", txid: pick(earlier.spares).txid });
    await owner(earlier, "backwards");
  });

  test("that sends register and spare in one block: both are ignored, the preorder stays open for the owner", async () => {
    const bundle = await oneBundle("doubled");
    await world().mineOnly([bundle.split, pick(bundle.preorders)]);
    await world().mineOnly([pick(bundle.registers), pick(bundle.spares)]);
    for (const variant of [pick(bundle.registers), pick(bundle.spares)]) {
      expect(await world().verdict(variant.txid)).toBe("name-collision");
    }
    await expect(relay(bundle, relaying())).rejects.toMatchObject({ kind: "rejected", rule: "register-ignored" });
    expect(await world().ownerOf("doubled")).toBeNull();
  });

  test("that sends it late: the preorder is ignored and its burn is gone; an honest one does not send it", async () => {
    const [late, saved] = (await world().bundles(["late", "saved"])).map((bundle) => ({
      ...bundle,
      ...partsOf(bundle),
    }));
    if (late === undefined || saved === undefined) throw new Error("two were asked for");
    await relay(saved, relaying()); // one honest relay of k suffices
    while ((await world().devnet.coins.tip()).height < late.deathHeight) await world().mine();
    const before = relaying();
    await expect(relay(late, before)).rejects.toMatchObject({ kind: "rejected", rule: "bundle-dead" });
    await world().mineOnly([late.split, pick(late.preorders)]);
    expect(await world().verdict(pick(late.preorders).txid)).toBe("consensus-hash-expired");
    await expect(relay(late, before)).rejects.toMatchObject({ kind: "rejected", rule: "preorder-ignored" });
    for (const variant of saved.preorders) await expect(world().mineOnly([variant])).rejects.toThrow();
    await owner(saved, "saved");
  });

  test("that never sends: nothing is lost until the death height, and another finishes it", async () => {
    const bundle = await oneBundle("idle");
    for (let i = 0; i < 8; i++) await world().mine();
    expect(await relay(bundle, relaying())).toMatchObject({ state: "registered" });
    await owner(bundle, "idle");
  });

  test("of three, two of whom are idle and hasty, one honest relay suffices", async () => {
    const bundle = await oneBundle("outvoted");
    const { devnet } = world();
    // The hasty one sends all of it at once, lowest and highest fees, in the order of a fool.
    for (const { raw } of [...bundle.registers, ...bundle.preorders, bundle.split, ...bundle.preorders.toReversed()]) {
      await devnet.coins.broadcast(raw).catch(() => undefined);
    }
    expect(await relay(bundle, relaying())).toMatchObject({ state: "registered" });
    await owner(bundle, "outvoted");
  });
});

test("an owner who cancels: the preorder's coin is spent otherwise, and no relay goes on", async () => {
  const bundle = await oneBundle("cancelled");
  expect((await relay(bundle, relaying({ wait: false }))).sent).toHaveLength(2);
  await world().mineOnly([bundle.split]);
  await world().cancel(bundle); // pays more than the lowest preorder, which it replaces
  await world().mine();
  await expect(relay(bundle, relaying())).rejects.toMatchObject({ kind: "rejected", rule: "bundle-cancelled" });
  for (const variant of bundle.preorders) await expect(world().mineOnly([variant])).rejects.toThrow();
  expect(await world().ownerOf("cancelled")).toBeNull();
});
