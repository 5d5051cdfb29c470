import { describe, expect, test } from "vitest";
import { pursue } from "../../src/journal/pursue.ts";
import { standingOf } from "../../src/journal/standing.ts";
import { storePlan } from "../../src/journal/stored-plan.ts";
import type { EntryStep, Variant } from "../../src/journal/entry.ts";
import type { TxPlan } from "../../src/wallet/plan.ts";
import { factsOf, VARIANTS } from "./entries.ts";

const { preorder, raised, raisedAgain, cancel, register, registerRaised } = VARIANTS;
const MEMPOOL = { kind: "mempool" } as const;
const plan = storePlan({ purpose: "preorder" } as TxPlan);

interface Case {
  readonly tip: number;
  /** What was sent, at height 100. */
  readonly sent: readonly Variant[];
  readonly mempool?: Variant;
  readonly keys?: boolean;
  readonly feeRate?: number;
  /** Are there plans to renew from? */
  readonly planned?: boolean;
  readonly variants?: readonly Variant[];
}

function next({ tip, sent, mempool, keys = false, feeRate, planned = true, variants }: Case) {
  const all = variants ?? [preorder, raised, raisedAgain, cancel];
  const step: EntryStep = {
    role: "preorder",
    variants: all.map((each) => ({
      ...each,
      plan: planned ? plan : null,
      sent: sent.includes(each) ? { at: "", height: 100 } : null,
    })),
  };
  const statuses = mempool === undefined ? {} : { [mempool.txid]: MEMPOOL };
  const facts = factsOf(tip, statuses, { keysAtHand: keys, feeRate: feeRate ?? null });
  const standing = standingOf(step, facts);
  if (standing.kind !== "absent" && standing.kind !== "mempool") throw new Error("it waits");
  const move = pursue(step, standing, facts);
  return move.kind === "send"
    ? `${move.why} ${named(move.variant)}`
    : move.kind === "renew"
      ? "renew"
      : `${move.kind}: ${"what" in move ? move.what : move.because}`;
}

const named = ({ txid }: Variant): string =>
  Object.entries(VARIANTS).find(([, each]) => each.txid === txid)?.[0] ?? "nobody";

// It was sent at 100 and dies at 121: three fees for the 15 blocks until 115, then five and a half for what saves it.
test.each<[string, Case, string | RegExp]>([
  ["nothing was sent", { tip: 100, sent: [] }, "first preorder"],
  ["a quarter of the time is over", { tip: 104, sent: [preorder], mempool: preorder }, /^wait: a block/u],
  ["a third of the time is over", { tip: 105, sent: [preorder], mempool: preorder }, "raise raised"],
  ["raised already", { tip: 105, sent: [preorder, raised], mempool: raised }, /^wait: a block/u],
  ["two thirds", { tip: 110, sent: [preorder, raised], mempool: raised }, "raise raisedAgain"],
  [
    "the last moment for the same hash",
    { tip: 115, sent: [preorder, raised, raisedAgain], mempool: raisedAgain },
    /^wait: a block/u,
  ],
  ["forgotten by the mempool: never for less than before", { tip: 101, sent: [preorder, raised] }, "again raised"],
  ["others pay more by now", { tip: 101, sent: [preorder], mempool: preorder, feeRate: 3 }, "raise raisedAgain"],
  ["others pay more than we can", { tip: 101, sent: [preorder], mempool: preorder, feeRate: 99 }, "raise raisedAgain"],
  ["an older version is in the mempool", { tip: 101, sent: [preorder, raised], mempool: preorder }, "raise raised"],
  ["five blocks left, with keys", { tip: 116, sent: [preorder], mempool: preorder, keys: true }, "renew"],
  [
    "five blocks left, without keys",
    { tip: 116, sent: [preorder], mempool: preorder },
    /^wait: the passphrase.* cancelled at height 119/u,
  ],
  ["two blocks left, without keys", { tip: 119, sent: [preorder], mempool: preorder }, "cancel cancel"],
  ["dead in the mempool, without keys", { tip: 130, sent: [preorder], mempool: preorder }, "cancel cancel"],
  ["dead in the mempool, with keys", { tip: 130, sent: [preorder], mempool: preorder, keys: true }, "renew"],
  ["dead and forgotten: a copy may still be out there", { tip: 130, sent: [preorder] }, "cancel cancel"],
  ["the cancel waits", { tip: 120, sent: [preorder, cancel], mempool: cancel, keys: true }, /^wait: the cancel/u],
  ["too late to begin with", { tip: 116, sent: [] }, /^over: .*nothing was sent/u],
  ["too late to begin with, with keys", { tip: 116, sent: [], keys: true }, /^over: .*nothing was sent/u],
  [
    "of an old journal, dying",
    { tip: 118, sent: [preorder], variants: [preorder], planned: false },
    /^wait: height 121/u,
  ],
  [
    "of an old journal, dead",
    { tip: 121, sent: [preorder], variants: [preorder], planned: false },
    /^over: .*died at height 121/u,
  ],
  [
    "of an old journal, dead in the mempool",
    { tip: 121, sent: [preorder], mempool: preorder, variants: [preorder], planned: false },
    /^wait: a block .*too late/u,
  ],
])("a preorder, %s", (_, given, expected) => {
  if (typeof expected === "string") expect(next(given)).toBe(expected);
  else expect(next(given)).toMatch(expected);
});

const FRESH: Variant = { ...VARIANTS.split, burned: 6400, deathHeight: 140, fee: 1500 };

describe("with a fresh hash", () => {
  const variants = [preorder, raised, raisedAgain, cancel, FRESH];

  test("it takes the place of the old one", () => {
    expect(next({ tip: 118, sent: [preorder], mempool: preorder, variants })).toBe("raise split");
    expect(next({ tip: 118, sent: [preorder], variants })).toBe("again split");
    expect(next({ tip: 118, sent: [preorder, FRESH], mempool: FRESH, variants })).toMatch(/^wait: a block/u);
  });
});

test("an operation that burns nothing is not cancelled: it waits for the passphrase, and is given up when it is gone", () => {
  const update: Variant = { ...preorder, burned: 0 };
  const given = { sent: [update], variants: [update] };
  expect(next({ ...given, tip: 117, mempool: update })).toMatch(/^wait: the passphrase.* dies at height 121/u);
  expect(next({ ...given, tip: 117, mempool: update, keys: true })).toBe("renew");
  expect(next({ ...given, tip: 121, planned: false })).toMatch(/^over/u);
});

test("what carries no hash has no deadline: its fee is raised every four blocks, as far as it was signed", () => {
  const given = { variants: [register, registerRaised], sent: [register], mempool: register };
  expect(next({ ...given, tip: 103 })).toMatch(/^wait/u);
  expect(next({ ...given, tip: 104 })).toBe("raise registerRaised");
  expect(next({ ...given, tip: 900, sent: [register, registerRaised], mempool: registerRaised })).toMatch(/^wait/u);
});
