import { describe, expect, test } from "vitest";
import type { OutpointFate, TransactionStatus } from "../../src/chain/source.ts";
import { advance } from "../../src/journal/advance.ts";
import { isLive, isWatched, operationId, registrationId } from "../../src/journal/entry.ts";
import { factsOf, networkFor as NETWORK, REGISTRATION, VARIANTS, confirmedAt } from "./entries.ts";

const { preorder, raised, cancel, register, registerRaised, spare, split } = VARIANTS;
const mempool: TransactionStatus = { kind: "mempool" };
const sentAt = (height: number) => ({ at: "2026-01-01T00:00:00.000Z", height });

/** The registration, with these variants sent at a height. */
function sent(...txids: readonly { readonly txid: string }[]) {
  const known = new Set(txids.map(({ txid }) => txid));
  return {
    ...REGISTRATION,
    state: "preordered" as const,
    steps: REGISTRATION.steps.map((step) => ({
      ...step,
      variants: step.variants.map((each) => (known.has(each.txid) ? { ...each, sent: sentAt(100) } : each)),
    })),
  };
}

describe("a registration", () => {
  test("nobody has the preorder: it is sent, and again until it is seen", () => {
    const first = advance(REGISTRATION, factsOf(100, {}));
    expect(first).toMatchObject({
      state: "preordered",
      action: { kind: "broadcast", role: "preorder", why: "first", variant: { txid: preorder.txid } },
    });
    const again = advance(sent(preorder), factsOf(101, {}));
    expect(again.action).toMatchObject({ kind: "broadcast", why: "again", variant: { txid: preorder.txid } });
  });

  test("coins that have to be made first go first", () => {
    const { steps } = REGISTRATION;
    const entry = { ...REGISTRATION, steps: [{ role: "split" as const, variants: [split] }, ...steps] };
    expect(advance(entry, factsOf(100, {})).action).toMatchObject({ kind: "broadcast", role: "split" });
    expect(advance(entry, factsOf(100, { [split.txid]: mempool })).action).toMatchObject({ role: "preorder" });
    const taken = factsOf(100, {}, { fates: { [split.txid]: "spent-in-block" } });
    expect(advance(entry, taken)).toMatchObject({ state: "failed" });
  });

  test("the register waits for enough confirmations, then goes out", () => {
    expect(advance(REGISTRATION, factsOf(110, { [preorder.txid]: confirmedAt(110) })).action.kind).toBe("wait");
    expect(advance(REGISTRATION, factsOf(111, { [preorder.txid]: confirmedAt(110) }))).toMatchObject({
      state: "preorder-confirmed",
      action: { kind: "broadcast", role: "register", variant: { txid: register.txid } },
    });
  });

  test("whichever version of the preorder confirms, it counts", () => {
    for (const { txid } of [preorder, raised]) {
      const step = advance(sent(preorder, raised), factsOf(111, { [txid]: confirmedAt(110) }));
      expect(step).toMatchObject({ state: "preorder-confirmed", spent: { burned: 6400 } });
    }
  });

  test("a preorder that the network ignored ends it, and the burn is named", () => {
    const facts = factsOf(111, { [preorder.txid]: confirmedAt(110) }, { verdicts: { [preorder.txid]: "ignored" } });
    const step = advance(sent(preorder), facts);
    expect(step).toMatchObject({ state: "failed", spent: { fees: preorder.fee, burned: 6400 } });
    expect(step.because).toContain("the burn of 6400 satoshis is gone");
  });

  test("a cancel that confirms ends it, and nothing is burned", () => {
    const step = advance(sent(preorder, cancel), factsOf(125, { [cancel.txid]: confirmedAt(124) }));
    expect(step).toMatchObject({ state: "failed", spent: { fees: cancel.fee, burned: 0 } });
    expect(step.because).toContain("nothing was burned");
  });

  test("no register goes out on a block that the node has not indexed", () => {
    const facts = factsOf(111, { [preorder.txid]: confirmedAt(110) }, { verdicts: { [preorder.txid]: "not-indexed" } });
    expect(advance(REGISTRATION, facts)).toMatchObject({ state: "preordered", action: { kind: "wait" } });
  });

  test("a register that confirms and is accepted is the end; one that is not indexed yet is waited for", () => {
    const confirmed = { [preorder.txid]: confirmedAt(110), [register.txid]: confirmedAt(112) };
    expect(advance(REGISTRATION, factsOf(112, confirmed)).state).toBe("done");
    const facts = factsOf(112, confirmed, { verdicts: { [register.txid]: "not-indexed" } });
    expect(advance(REGISTRATION, facts)).toMatchObject({ state: "registered", action: { kind: "wait" } });
  });

  test("a register that was refused for a collision is followed by the spare one, and that by another", () => {
    const statuses = { [preorder.txid]: confirmedAt(110), [register.txid]: confirmedAt(112) };
    const verdicts = { [register.txid]: "ignored" } as const;
    expect(advance(REGISTRATION, factsOf(112, statuses, { verdicts })).action).toMatchObject({
      kind: "broadcast",
      role: "spare",
      variant: { txid: spare.txid },
    });
    const both = { ...statuses, [spare.txid]: confirmedAt(113) };
    const ignored = { ...verdicts, [spare.txid]: "ignored" } as const;
    const more = factsOf(113, both, { verdicts: ignored, keysAtHand: true });
    expect(advance(REGISTRATION, more).action).toEqual({ kind: "sign", what: "register", role: "spare" });
    const asked = advance(REGISTRATION, factsOf(113, both, { verdicts: ignored }));
    expect(asked.action).toMatchObject({ kind: "wait", what: expect.stringContaining("passphrase") });
    const won = factsOf(113, both, { verdicts });
    expect(advance(REGISTRATION, won)).toMatchObject({
      state: "done",
      spent: { fees: preorder.fee + register.fee + spare.fee },
    });
  });

  test("a register whose coin is gone is followed by the spare one", () => {
    const facts = factsOf(112, { [preorder.txid]: confirmedAt(110) }, { fates: { [register.txid]: "spent-in-block" } });
    expect(advance(REGISTRATION, facts).action).toMatchObject({ role: "spare" });
  });

  test("a name that somebody else got first: no register is sent, and the money's fate is told", () => {
    const refusal = '"alice.test" is registered';
    const step = advance(sent(preorder), factsOf(112, { [preorder.txid]: confirmedAt(110) }, { refusal }));
    expect(step.state).toBe("failed");
    expect(step.because).toBe(
      `${refusal}; fees of ${preorder.fee} satoshis were paid, the burn of 6400 satoshis is gone, and all other coins are free`,
    );
  });

  test("a name that is ours by a register that the journal does not know is done", () => {
    expect(advance(sent(preorder), factsOf(112, { [preorder.txid]: confirmedAt(110) }, { owned: true })).state).toBe(
      "done",
    );
  });

  test("a name that is lost while the preorder waits: the burn is taken back", () => {
    const lost = { refusal: '"alice.test" is registered' };
    const step = advance(sent(preorder), factsOf(105, { [preorder.txid]: mempool }, lost));
    expect(step.action).toMatchObject({ kind: "broadcast", why: "cancel", variant: { txid: cancel.txid } });
    expect(advance(REGISTRATION, factsOf(105, {}, lost))).toMatchObject({ state: "failed" });
  });

  test("a coin of the preorder that another transaction spent: failed once a block holds that, waited for before", () => {
    const fate = (of: OutpointFate) => factsOf(105, {}, { fates: { [preorder.txid]: of } });
    expect(advance(sent(preorder), fate("spent-in-mempool")).action.kind).toBe("wait");
    expect(advance(sent(preorder), fate("spent-in-block"))).toMatchObject({ state: "failed", spent: { burned: 0 } });
  });

  test("a reorganisation puts it back, whatever the journal said", () => {
    const done = { ...sent(preorder, register), state: "done" as const };
    expect(advance(done, factsOf(111, { [preorder.txid]: mempool })).state).toBe("preordered");
    const gone = factsOf(102, { [preorder.txid]: confirmedAt(101) });
    expect(advance(done, gone)).toMatchObject({
      action: { kind: "broadcast", why: "again", variant: { txid: register.txid } },
    });
  });

  test("a register that waits long is sent again for more", () => {
    const entry = sent(preorder, register);
    const at = (tip: number) =>
      advance(entry, factsOf(tip, { [preorder.txid]: confirmedAt(99), [register.txid]: mempool })).action;
    expect(at(103).kind).toBe("wait");
    expect(at(104)).toMatchObject({ kind: "broadcast", why: "raise", variant: { txid: registerRaised.txid } });
  });
});

