/** Pays more for what waits: by another version of it, or where that cannot be, by a child that pays for it too. */
import { scriptHex } from "../bitcoin/address.ts";
import { parseTransaction } from "../bitcoin/transaction.ts";
import { BskError } from "../errors.ts";
import { type Entry, type EntryStep, type Variant, variantsOf } from "../journal/entry.ts";
import { LEAST_BLOCKS_LEFT } from "../journal/pursue.ts";
import { recallPlan } from "../journal/stored-plan.ts";
import type { Txid } from "../primitives/hash.ts";
import { satoshi } from "../primitives/units.ts";
import type { Coin } from "../wallet/coins.ts";
import { atRate } from "../wallet/fee-ladder.ts";
import type { Ancestor } from "../wallet/package-fee.ts";
import { planChild } from "../wallet/plan-child.ts";
import type { TxPlan } from "../wallet/plan.ts";
import { isSpendable } from "../wallet/size.ts";
import { beginSingle } from "./carry-out.ts";
import type { Desk } from "./desk.ts";
import { feeRateOf } from "./fee-rate.ts";
import { follow, stepOf } from "./follow.ts";
import { judge } from "./judge.ts";
import type { Interaction } from "./perform.ts";
import { plannedReceipt, type Receipt, receiptOf } from "./receipt.ts";
import { markSent, send } from "./send.ts";
import { readied } from "./readied.ts";
import { addVariants, latestPlan, leastFee, renewedPlan } from "./sign-more.ts";

/** A transaction of an entry that no block holds. */
interface Waiting {
  readonly step: EntryStep;
  readonly variant: Variant;
}

/**
 * Raises the fee of what an entry waits for. Where the consensus hash has too few blocks left, a version with a fresh
 * one takes its place.
 * @throws BskError `usage` where nothing waits or no more can be paid, `rejected` where the rules would refuse it.
 */
export async function bump(entry: Entry, desk: Desk, interaction: Interaction): Promise<Receipt> {
  const waiting = await waitingOf(entry, desk);
  if (waiting === null) return unstick(entry, desk, interaction);
  const { step, variant } = waiting;
  const tip = (await desk.source.tip()).height;
  const left = variant.deathHeight === null ? null : variant.deathHeight - tip;
  const isDying = left !== null && left < LEAST_BLOCKS_LEFT;
  const plan = isDying ? await renewedPlan(entry, step.role, desk) : await raisedPlan(entry, waiting, left, desk);
  const isChild = plan.purpose === "child";
  if (!isChild && !isDying) await askAgain(plan, entry, step, desk);
  await interaction.confirm([plan]);
  if (interaction.dryRun) return plannedReceipt(entry, [plan], desk);
  const versions = isDying ? readied(plan, desk) : [plan];
  const signed = await desk.alone(() => addVariants(entry, isChild ? "child" : step.role, versions, desk, isChild));
  const made = variantsOf(signed).findLast(
    ({ fee, spends: [first] }) => fee === Number(plan.fee) && spendsOf(plan, first),
  );
  if (made === undefined) throw new BskError("bug", "what was signed is not in the journal");
  const marked = markSent(signed, made, tip, desk);
  await send(made, desk);
  return goOn(marked, desk, interaction);
}

function spendsOf({ inputs: [first] }: TxPlan, spent: Variant["spends"][number] | undefined): boolean {
  return first !== undefined && first.txid === spent?.txid && first.index === spent.index;
}

/** What nobody has may want the passphrase to go on. @throws BskError `usage` where it does not. */
async function unstick(entry: Entry, desk: Desk, interaction: Interaction): Promise<Receipt> {
  const { action } = await stepOf(entry, desk);
  if (!interaction.dryRun && action.kind === "wait" && action.passphrase === true) {
    await desk.unlock();
    return goOn(entry, desk, interaction);
  }
  throw new BskError("usage", `nothing of "${entry.purpose}" waits for a block`, {
    rule: "nothing-waits",
    hint: `see where it stands: bsk pending; go on with it: bsk pending resume ${entry.id}`,
  });
}

async function goOn(entry: Entry, desk: Desk, interaction: Interaction): Promise<Receipt> {
  return receiptOf(await follow(entry, desk, interaction.following), desk);
}

async function waitingOf({ steps }: Entry, { source }: Desk): Promise<Waiting | null> {
  for (const step of steps.filter(({ role }) => role !== "child" && role !== "split")) {
    for (const variant of step.variants.filter(({ sent }) => sent !== null)) {
      const { kind } = await source.transactionStatus(variant.txid);
      if (kind === "confirmed") break;
      if (kind === "mempool") return { step, variant };
    }
  }
  return null;
}

