/** A registration of the journal as a bundle for relays. All that it holds is in the journal first. */
import { addressOf } from "../bitcoin/address.ts";
import { checkBundle } from "../bundle/check.ts";
import type { Bundle } from "../bundle/bundle.ts";
import { makeBundle, type OwnTransaction } from "../bundle/make.ts";
import { BskError } from "../errors.ts";
import { type Entry, type StepRole, type Variant, withVariants } from "../journal/entry.ts";
import { recallPlan } from "../journal/stored-plan.ts";
import { fromHex } from "../primitives/bytes.ts";
import type { Name } from "../primitives/name.ts";
import { blockHeight } from "../primitives/units.ts";
import { ladder } from "../wallet/fee-ladder.ts";
import type { TxPlan } from "../wallet/plan.ts";
import type { Desk } from "./desk.ts";
import { addVariants } from "./sign-more.ts";

/** `preorder`: without the name; `all`: registers and spares too. */
export type BundlePart = "preorder" | "all";

/** Fees of each ladder. */
const STEPS = { preorder: 4, register: 6, spare: 6 } as const;
type Laddered = keyof typeof STEPS;

/** Signs what is not signed yet, also of the part that is not given out now: later no passphrase is needed. */
export async function bundleOf(start: Entry, part: BundlePart, desk: Desk): Promise<Bundle> {
  const { network } = desk;
  const payload = await payloadOf(start, desk);
  const entry = await desk.alone(async () => {
    let now = desk.journal.find(start.id) ?? start;
    for (const role of ["preorder", "register", "spare"] as const) now = await withLadder(now, role, payload, desk);
    return now;
  });
  const [split] = entry.steps.find(({ role }) => role === "split")?.variants ?? [];
  const preorders = operationsOf(entry, "preorder", payload);
  const registers = operationsOf(entry, "register", null);
  const [preorder] = preorders;
  const [register] = registers;
  if (preorder?.plan.payload?.kind !== "NAME_PREORDER" || register?.plan.payload?.kind !== "NAME_REGISTRATION") {
    throw new BskError("wallet", `the journal does not say how "${entry.subject}" was begun: there is no bundle of it`);
  }
  const { preorderHash, consensusHash } = preorder.plan.payload;
  const burn = preorder.plan.outputs.find(({ role }) => role === "burn");
  const bundle = makeBundle({
    network: network.id,
    deathHeight: blockHeight(preorder.plan.deathHeight ?? 0),
    split: split === undefined ? null : { ...ownOf({ variant: split, plan: planOf(split) }), txid: split.txid },
    preorder: {
      preorderHash,
      consensusHash,
      burnAddress: (burn === undefined ? null : addressOf(burn.script, network.bitcoin)) ?? "",
      burned: Number(burn?.value ?? 0n),
      variants: preorders.map(ownOf),
    },
    register:
      part === "preorder"
        ? null
        : {
            name: entry.subject as Name,
            owner: entry.owner ?? "",
            zonefileHash: register.plan.payload.zonefileHash,
            variants: registers.map(ownOf),
            spares: operationsOf(entry, "spare", null).map(ownOf),
          },
  });
  checkBundle(bundle, network); // what a relay would refuse is not handed out
  await markHandedOut(entry, preorder.variant, desk);
  return bundle;
}

/**
 * What others hold may be sent at any time: the journal counts it as sent, at its lowest fee, and so never believes that
 * nothing can burn any more.
 */
async function markHandedOut(entry: Entry, lowest: Variant, desk: Desk): Promise<void> {
  if (lowest.sent !== null) return;
  const sent = { at: desk.now().toISOString(), height: (await desk.source.tip()).height };
  desk.journal.change(entry, (present) =>
    withVariants(present, (variants) =>
      variants.map((variant) => (variant.txid === lowest.txid ? { ...variant, sent } : variant)),
    ),
  );
}

/**
 * The registration whose preorder is confirmed and accepted: only then is its name given out.
 * @throws BskError `rejected`, rule `preorder-not-confirmed`
 */
export async function requirePreordered({ subject, steps }: Entry, { source, node }: Desk): Promise<void> {
  for (const { txid } of steps.filter(({ role }) => role === "preorder").flatMap(({ variants }) => variants)) {
    const status = await source.transactionStatus(txid);
    if (status.kind !== "confirmed") continue;
    if ((await node.verdict(txid, status.height, status.blockHash)) === "accepted") return;
  }
  throw new BskError("rejected", `no block holds an accepted preorder of "${subject}" yet: its name is not given out`, {
    rule: "preorder-not-confirmed",
    hint: "the same command works once the preorder is confirmed; --bundle FILE --together gives all of it out at once",
  });
}

interface Planned {
  readonly variant: Variant;
  readonly plan: TxPlan;
}

/** What the preorders of the bundle say: those of the one that is confirmed, else of the latest. */
async function payloadOf(entry: Entry, { source }: Desk): Promise<string> {
  const all = operationsOf(entry, "preorder", null);
  for (const { variant, plan } of all) {
    if ((await source.transactionStatus(variant.txid)).kind === "confirmed") return textOf(plan);
  }
  const step = entry.steps.findLast(({ role }) => role === "preorder");
  const latest = step?.variants.findLast(({ does, plan }) => does === "operation" && plan !== null);
  return latest === undefined ? "" : textOf(planOf(latest));
}

const textOf = ({ payload }: TxPlan): string => JSON.stringify(payload);

/** Signed operations of the last step of a role, lowest fee first, each fee once. `payload`: only these. */
function operationsOf(entry: Entry, role: StepRole, payload: string | null): readonly Planned[] {
  const variants = entry.steps.findLast((step) => step.role === role)?.variants ?? [];
  const planned = variants
    .filter(({ does, plan }) => does === "operation" && plan !== null)
    .map((variant) => ({ variant, plan: planOf(variant) }))
    .filter(({ plan }) => payload === null || textOf(plan) === payload);
  return [...new Map(planned.map((each) => [each.variant.fee, each])).values()].toSorted(
    (a, b) => a.variant.fee - b.variant.fee,
  );
}

function planOf({ plan }: Variant): TxPlan {
  if (plan === null) throw new BskError("wallet", "the journal does not say how a transaction of it was made");
  return recallPlan(plan);
}

function ownOf({ variant, plan }: Planned): OwnTransaction {
  return { raw: fromHex(variant.raw), inputs: plan.inputs };
}

/** The entry with every step of a ladder signed. */
async function withLadder(entry: Entry, role: Laddered, preorder: string, desk: Desk): Promise<Entry> {
  const payload = role === "preorder" ? preorder : null;
  const signed = operationsOf(entry, role, payload);
  const [lowest] = signed;
  if (lowest === undefined) return entry;
  const fees = new Set(signed.map(({ plan }) => plan.fee));
  const missing = ladder(lowest.plan, STEPS[role], desk.limits).filter(({ fee }) => !fees.has(fee));
  return missing.length === 0 ? entry : addVariants(entry, role, missing, desk);
}
