/** Chain facts -> the entry's true state and the next thing to do. Pure: the same facts give the same step. */
import { type Entry, type EntryState, type EntryStep, type Spent, type StepRole, type Variant } from "./entry.ts";
import type { ChainFacts } from "./facts.ts";
import { fateText, spentOf } from "./money.ts";
import { type Move, pursue } from "./pursue.ts";
import { type Standing, standingOf, wasSent } from "./standing.ts";

export type Action =
  | {
      readonly kind: "broadcast";
      readonly variant: Variant;
      readonly role: StepRole;
      readonly why: Extract<Move, { kind: "send" }>["why"];
    }
  /** More has to be signed: a variant with a fresh consensus hash, or another register. */
  | { readonly kind: "sign"; readonly what: "renewal" | "register"; readonly role: StepRole }
  /** `passphrase`: with it, something could be signed that would move it on. */
  | { readonly kind: "wait"; readonly what: string; readonly passphrase?: true }
  | { readonly kind: "nothing" };

export interface Step {
  readonly state: EntryState;
  readonly because: string | null;
  readonly spent: Spent;
  readonly action: Action;
}

type Course = Omit<Step, "spent">;

const NOTHING: Action = { kind: "nothing" };
/** Registers of one entry that may be ignored before it is given up: each costs its fee. */
const MOST_REGISTERS = 5;

/** Where the entry really stands, and what comes next. */
export function advance(entry: Entry, facts: ChainFacts): Step {
  const spent = spentOf(entry, facts);
  const course = helped(entry, facts) ?? courseOf(entry, facts);
  if (course.state !== "failed") return { ...course, spent };
  return { ...course, because: `${course.because ?? "it failed"}; ${fateText(spent)}`, spent };
}

function courseOf(entry: Entry, facts: ChainFacts): Course {
  if (entry.kind === "registration") return registration(entry, facts);
  const single = entry.steps.find(({ role }) => role === "single");
  return single === undefined ? failed("the entry holds no transaction") : operation(entry, single, facts);
}

/** A child that pays for its parent goes out again as long as the parent waits. */
function helped({ state, steps }: Entry, facts: ChainFacts): Course | null {
  for (const step of steps.filter(({ role }) => role === "child")) {
    const standing = standingOf(step, facts);
    if (standing.kind !== "absent" || standing.contested) continue;
    const variant = standing.possible.find(
      ({ spends: [first] }) => first !== undefined && facts.status(first.txid).kind === "mempool",
    );
    if (variant !== undefined)
      return { state, because: null, action: { kind: "broadcast", variant, role: "child", why: "raise" } };
  }
  return null;
}

function operation(entry: Entry, single: EntryStep, facts: ChainFacts): Course {
  const standing = standingOf(single, facts);
  switch (standing.kind) {
    case "taken":
      return failed("another transaction, which a block holds, spent its coins");
    case "confirmed":
      if (standing.variant.does === "cancel") return failed("it was cancelled, since it came too late");
      if (entry.kind === "payment") return done();
      return settled(standing.variant, "sent", "the operation", facts);
    default:
      return moved(pursue(single, standing, facts), "sent", single.role);
  }
}

function registration({ steps }: Entry, facts: ChainFacts): Course {
  const split = steps.find(({ role }) => role === "split");
  const preorder = steps.find(({ role }) => role === "preorder");
  if (preorder === undefined) return failed("the entry lacks its preorder");
  const registers = steps
    .filter(({ role }) => role === "register" || role === "spare")
    .map((step) => ({ step, standing: standingOf(step, facts) }));
  const held = registers.flatMap(({ standing }) =>
    standing.kind === "confirmed" ? [facts.verdict(standing.variant.txid)] : [],
  );
  if (held.includes("accepted")) return done();
  if (held.includes("not-indexed")) return wait("registered", "the node to index the register's block");
  const standing = standingOf(preorder, facts);
  if (standing.kind !== "confirmed" && facts.owned) return done();
  if (standing.kind !== "confirmed") return preordering(split, preorder, standing, facts);
  if (standing.variant.does === "cancel")
    return failed("the preorder was cancelled, since it came too late or in vain");
  switch (facts.verdict(standing.variant.txid)) {
    case "ignored":
      return failed(`the network ignored the preorder ${standing.variant.txid}`);
    case "not-indexed":
      return wait("preordered", "the node to index the preorder's block");
    case "accepted":
      return registering(registers, facts.tipHeight - standing.height + 1, facts);
  }
}

