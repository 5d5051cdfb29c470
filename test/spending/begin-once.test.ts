import { describe, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { beginOnce, isSameSpending, type Proposal } from "../../src/spending/begin-once.ts";
import type { Interaction } from "../../src/spending/perform.ts";
import type { Receipt } from "../../src/spending/receipt.ts";
import type { TxPlan } from "../../src/wallet/plan.ts";
import { anEntry, aStep, fakeDesk } from "../support/fake-desk.ts";
import { anyScript, coin } from "../wallet/purse.ts";

/** A plan as far as comparing needs it. */
function plan(coinId: number, value: bigint, payload = "6a01"): TxPlan {
  return {
    purpose: "payment",
    inputs: [coin(coinId, 1000, anyScript(1))],
    outputs: [
      { role: "data", script: payload, value: 0n },
      { role: "change", script: anyScript(1), value },
    ],
  } as unknown as TxPlan;
}

const RECEIPT: Receipt = { purpose: "p", subject: "s", owner: null, state: "done", transactions: [] };

/** Plans that follow each other as the coins change; what happened, in order. */
function world(plans: readonly TxPlan[], options: Partial<Interaction> = {}) {
  const happened: string[] = [];
  const say = (what: string) => void happened.push(what);
  const fake = fakeDesk({
    alone: async (work) => {
      say("lock");
      const result = await work();
      say("unlock");
      return result;
    },
    unlock: () => {
      say("passphrase");
      return Promise.resolve(() => undefined);
    },
  });
  let next = 0;
  const prepare = (): Promise<Proposal | Receipt> => {
    const made = plans[Math.min(next++, plans.length - 1)]!;
    return Promise.resolve({
      plans: [made],
      receipt: () => Promise.resolve({ ...RECEIPT, state: "dry-run" }),
      begin: () => {
        say(`begin with ${made.inputs[0]?.txid.slice(0, 2) ?? ""}`);
        return Promise.resolve(fake.desk.journal.begin(anEntry([aStep("single", 1)])));
      },
    });
  };
  const interaction: Interaction = {
    dryRun: false,
    asks: true,
    confirm: ([shown]) => {
      say(`ask about ${shown?.inputs[0]?.txid.slice(0, 2) ?? ""}`);
      return Promise.resolve();
    },
    note: say,
    following: { wait: false, waiting: () => undefined, sleep: () => Promise.reject(new Error("no waiting")) },
    ...options,
  };
  const run = (using: typeof prepare | (() => Promise<Receipt>) = prepare) =>
    beginOnce(() => fake.desk.journal.live()[0] ?? null, using, fake.desk, interaction);
  return { run, happened, fake };
}

describe("a person is asked", () => {
  test("for the answer and the passphrase while nobody holds the wallet", async () => {
    const { run, happened } = world([plan(1, 5n)]);
    expect(await run()).toMatchObject({ state: "sent" });
    expect(happened).toEqual(["ask about 01", "passphrase", "lock", "begin with 01", "unlock"]);
  });

  test("again where the coins are others by then, and nothing is begun without that", async () => {
    const { run, happened } = world([plan(1, 5n), plan(2, 5n), plan(2, 5n), plan(2, 5n)]);
    await run();
    expect(happened).toEqual([
      "ask about 01",
      "passphrase",
      "lock",
      "coins or amounts have changed since: look again",
      "unlock",
      "ask about 02",
      "passphrase",
      "lock",
      "begin with 02",
      "unlock",
    ]);
  });

  test("a no leaves the wallet alone", async () => {
    const no = () => Promise.reject(new BskError("cancelled", "the answer was no"));
    const { run, happened, fake } = world([plan(1, 5n)], { confirm: no });
    await expect(run()).rejects.toMatchObject({ kind: "cancelled" });
    expect(happened).toEqual([]);
    expect(fake.desk.journal.entries()).toEqual([]);
  });

  test("where another process began it while the person thought, its entry is continued", async () => {
    const { run, happened, fake } = world([plan(1, 5n)], {
      confirm: () => Promise.resolve(void fake.desk.journal.begin(anEntry([aStep("single", 9)]))),
    });
    expect(await run()).toMatchObject({ state: "sent" });
    expect(fake.sent).toEqual([9]);
    expect(happened.some((what) => what.startsWith("begin"))).toBe(false);
  });
});

test("nobody is asked: planned and begun under one lock", async () => {
  const { run, happened } = world([plan(1, 5n)], { asks: false });
  await run();
  expect(happened).toEqual(["lock", "ask about 01", "begin with 01", "unlock"]);
});

test("a dry run ends with its receipt, and nothing to do with that of what is done", async () => {
  const dry = world([plan(1, 5n)], { dryRun: true });
  expect(await dry.run()).toMatchObject({ state: "dry-run" });
  expect(dry.happened).not.toContain("passphrase");
  const done = world([]);
  expect(await done.run(() => Promise.resolve(RECEIPT))).toBe(RECEIPT);
  expect(done.happened).toEqual([]);
});

test("the same coins for the same outputs; a newer consensus hash in the payload is the same", () => {
  expect(isSameSpending([plan(1, 5n)], [plan(1, 5n, "6a02")])).toBe(true);
  expect(isSameSpending([plan(1, 5n)], [plan(2, 5n)])).toBe(false);
  expect(isSameSpending([plan(1, 5n)], [plan(1, 6n)])).toBe(false);
  expect(isSameSpending([plan(1, 5n)], [plan(1, 5n), plan(2, 5n)])).toBe(false);
});
