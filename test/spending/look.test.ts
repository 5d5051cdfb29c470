import { expect, test } from "vitest";
import { factsOf } from "../../src/spending/look.ts";
import { anEntry, aStep, aVariant, fakeDesk } from "../support/fake-desk.ts";

const COIN = { txid: aVariant(9).txid, index: 0 };

test("as long as the first coin of a step is unspent, no version of it is looked for", async () => {
  const fake = fakeDesk();
  const asked: string[] = [];
  const transactionStatus: typeof fake.desk.source.transactionStatus = (txid) => {
    asked.push(txid);
    return fake.desk.source.transactionStatus(txid);
  };
  const step = {
    role: "single" as const,
    variants: [aVariant(1, { spends: [COIN] }), aVariant(2, { spends: [COIN] })],
  };
  const desk = { ...fake.desk, source: { ...fake.desk.source, transactionStatus } };
  const facts = await factsOf(anEntry([step]), desk, true);
  expect(asked).toEqual([]);
  expect(facts.fate(COIN)).toBe("unspent");
});

test("of a spent coin, the version that spends it is found, or who else has it is told", async () => {
  const fake = fakeDesk();
  const outpointFate = () => Promise.resolve("spent-in-mempool" as const);
  const desk = { ...fake.desk, source: { ...fake.desk.source, outpointFate } };
  const step = {
    role: "single" as const,
    variants: [aVariant(1, { spends: [COIN] }), aVariant(2, { spends: [COIN] })],
  };
  fake.say(2, "mempool");
  const found = await factsOf(anEntry([step]), desk, true);
  expect([found.status(aVariant(1).txid).kind, found.status(aVariant(2).txid).kind]).toEqual(["unknown", "mempool"]);
  fake.say(2, "unknown");
  expect((await factsOf(anEntry([step]), desk, true)).fate(COIN)).toBe("spent-in-mempool");
});

test("keys are at hand only where the process has them and may use them", async () => {
  const entry = anEntry([aStep("single", 1)]);
  const { desk } = fakeDesk({ canSign: () => true });
  expect((await factsOf(entry, desk, true)).keysAtHand).toBe(true);
  expect((await factsOf(entry, desk, false)).keysAtHand).toBe(false);
  expect((await factsOf(entry, fakeDesk().desk, true)).keysAtHand).toBe(false);
});

test("the rate that its user set is the usual one", async () => {
  const { desk } = fakeDesk();
  expect((await factsOf(anEntry([aStep("single", 1)]), { ...desk, feeRate: 7 }, true)).feeRate).toBe(7);
});