function preordering(
  split: EntryStep | undefined,
  preorder: EntryStep,
  standing: Exclude<Standing, { kind: "confirmed" }>,
  facts: ChainFacts,
): Course {
  if (standing.kind === "taken") return failed("another transaction, which a block holds, spent the preorder's coins");
  const course = moved(pursue(preorder, standing, facts), "preordered", preorder.role);
  if (split === undefined || course.action.kind !== "broadcast") return course;
  const makes = standingOf(split, facts);
  if (makes.kind === "taken")
    return failed("another transaction, which a block holds, spent the coins that it was to split");
  // Its coins have to be there before the preorder can spend them.
  return makes.kind === "absent" ? moved(pursue(split, makes, facts), "preordered", split.role) : course;
}

interface Register {
  readonly step: EntryStep;
  readonly standing: Standing;
}

function registering(registers: readonly Register[], confirmations: number, facts: ChainFacts): Course {
  const state: EntryState = "preorder-confirmed";
  if (facts.owned) return done();
  const waiting = registers.find(({ standing }) => standing.kind === "mempool");
  // A refused name cannot be had by any register; one that waits already costs its fee in either case.
  if (facts.refusal !== null && waiting === undefined) return failed(facts.refusal);
  if (confirmations < facts.preorderConfirmations) {
    return wait(state, `confirmation ${confirmations} of ${facts.preorderConfirmations} of the preorder`);
  }
  const next = waiting ?? registers.find(({ standing }) => standing.kind === "absent");
  if (next === undefined) {
    if (registers.length >= MOST_REGISTERS) return failed(`the network ignored ${registers.length} registers`);
    if (facts.keysAtHand) return { state, because: null, action: { kind: "sign", what: "register", role: "spare" } };
    const what = "the passphrase: the registers that were signed cannot be used, and another has to be";
    return { state, because: null, action: { kind: "wait", what, passphrase: true } };
  }
  const { step, standing } = next;
  if (standing.kind !== "mempool" && standing.kind !== "absent") throw new Error("it was chosen because it waits");
  return moved(
    pursue(step, standing, facts),
    standing.kind === "mempool" || wasSent(step) ? "registered" : state,
    step.role,
  );
}

function moved(move: Move, state: EntryState, role: StepRole): Course {
  switch (move.kind) {
    case "send":
      return { state, because: null, action: { kind: "broadcast", variant: move.variant, role, why: move.why } };
    case "renew":
      return { state, because: null, action: { kind: "sign", what: "renewal", role } };
    case "wait": {
      const confirming = move.what === "a block to hold it";
      const what = confirming ? `the ${role === "single" ? "operation" : role} to confirm` : move.what;
      return { state, because: null, action: { ...move, what } };
    }
    case "over":
      return failed(move.because);
  }
}

/** A confirmed transaction is settled by what the rules made of it. */
function settled({ txid }: Variant, state: EntryState, what: string, facts: ChainFacts): Course {
  switch (facts.verdict(txid)) {
    case "accepted":
      return done();
    case "ignored":
      return failed(`${txid} confirmed, but the network ignored ${what}`);
    case "not-indexed":
      return wait(state, `the node to index the block of ${what}`);
  }
}

function done(): Course {
  return { state: "done", because: null, action: NOTHING };
}

function wait(state: EntryState, what: string): Course {
  return { state, because: null, action: { kind: "wait", what } };
}

function failed(because: string): Course {
  return { state: "failed", because, action: NOTHING };
}
