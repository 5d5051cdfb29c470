import { describe, expect, test } from "vitest";
import type { FollowOptions } from "../../src/spending/follow.ts";
import { lookBack } from "../../src/spending/look-back.ts";
import { anEntry, aStep, type FakeDesk, fakeDesk } from "../support/fake-desk.ts";

const following: FollowOptions = {
  wait: true,
  waiting: () => undefined,
  sleep: () => Promise.reject(new Error("it waits")),
};
const stored = ({ desk }: FakeDesk) => desk.journal.entries().at(-1)?.state;

describe("what ended a few blocks ago", () => {
  const done = anEntry([aStep("single", 1, { deathHeight: 120, sent: { at: "", height: 99 } })], {
    state: "done",
    endedAt: 100,
  });

  test("is sent again after a reorganisation that took it away, and told of", async () => {
    const fake = fakeDesk();
    fake.desk.journal.put(done);
    const notes: string[] = [];
    await lookBack(fake.desk, following, (text) => void notes.push(text));
    expect(fake.sent).toEqual([1]);
    expect(stored(fake)).toBe("sent");
    // Whatever command comes next goes on with it until it ends again.
    fake.say(1, 102);
    fake.judge(1, "accepted");
    await lookBack(fake.desk, following, () => expect.fail("it has ended again"));
    expect(stored(fake)).toBe("done");
    expect(notes).toEqual([expect.stringContaining(`bsk pending resume ${done.id}`)]);
  });

  test("is left alone where it stands, where it is long past, and where it failed for good", async () => {
    for (const [entry, height, status] of [
      [done, 100, 99],
      [done, 112, "unknown"],
      [{ ...done, state: "failed" as const }, 105, 99],
    ] as const) {
      const fake = fakeDesk();
      fake.height = height;
      fake.say(1, status);
      fake.judge(1, entry.state === "done" ? "accepted" : "ignored");
      fake.desk.journal.put(entry);
      await lookBack(fake.desk, following, () => expect.fail("there is nothing to tell"));
      expect([fake.sent, stored(fake)]).toEqual([[], entry.state]);
    }
  });
});
