import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { follow, type FollowOptions } from "../../src/spending/follow.ts";
import { anEntry, aStep, type FakeDesk, fakeDesk } from "../support/fake-desk.ts";

const UPDATE = aStep("single", 1, { deathHeight: 120 });
const ZONEFILE = fromUtf8("$ORIGIN alice.test\n");
const withFile = { zonefile: Buffer.from(ZONEFILE).toString("base64") };
const PREORDER = aStep("preorder", 2, { deathHeight: 120, burned: 5000 });
const REGISTER = aStep("register", 3);
const registration = anEntry([PREORDER, REGISTER], { kind: "registration", purpose: "register alice.test" });

/** Waits by a script: each wait runs the next step, and one more wait than steps is an error. */
function options(steps: readonly (() => void)[], more: Partial<FollowOptions> = {}) {
  const waited: string[] = [];
  const rest = [...steps];
  const following: FollowOptions = {
    wait: true,
    waiting: (what) => void waited.push(what),
    sleep: () => {
      const step = rest.shift();
      if (step === undefined) return Promise.reject(new Error("it waits for ever"));
      step();
      return Promise.resolve();
    },
    ...more,
  };
  return { following, waited, left: () => rest.length };
}

const stored = ({ desk }: FakeDesk) => desk.journal.entries().at(-1)?.state;

describe("one operation", () => {
  test("is sent once, waited for, and its zone file handed in when the node has accepted it", async () => {
    const fake = fakeDesk();
    const states: unknown[] = [];
    const steps = [
      () => void states.push(stored(fake)),
      () => {
        fake.say(1, 101);
      },
      () => {
        expect(fake.published).toEqual([]);
        fake.judge(1, "accepted");
      },
    ];
    const { following, waited, left } = options(steps);
    expect(await follow(anEntry([UPDATE], withFile), fake.desk, following)).toMatchObject({ state: "done" });
    expect(fake.sent).toEqual([1]);
    expect(fake.published).toEqual([ZONEFILE]);
    expect(states).toEqual(["sent"]);
    expect(stored(fake)).toBe("done");
    expect(waited).toEqual(["the operation to confirm", "the node to index the block of the operation"]);
    expect(left()).toBe(0);
  });

  test("that the network forgets is sent again", async () => {
    const fake = fakeDesk();
    const steps = [
      () => {
        fake.say(1, "unknown");
      },
      () => {
        fake.say(1, 103);
        fake.judge(1, "accepted");
      },
    ];
    await follow(anEntry([UPDATE]), fake.desk, options(steps).following);
    expect(fake.sent).toEqual([1, 1]);
  });

  test("that the source does not show yet is not sent in a hurry: there is a pause between two attempts", async () => {
    const fake = fakeDesk({}, { lag: true });
    const steps = [
      () => {
        expect(fake.sent).toEqual([1]);
      },
      () => {
        expect(fake.sent).toEqual([1, 1]);
        fake.say(1, 103);
        fake.judge(1, "accepted");
      },
    ];
    await follow(anEntry([UPDATE]), fake.desk, options(steps).following);
    expect(fake.sent).toEqual([1, 1]);
    const unwaited = fakeDesk({}, { lag: true });
    await follow(anEntry([UPDATE]), unwaited.desk, options([], { wait: false }).following);
    expect(unwaited.sent).toEqual([1]);
  });

  test("that the network ignored is a refusal that says so, and the journal keeps it", async () => {
    const fake = fakeDesk();
    fake.say(1, 101);
    fake.judge(1, "ignored");
    const error: unknown = await follow(anEntry([UPDATE], withFile), fake.desk, options([]).following).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(BskError);
    expect(error).toMatchObject({ kind: "rejected", rule: "not-accepted" });
    expect(stored(fake)).toBe("failed");
    expect(fake.published).toEqual([]);
  });

  test.each([115, 120, 200])(
    "whose consensus hash is dead or dying at height %i is given up, unsent",
    async (height) => {
      const fake = fakeDesk();
      fake.height = height;
      await expect(follow(anEntry([UPDATE]), fake.desk, options([]).following)).rejects.toMatchObject({
        kind: "rejected",
      });
      expect(fake.sent).toEqual([]);
      expect(stored(fake)).toBe("failed");
    },
  );

  test("whose consensus hash lives long enough is sent", async () => {
    const earlier = fakeDesk();
    earlier.height = 114;
    await follow(anEntry([UPDATE]), earlier.desk, options([], { wait: false }).following);
    expect(earlier.sent).toEqual([1]);
  });

  /** A source that fails so many times to say where a transaction is. */
  function failing(fake: FakeDesk, times: number) {
    let left = times;
    const transactionStatus: typeof fake.desk.source.transactionStatus = (of) =>
      left-- > 0 ? Promise.reject(new BskError("machine", "no answer")) : fake.desk.source.transactionStatus(of);
    return { ...fake.desk, source: { ...fake.desk.source, transactionStatus } };
  }

  test("a short outage is waited out", async () => {
    const fake = fakeDesk();
    fake.say(1, 101);
    fake.judge(1, "accepted");
    const { following, waited } = options(Array.from({ length: 20 }, () => () => undefined));
    expect(await follow(anEntry([UPDATE]), failing(fake, 20), following)).toMatchObject({ state: "done" });
    expect(waited.at(-1)).toBe("an answer: no answer");
  });

  test("a long one ends it, as any outage does where nobody waits; the journal keeps the entry", async () => {
    for (const [times, wait] of [
      [21, true],
      [1, false],
    ] as const) {
      const fake = fakeDesk();
      const entry = anEntry([UPDATE]);
      fake.desk.journal.begin(entry);
      const { following } = options(
        Array.from({ length: 20 }, () => () => undefined),
        { wait },
      );
      await expect(follow(entry, failing(fake, times), following)).rejects.toMatchObject({ kind: "machine" });
      expect(fake.desk.journal.live()).toHaveLength(1);
    }
  });

  test("what is no outage is not waited out", async () => {
    const fake = fakeDesk();
    const source = { ...fake.desk.source, broadcast: () => Promise.reject(new BskError("rejected", "bad-txns")) };
    await expect(follow(anEntry([UPDATE]), { ...fake.desk, source }, options([]).following)).rejects.toMatchObject({
      kind: "rejected",
    });
  });
});