describe("a single operation", () => {
  const single = {
    ...REGISTRATION,
    kind: "operation" as const,
    steps: [{ role: "single" as const, variants: [preorder] }],
  };

  test("sent, waited for, done", () => {
    expect(advance(single, factsOf(100, {})).action.kind).toBe("broadcast");
    expect(advance(single, factsOf(100, { [preorder.txid]: mempool })).state).toBe("sent");
    expect(advance(single, factsOf(101, { [preorder.txid]: confirmedAt(101) })).state).toBe("done");
  });

  test("a payment is done once it confirms: no rule judges it", () => {
    const payment = { ...single, kind: "payment" as const };
    const facts = factsOf(101, { [preorder.txid]: confirmedAt(101) }, { verdicts: { [preorder.txid]: "ignored" } });
    expect(advance(payment, facts).state).toBe("done");
  });

  test("a child is sent again as long as its parent waits", () => {
    const child = { ...spare, spends: [{ txid: preorder.txid, index: 1 }] };
    const entry = { ...single, steps: [...single.steps, { role: "child" as const, variants: [child] }] };
    const waiting = factsOf(100, { [preorder.txid]: mempool });
    expect(advance(entry, waiting).action).toMatchObject({ kind: "broadcast", role: "child" });
    expect(advance(entry, factsOf(101, { [preorder.txid]: confirmedAt(101) })).state).toBe("done");
  });

  test("an entry without its transaction fails instead of waiting for ever", () => {
    expect(advance({ ...single, steps: [] }, factsOf(1, {})).state).toBe("failed");
    expect(advance({ ...REGISTRATION, steps: [] }, factsOf(1, {})).state).toBe("failed");
  });
});

test("ids: one per network, name and owner; an ended entry is watched for some blocks", () => {
  expect(registrationId(NETWORK, "alice.test", "mnyW")).toBe(REGISTRATION.id);
  expect(registrationId(NETWORK, "alice.test", "other")).not.toBe(REGISTRATION.id);
  expect(operationId(NETWORK, preorder.txid)).not.toBe(operationId(NETWORK, register.txid));
  expect(isLive(REGISTRATION)).toBe(true);
  const done = { ...REGISTRATION, state: "done" as const, endedAt: 100 };
  expect([isLive(done), isWatched(done, 111), isWatched(done, 112)]).toEqual([false, true, false]);
});
