/** What can happen to a registration between two moments of its process: blocks of any kind, reorganisations, rivals. */
import { Transaction } from "bitcoinjs-lib";
import * as v from "valibot";
import { expect } from "vitest";
import { blockHash, type Txid } from "../../src/primitives/hash.ts";
import { fromHex, reversed, toHex } from "../../src/primitives/bytes.ts";
import { type Entry, type StepRole, type Variant, variantsOf } from "../../src/journal/entry.ts";
import { txid as parseTxid } from "../../src/primitives/hash.ts";
import type { Home, Town } from "./town.ts";

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Chaos {
  /** Mines blocks without anything of the mempool. */
  emptyBlocks(count: number): Promise<void>;
  /** Mines exactly these, with what they need. */
  mineExactly(variants: readonly Variant[]): Promise<boolean>;
  /** Takes the last two blocks away; their transactions wait again, and two or three other blocks come. */
  reorganise(): Promise<void>;
  /** Mines another version of what waits than the mempool has; false where nothing waits. */
  mineAnother(entry: Entry): Promise<boolean>;
  /** Variants of a step that the mempool or the chain has. */
  placed(entry: Entry | undefined, role: StepRole): Promise<Variant | undefined>;
}

export function chaosIn(town: Town): Chaos {
  const { devnet, faucet, node } = town;
  const indexed = async () => {
    node.poke();
    await node.waitForHeight((await devnet.blocks.tip()).height);
  };
  const generate = async (raw: readonly string[]): Promise<boolean> => {
    const reply = await devnet.node.ask("generateblock", [faucet.address, raw], v.object({ hash: v.string() }));
    return reply.ok;
  };
  const statusOf = async (txid: Txid) => (await devnet.coins.transactionStatus(txid)).kind;
  const emptyBlocks = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      expect(await generate([])).toBe(true);
      await indexed();
    }
  };
  const placed = async (entry: Entry | undefined, role: StepRole): Promise<Variant | undefined> => {
    for (const { variants } of entry?.steps.filter((step) => step.role === role) ?? []) {
      for (const variant of variants) if ((await statusOf(variant.txid)) !== "unknown") return variant;
    }
    return undefined;
  };
  const mineExactly = async (variants: readonly Variant[]): Promise<boolean> => {
    const mined = await generate(variants.map(({ raw }) => raw));
    await indexed();
    return mined;
  };
  return {
    emptyBlocks,
    placed,
    mineExactly,
    reorganise: async () => {
      const { height } = await devnet.blocks.tip();
      const below = await devnet.node.call("getblockhash", [height - 1], v.string());
      await devnet.node.call("invalidateblock", [blockHash(below)], v.null());
      await emptyBlocks(1);
      await town.mine();
      await town.mine();
    },
    mineAnother: async (entry) => {
      for (const { variants } of entry.steps.toReversed()) {
        const waits = await Promise.all(variants.map(async ({ txid }) => (await statusOf(txid)) === "mempool"));
        const other = variants.findLast(({ does }, i) => does === "operation" && waits[i] === false);
        if (!waits.includes(true) || other === undefined) continue;
        const split = entry.steps.find(({ role }) => role === "split")?.variants ?? [];
        const needed = [];
        for (const each of split) if ((await statusOf(each.txid)) === "mempool") needed.push(each);
        return mineExactly([...needed, other]);
      }
      return false;
    },
  };
}

/** Every transaction of the journal that a block holds, with what the chain says that it paid. */
export async function confirmedOf(
  entry: Entry,
  { devnet }: Town,
): Promise<readonly { readonly variant: Variant; readonly fee: number }[]> {
  const found = [];
  for (const variant of [...entry.earlier, entry].flatMap(variantsOf)) {
    if ((await devnet.coins.transactionStatus(variant.txid)).kind !== "confirmed") continue;
    const transaction = Transaction.fromBuffer(fromHex(variant.raw));
    let held = 0n;
    for (const { hash, index } of transaction.ins) {
      const raw = await devnet.coins.rawTransaction(parseTxid(toHex(reversed(hash))));
      if (raw !== null) held += Transaction.fromBuffer(raw).outs[index]?.value ?? 0n;
    }
    found.push({ variant, fee: Number(held - transaction.outs.reduce((sum, { value }) => sum + value, 0n)) });
  }
  return found;
}

/** No coin is spent twice, a step has one transaction on the chain at most, and the journal's sums are the chain's. */
export async function expectRightMoney(home: Home, town: Town): Promise<void> {
  const spent: string[] = [];
  for (const entry of home.entries()) {
    const confirmed = await confirmedOf(entry, town);
    for (const { variant, fee } of confirmed) {
      expect(variant.fee, `fee of ${variant.txid}`).toBe(fee);
      spent.push(...variant.spends.map(({ txid, index }) => `${txid}:${index}`));
    }
    const of = (sum: (each: Variant) => number) => confirmed.reduce((total, { variant }) => total + sum(variant), 0);
    const sums = [...entry.earlier, entry].map((each) => each.spent);
    expect({ purpose: entry.purpose, fees: sums.reduce((total, { fees }) => total + fees, 0) }).toEqual({
      purpose: entry.purpose,
      fees: of(({ fee }) => fee),
    });
    expect(sums.reduce((total, { burned }) => total + burned, 0)).toBe(of(({ burned }) => burned));
    for (const { variants } of entry.steps) {
      expect(variants.filter(({ txid }) => confirmed.some(({ variant }) => variant.txid === txid)).length).toBeLessThan(
        2,
      );
    }
  }
  expect(spent).toEqual([...new Set(spent)]);
}