describe("a registration", () => {
  test("the register goes out when the node has accepted the confirmed preorder, not before", async () => {
    const fake = fakeDesk();
    const steps = [
      () => {
        fake.say(2, 101);
        fake.height = 101;
      },
      () => {
        expect(fake.sent).toEqual([2]);
        fake.judge(2, "accepted");
      },
      () => {
        expect(fake.sent).toEqual([2, 3]);
        fake.say(3, 102);
        fake.judge(3, "accepted");
      },
    ];
    expect(await follow(registration, fake.desk, options(steps).following)).toMatchObject({ state: "done" });
    expect(fake.sent).toEqual([2, 3]);
  });

  test("a preorder that the network ignored: the register is never sent, and the loss is named", async () => {
    const fake = fakeDesk();
    fake.say(2, 101);
    fake.judge(2, "ignored");
    await expect(follow(registration, fake.desk, options([]).following)).rejects.toThrow(/burn of 5000 satoshis/u);
    expect(fake.sent).toEqual([]);
  });

  test("a preorder that a reorganisation took away is sent again before anything else", async () => {
    const fake = fakeDesk();
    fake.say(3, "unknown");
    const entry = { ...registration, state: "registered" } as const;
    await follow(entry, fake.desk, options([], { wait: false }).following);
    expect(fake.sent).toEqual([2]);
    expect(stored(fake)).toBe("preordered");
  });

  describe("until the preorder is confirmed", () => {
    const until = "preorder-confirmed";

    test("returns then, with the register unsent", async () => {
      const fake = fakeDesk();
      fake.say(2, 100);
      fake.judge(2, "accepted");
      const entry = await follow(registration, fake.desk, options([], { until }).following);
      expect(entry.state).toBe("preorder-confirmed");
      expect(fake.sent).toEqual([]);
    });

    test("returns at once where the register is on its way already", async () => {
      const fake = fakeDesk();
      fake.say(2, 100);
      fake.judge(2, "accepted");
      fake.say(3, "mempool");
      const entry = await follow(registration, fake.desk, options([], { until }).following);
      expect(entry.state).toBe("registered");
    });
  });
});
