import { describe, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import type { Entry } from "../../src/journal/entry.ts";
import { networkOf } from "../../src/protocol/network-definition.ts";
import type { Intent } from "../../src/spending/carry-out.ts";
import { beginOnce } from "../../src/spending/begin-once.ts";
import { type Interaction, perform } from "../../src/spending/perform.ts";
import { liveRegistration } from "../../src/spending/registration.ts";
import { name } from "../../src/primitives/name.ts";
import { anEntry, aStep, fakeDesk } from "../support/fake-desk.ts";
import { OWNER, REGTEST } from "../support/fake-node.ts";

const INTENT: Intent = {
  kind: "operation",
  subject: "alice.test",
  purpose: "update alice.test",
  owner: null,
  zonefile: null,
};
const noPlan = () => Promise.reject(new Error("nothing is to be planned"));

function interaction(dryRun = false) {
  const notes: string[] = [];
  const value: Interaction = {
    dryRun,
    confirm: () => Promise.reject(new Error("nobody is to be asked")),
    note: (text) => void notes.push(text),
    following: { wait: false, waiting: () => undefined, sleep: () => Promise.reject(new Error("no waiting")) },
  };
  return { value, notes };
}

describe("the same wish that is under way", () => {
  test("is continued: no plan, no question, no passphrase, no lock", async () => {
    const fake = fakeDesk();
    fake.desk.journal.begin(anEntry([aStep("single", 1)]));
    const { value, notes } = interaction();
    expect(await perform(INTENT, noPlan, fake.desk, value)).toMatchObject({ state: "sent" });
    expect(fake.sent).toEqual([1]);
    expect(fake.asked).toEqual([]);
    expect(notes.join()).toContain("already under way since 2026-01-01");
  });

  test("a dry run tells where it stands, and sends nothing", async () => {
    const fake = fakeDesk();
    fake.desk.journal.begin(anEntry([aStep("single", 1)]));
    expect(await perform(INTENT, noPlan, fake.desk, interaction(true).value)).toMatchObject({ state: "planned" });
    expect(fake.sent).toEqual([]);
  });

  test("another wish, or one that ended, is none of it", async () => {
    const fake = fakeDesk();
    fake.desk.journal.begin(anEntry([aStep("single", 1)], { purpose: "revoke alice.test" }));
    fake.desk.journal.begin(anEntry([aStep("single", 2)], { state: "done" }));
    fake.desk.journal.begin(anEntry([aStep("single", 3)], { state: "failed" }));
    await expect(perform(INTENT, noPlan, fake.desk, interaction().value)).rejects.toThrow("nothing is to be planned");
    expect(fake.asked).toEqual(["alone"]);
  });

  test("begun by another process while this one waited for the lock: continued, not begun again", async () => {
    const fake = fakeDesk();
    const find = (): Entry | null => fake.desk.journal.live()[0] ?? null;
    const alone = <T>(work: () => Promise<T>): Promise<T> => {
      fake.desk.journal.begin(anEntry([aStep("single", 1)]));
      return work();
    };
    const begin = () => Promise.reject(new Error("begun twice"));
    expect(await beginOnce(find, begin, { ...fake.desk, alone }, interaction().value)).toMatchObject({ state: "sent" });
    expect(fake.desk.journal.entries()).toHaveLength(1);
  });
});

test("on a network that has ended nothing is begun, and nothing is continued", async () => {
  const network = networkOf({ ...REGTEST, name: "ended", endHeight: 101 });
  const fake = fakeDesk({ network });
  await expect(perform(INTENT, noPlan, fake.desk, interaction().value)).rejects.toMatchObject({
    kind: "rejected",
    rule: "chain-ended",
  });
  expect(fake.asked).toEqual([]);
  // One block before its end it lives.
  const earlier = fakeDesk({ network });
  earlier.height = 99;
  await expect(perform(INTENT, noPlan, earlier.desk, interaction().value)).rejects.toThrow("nothing is to be planned");
});

describe("the live registration of a name", () => {
  const ALICE = name("alice.test");
  const entry = anEntry([aStep("preorder", 1), aStep("register", 2)], {
    kind: "registration",
    owner: OWNER,
    zonefile: "AQI=",
  });
  const request = { name: ALICE, owner: null, zonefile: null };

  test("is found by its name alone, since each new wish would have a fresh owner", () => {
    const { desk } = fakeDesk();
    expect(liveRegistration(desk, request)).toBeNull();
    desk.journal.begin(entry);
    expect(liveRegistration(desk, request)).toEqual(entry);
    expect(liveRegistration(desk, { ...request, owner: OWNER, zonefile: Uint8Array.of(1, 2) })).toEqual(entry);
    expect(liveRegistration(desk, { ...request, name: name("bob.test") })).toBeNull();
    desk.journal.put({ ...entry, state: "done" });
    expect(liveRegistration(desk, request)).toBeNull();
  });

  test("is not silently taken for one with another owner or zone file", () => {
    const { desk } = fakeDesk();
    desk.journal.begin(entry);
    const other = "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r" as typeof OWNER;
    for (const wish of [{ owner: other }, { zonefile: Uint8Array.of(1) }]) {
      const ask = () => liveRegistration(desk, { ...request, ...wish });
      expect(ask).toThrow(BskError);
      expect(ask).toThrow(/that is under way has another/u);
    }
  });
});
