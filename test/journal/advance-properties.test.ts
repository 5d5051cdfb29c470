/** Whatever the chain says: nothing is paid twice or in vain, and what lives has something to do or to wait for. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TransactionStatus } from "../../src/chain/source.ts";
import { advance } from "../../src/journal/advance.ts";
import { type Entry, type StepRole, variantsOf } from "../../src/journal/entry.ts";
import { LEAST_BLOCKS_LEFT } from "../../src/journal/pursue.ts";
import { storePlan } from "../../src/journal/stored-plan.ts";
import type { TxPlan } from "../../src/wallet/plan.ts";
import { confirmedAt, factsOf, REGISTRATION, VARIANTS } from "./entries.ts";

const TIP = { min: 90, max: 150 };
const plan = storePlan({} as TxPlan);

/** At most one transaction of a step is anywhere, as on a chain. */
const whereabouts = fc.record({
  which: fc.nat(4),
  status: fc.constantFrom<"confirmed" | "mempool" | "unknown">("confirmed", "mempool", "unknown"),
  height: fc.integer(TIP),
  verdict: fc.constantFrom("accepted" as const, "ignored" as const, "not-indexed" as const),
  fate: fc.constantFrom("unspent" as const, "spent-in-mempool" as const, "spent-in-block" as const, "unknown" as const),
  sent: fc.option(fc.integer(TIP), { nil: null }),
});

const worlds = fc.record({
  tip: fc.integer(TIP),
  steps: fc.tuple(whereabouts, whereabouts, whereabouts),
  refused: fc.boolean(),
  owned: fc.boolean(),
  keysAtHand: fc.boolean(),
  planned: fc.boolean(),
  feeRate: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
  state: fc.constantFrom<Entry["state"]>("planned", "preordered", "preorder-confirmed", "registered", "done", "failed"),
});

test("advance", () => {
  fc.assert(
    fc.property(worlds, ({ tip, steps, refused, owned, keysAtHand, planned, feeRate, state }) => {
      const entry: Entry = {
        ...REGISTRATION,
        state,
        steps: REGISTRATION.steps.map((step, i) => ({
          ...step,
          variants: step.variants.map((each, n) => {
            const { sent, which = 0 } = steps[i] ?? {};
            const wasSent = sent !== null && sent !== undefined && n <= which;
            return { ...each, plan: planned ? plan : null, sent: wasSent ? { at: "", height: sent } : null };
          }),
        })),
      };
      const statuses: Record<string, TransactionStatus> = {};
      const verdicts: Record<string, "accepted" | "ignored" | "not-indexed"> = {};
      const fates: Record<string, "unspent" | "spent-in-mempool" | "spent-in-block" | "unknown"> = {};
      for (const [i, { which, status, height, verdict, fate }] of steps.entries()) {
        const variants = entry.steps[i]?.variants ?? [];
        const variant = variants[which % variants.length];
        if (variant === undefined) continue;
        fates[variants[0]?.txid ?? ""] = fate;
        if (status === "unknown") continue;
        statuses[variant.txid] = status === "mempool" ? { kind: "mempool" } : confirmedAt(Math.min(height, tip));
        verdicts[variant.txid] = verdict;
      }
      const refusal = refused ? "the name is taken" : null;
      const facts = factsOf(tip, statuses, { verdicts, fates, refusal, owned, keysAtHand, feeRate });
      const step = advance(entry, facts);

      const place = (role: StepRole) =>
        entry.steps.find((each) => each.role === role)?.variants.find(({ txid }) => txid in statuses);
      const preordered = place("preorder");
      const isRegistered = (["register", "spare"] as const).some((role) => {
        const found = place(role);
        return found !== undefined && statuses[found.txid]?.kind === "confirmed" && verdicts[found.txid] === "accepted";
      });
      if (isRegistered) expect(step.state).toBe("done");
      if (step.state === "done") expect(isRegistered || owned).toBe(true);
      // What lives has an action, or tells what it waits for; what has ended does nothing more.
      const isOver = step.state === "done" || step.state === "failed";
      expect(step.action.kind === "nothing").toBe(isOver);
      if (step.action.kind === "wait") expect(step.action.what).not.toBe("");
      if (step.state === "failed") expect(step.because).toMatch(/satoshis were paid|nothing was paid/u);
      const confirmed = variantsOf(entry).filter(({ txid }) => statuses[txid]?.kind === "confirmed");
      expect(step.spent.burned).toBe(confirmed.reduce((sum, { burned }) => sum + burned, 0));

      if (step.action.kind === "sign") expect(keysAtHand).toBe(true);
      if (step.action.kind !== "broadcast") return;
      const { variant, role } = step.action;
      expect(statuses[variant.txid]).toBeUndefined();
      const rival = entry.steps.find((each) => each.role === role)?.variants.find(({ txid }) => txid in statuses);
      // Never beside a version that a block holds, never for less than one that waits, never with a coin that is gone.
      if (rival !== undefined) {
        expect(statuses[rival.txid]?.kind).toBe("mempool");
        expect(variant.fee).toBeGreaterThan(rival.fee);
      } else expect(facts.fate(variant.spends[0] ?? expect.fail("it spends"))).not.toBe("spent-in-block");
      if (role === "preorder" && variant.does === "operation") {
        expect((variant.deathHeight ?? 0) - tip).toBeGreaterThanOrEqual(LEAST_BLOCKS_LEFT);
        expect(
          refused && variant.sent === null && rival === undefined && !entry.steps[0]?.variants.some(({ sent }) => sent),
        ).toBe(false);
      }
      if (role === "register" || role === "spare") {
        expect(preordered?.does).toBe("operation");
        expect(verdicts[preordered?.txid ?? ""]).toBe("accepted");
        expect(variant).not.toBe(VARIANTS.cancel);
        // A raise of what waits is still sent: it costs its fee in any case. A first one is not.
        if (rival === undefined) expect(refused).toBe(false);
      }
    }),
    { numRuns: 3000 },
  );
});