/** The same transaction at the rate that is asked for, or one that confirms now, but never less than replacing costs. */
async function raisedPlan(entry: Entry, { step, variant }: Waiting, left: number | null, desk: Desk): Promise<TxPlan> {
  const { feeRate } = await feeRateOf(desk, left);
  const least = Number(leastFee(entry, step.role, variant.size)) / variant.size;
  if (variant.plan !== null && variant.does === "operation") {
    const plan = recallPlan(variant.plan);
    try {
      return atRate(plan, Math.max(feeRate, least + variant.size / plan.size));
    } catch {
      // Its change does not pay for that: a child may.
    }
  }
  const rate = Math.max(feeRate, (variant.fee / variant.size) * 2);
  const child = await childOf(variant, rate, desk, entry);
  if (child !== null) return child;
  throw new BskError(
    "wallet",
    `no more can be paid for ${variant.txid}: neither its change nor an output of it suffices`,
    {
      rule: "cannot-bump",
    },
  );
}

async function childOf(parent: Variant, feeRate: number, desk: Desk, entry: Entry): Promise<TxPlan | null> {
  const split = entry.steps.find(({ role }) => role === "split")?.variants ?? [];
  const ancestors: readonly Ancestor[] = [...split, parent]
    .filter(({ txid }) => txid === parent.txid || parent.spends.some((each) => each.txid === txid))
    .map(({ txid, fee, size, spends }) => ({ txid, fee: BigInt(fee), size, parents: spends.map((each) => each.txid) }));
  return dearestChild(coinsMade(parent), ancestors, feeRate, desk);
}

function coinsMade({ txid, returns }: Variant): readonly Coin[] {
  return returns.map(({ index, value, script }) => ({ txid, index, value: satoshi(value), script, height: null }));
}

async function dearestChild(
  coins: readonly Coin[],
  ancestors: readonly Ancestor[],
  feeRate: number,
  desk: Desk,
): Promise<TxPlan | null> {
  const { kept } = await desk.purse();
  const usable = coins
    .filter(({ script }) => isSpendable(script) && !kept.has(script))
    .toSorted((a, b) => Number(b.value - a.value));
  for (const coin of usable) {
    if ((await desk.source.unspent(coin)) === null) continue;
    return planChild(coin, ancestors, feeRate, { network: desk.network.id, script: desk.changeScript });
  }
  return null;
}

/** The rules have the last word before anything is signed: they may have changed their mind since. */
async function askAgain(plan: TxPlan, entry: Entry, { role }: EntryStep, desk: Desk): Promise<void> {
  if (entry.kind === "payment") return;
  await judge(role === "preorder" ? [plan, latestPlan(entry, "register")] : [plan], desk);
}

/**
 * Raises what a transaction pays of which the journal knows nothing, such as a payment to this wallet: with a child.
 * @throws BskError `usage` unless it waits and pays this wallet.
 */
export async function bumpForeign(txid: Txid, desk: Desk, interaction: Interaction): Promise<Receipt> {
  const raw = await desk.source.rawTransaction(txid);
  const { kind } = await desk.source.transactionStatus(txid);
  if (raw === null || kind !== "mempool") {
    throw new BskError("usage", `${txid} does not wait for a block${kind === "confirmed" ? ": one holds it" : ""}`, {
      rule: "nothing-waits",
    });
  }
  const own = new Set(desk.scripts().map(({ script }) => script));
  const coins = parseTransaction(raw).outputs.flatMap(({ value, script }, index): Coin[] => {
    const hex = scriptHex(script);
    return own.has(hex) ? [{ txid, index, value: satoshi(value), script: hex, height: null }] : [];
  });
  const { feeRate } = await feeRateOf(desk, 1);
  // What it pays itself is not known: the child pays for all of it.
  const parent = { txid, fee: 0n, size: raw.length, parents: [] };
  const plan = await dearestChild(coins, [parent], feeRate, desk);
  if (plan === null) {
    throw new BskError("usage", `no output of ${txid} that this wallet may spend pays for both`, {
      rule: "cannot-bump",
    });
  }
  const intent = {
    kind: "payment" as const,
    subject: txid,
    purpose: `pay for ${txid} too`,
    owner: null,
    zonefile: null,
  };
  await interaction.confirm([plan]);
  if (interaction.dryRun) return plannedReceipt(intent, [plan], desk);
  return goOn(await desk.alone(() => beginSingle(plan, intent, desk)), desk, interaction);
}
