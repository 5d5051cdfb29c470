/** Signs what was not signed in advance: a version with a fresh consensus hash, or another register. */
import type { Address } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import { type Entry, type StepRole, type Variant, variantsOf, withVariants } from "../journal/entry.ts";
import { recallPlan } from "../journal/stored-plan.ts";
import { fromHex } from "../primitives/bytes.ts";
import type { Name } from "../primitives/name.ts";
import { withConsensus } from "../wallet/plan-again.ts";
import { atRate } from "../wallet/fee-ladder.ts";
import { planRegister } from "../wallet/plan-registration.ts";
import type { TxPlan } from "../wallet/plan.ts";
import type { PreviousTransactions } from "../wallet/sign.ts";
import { scriptsOf, signAll } from "./carry-out.ts";
import { seenConsensus } from "./consensus-choice.ts";
import type { Desk } from "./desk.ts";
import { feeRateOf } from "./fee-rate.ts";
import { judge } from "./judge.ts";
import { planContext } from "./plan-context.ts";
import { readied } from "./readied.ts";

/** The latest operation of a step as a plan. @throws BskError `wallet` where the journal kept none. */
export function latestPlan(entry: Entry, role: StepRole): TxPlan {
  const step = entry.steps.findLast((each) => each.role === role);
  const plan = step?.variants.findLast((each) => each.does === "operation" && each.plan !== null)?.plan ?? null;
  if (plan === null) {
    throw new BskError("wallet", `the journal does not say how the ${role} was made: it cannot be made again`);
  }
  return recallPlan(plan);
}

/** One step with a fresh consensus hash, at a fee that outbids all that was sent; the rules would take it. */
export async function renewedPlan(entry: Entry, role: StepRole, desk: Desk): Promise<TxPlan> {
  const seen = await seenConsensus(desk);
  const plan = withConsensus(latestPlan(entry, role), entry.subject, seen, desk.network);
  if (plan === null) throw new BskError("bug", `a ${role} carries no consensus hash`);
  const left = (plan.deathHeight ?? 0) - (await desk.source.tip()).height;
  const { feeRate } = await feeRateOf(desk, left);
  const outbid = Number(leastFee(entry, role, plan.size)) / plan.size;
  const raised = atRate(plan, Math.max(feeRate, outbid));
  await judge(role === "preorder" ? [raised, latestPlan(entry, "register")] : [raised], desk);
  return raised;
}

/** The entry with versions of one step that carry a fresh hash; on disk. */
export async function renew(entry: Entry, role: StepRole, desk: Desk): Promise<Entry> {
  return addVariants(entry, role, readied(await renewedPlan(entry, role, desk), desk), desk);
}

/** Satoshis that replace whatever of a step may be in a mempool (BIP 125 rules 3 and 4). */
export function leastFee(entry: Entry, role: StepRole, size: number): bigint {
  const sent = variantsOf({ steps: entry.steps.filter((step) => step.role === role) }).filter(
    (each) => each.sent !== null,
  );
  return BigInt(Math.max(0, ...sent.map(({ fee }) => fee)) + size);
}

/** The entry with another register, paid with coins of the script that preordered; on disk. */
export async function anotherRegister(entry: Entry, desk: Desk): Promise<Entry> {
  const first = latestPlan(entry, "register");
  const [input] = first.inputs;
  if (input === undefined || first.payload?.kind !== "NAME_REGISTRATION" || entry.owner === null) {
    throw new BskError("bug", "a register without input, name or owner");
  }
  const request = {
    name: entry.subject as Name,
    owner: entry.owner as Address,
    payer: input.script,
    zonefileHash: first.payload.zonefileHash,
  };
  const plan = planRegister(request, await planContext(desk));
  await judge([plan], desk);
  return addVariants(entry, "spare", readied(plan, desk), desk, true);
}

/** Signs these and writes them to the journal, into the last step of this role, or as a step of their own. */
export async function addVariants(
  entry: Entry,
  role: StepRole,
  plans: readonly TxPlan[],
  desk: Desk,
  asStep = false,
): Promise<Entry> {
  const keys = await desk.unlock();
  await desk.use(scriptsOf(plans));
  const ours: PreviousTransactions = new Map(variantsOf(entry).map(({ txid, raw }) => [txid, fromHex(raw)]));
  const variants = await signAll(plans, keys, desk, ours);
  return desk.journal.change(entry, (now) => {
    if (asStep) return { ...now, steps: [...now.steps, { role, variants }] };
    const last = now.steps.findLast((step) => step.role === role);
    return withVariants(now, (present, step) => (step === last ? joined(present, variants) : present));
  });
}

function joined(present: readonly Variant[], added: readonly Variant[]): readonly Variant[] {
  const known = new Set(present.map(({ txid }) => txid));
  return [...present, ...added.filter(({ txid }) => !known.has(txid))];
}
