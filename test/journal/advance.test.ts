import { describe, expect, test } from "vitest";
import type { TransactionStatus } from "../../src/chain/source.ts";
import { advance, type ChainFacts, type OperationVerdict } from "../../src/journal/advance.ts";
import { type Entry, isLive, type JournalTransaction, operationId, registrationId } from "../../src/journal/entry.ts";
import { blockHash, networkId, txid, type Txid } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";

const NETWORK = networkId("11".repeat(32));
const PREORDER = txid("aa".repeat(32));
const REGISTER = txid("bb".repeat(32));

function transaction(role: JournalTransaction["role"], id: Txid, deathHeight: number | null): JournalTransaction {
  return {
    role,
    txid: id,
    raw: "00",
    spends: [],
    returns: [],
    fee: 300,
    burned: role === "preorder" ? 6400 : 0,
    deathHeight,
  };
}

const REGISTRATION: Entry = {
  id: registrationId(NETWORK, "alice.test", "mnyW"),
  networkId: NETWORK,
  kind: "registration",
  subject: "alice.test",
  purpose: "register alice.test",
  owner: "mnyW",
  zonefile: null,
  transactions: [transaction("preorder", PREORDER, 121), transaction("register", REGISTER, null)],
  state: "planned",
  because: null,
  createdAt: "2026-01-01T00:00:00.000Z",
};

const at = (height: number): TransactionStatus => ({
  kind: "confirmed",
  height: blockHeight(height),
  blockHash: blockHash("00".repeat(32)),
});

function facts(
  tipHeight: number,
  statuses: Partial<Record<string, TransactionStatus>>,
  verdicts: Partial<Record<string, OperationVerdict>> = {},
): ChainFacts {
  return {
    tipHeight,
    status: (id) => statuses[id] ?? { kind: "unknown" },
    verdict: (id) => verdicts[id] ?? "accepted",
    preorderConfirmations: 2,
  };
}

describe("a registration", () => {
  test("unknown preorder: sent, again and again until it is seen", () => {
    expect(advance(REGISTRATION, facts(100, {}))).toMatchObject({
      state: "preordered",
      action: { kind: "broadcast", transaction: { txid: PREORDER } },
    });
  });

  test("a split goes out before the preorder that spends it, not again once the preorder is known, and never too late", () => {
    const SPLIT = txid("cc".repeat(32));
    const entry = { ...REGISTRATION, transactions: [transaction("split", SPLIT, null), ...REGISTRATION.transactions] };
    const sends = (tip: number, statuses: Parameters<typeof facts>[1]) => {
      const { action } = advance(entry, facts(tip, statuses));
      return action.kind === "broadcast" ? action.transaction.role : action.kind;
    };
    expect(sends(100, {})).toBe("split");
    expect(advance(entry, facts(100, {})).state).toBe("planned");
    expect(sends(100, { [SPLIT]: { kind: "mempool" } })).toBe("preorder");
    expect(sends(100, { [SPLIT]: at(99) })).toBe("preorder");
    // A source may forget, or never have known, what it did not see itself.
    expect(sends(100, { [PREORDER]: { kind: "mempool" } })).toBe("wait");
    expect(sends(111, { [PREORDER]: at(110) })).toBe("register");
    expect(sends(116, {})).toBe("nothing");
  });

  test("nothing is sent that may confirm when its hash is dead", () => {
    expect(advance(REGISTRATION, facts(115, {})).action.kind).toBe("broadcast");
    for (const tip of [116, 120]) {
      const late = advance(REGISTRATION, facts(tip, {}));
      expect(late).toMatchObject({ state: "failed", action: { kind: "nothing" } });
      expect(late.because).toContain("nothing was sent");
    }
  });

  test("what was sent once and is lost keeps its coins until its hash is dead, and is then given up", () => {
    const sent = { ...REGISTRATION, state: "preordered" as const };
    expect(advance(sent, facts(115, {})).action.kind).toBe("broadcast");
    expect(advance(sent, facts(116, {}))).toMatchObject({ state: "preordered", action: { kind: "wait" } });
    expect(advance(sent, facts(120, {}))).toMatchObject({ state: "preordered", action: { kind: "wait" } });
    const late = advance(sent, facts(121, {}));
    expect(late.state).toBe("failed");
    expect(late.because).toContain("121");
  });

  test("a preorder in the mempool is waited for, also when it is too late", () => {
    const step = advance(REGISTRATION, facts(130, { [PREORDER]: { kind: "mempool" } }));
    expect(step).toMatchObject({ state: "preordered", action: { kind: "wait" } });
  });

  test("the register waits for enough confirmations, then goes out", () => {
    expect(advance(REGISTRATION, facts(110, { [PREORDER]: at(110) })).action.kind).toBe("wait");
    expect(advance(REGISTRATION, facts(111, { [PREORDER]: at(110) })).action).toMatchObject({
      kind: "broadcast",
      transaction: { txid: REGISTER },
    });
  });

  test("a preorder that the network ignored ends it, and the burn is named", () => {
    const step = advance(REGISTRATION, facts(111, { [PREORDER]: at(110) }, { [PREORDER]: "ignored" }));
    expect(step.state).toBe("failed");
    expect(step.because).toContain("6400");
  });

  test("no register goes out on a block that the node has not indexed", () => {
    const step = advance(REGISTRATION, facts(111, { [PREORDER]: at(110) }, { [PREORDER]: "not-indexed" }));
    expect(step.action.kind).toBe("wait");
  });

  test("confirmed and accepted: done; confirmed and ignored: failed", () => {
    const confirmed = { [PREORDER]: at(110), [REGISTER]: at(112) };
    expect(advance(REGISTRATION, facts(112, confirmed)).state).toBe("done");
    expect(advance(REGISTRATION, facts(112, confirmed, { [REGISTER]: "ignored" })).state).toBe("failed");
  });

  test("a reorg that removes the preorder puts the entry back", () => {
    const before = { ...REGISTRATION, state: "preorder-confirmed" as const };
    expect(advance(before, facts(111, { [PREORDER]: { kind: "mempool" } })).state).toBe("preordered");
  });
});

describe("a single operation", () => {
  const single: Entry = { ...REGISTRATION, kind: "operation", transactions: [transaction("single", PREORDER, 121)] };

  test("sent, waited for, done", () => {
    expect(advance(single, facts(100, {})).action.kind).toBe("broadcast");
    expect(advance(single, facts(100, { [PREORDER]: { kind: "mempool" } })).state).toBe("sent");
    expect(advance(single, facts(101, { [PREORDER]: at(101) })).state).toBe("done");
  });

  test("a payment is done once it confirms: no rule judges it", () => {
    const payment: Entry = { ...single, kind: "payment", transactions: [transaction("single", PREORDER, null)] };
    expect(advance(payment, facts(101, { [PREORDER]: at(101) }, { [PREORDER]: "ignored" })).state).toBe("done");
  });

  test("an entry without its transaction fails instead of waiting for ever", () => {
    expect(advance({ ...single, transactions: [] }, facts(1, {})).state).toBe("failed");
    expect(advance({ ...REGISTRATION, transactions: [] }, facts(1, {})).state).toBe("failed");
  });
});

test("ids: one per network, name and owner", () => {
  expect(registrationId(NETWORK, "alice.test", "mnyW")).toBe(REGISTRATION.id);
  expect(registrationId(NETWORK, "alice.test", "other")).not.toBe(REGISTRATION.id);
  expect(operationId(NETWORK, PREORDER)).not.toBe(operationId(NETWORK, REGISTER));
  expect(isLive(REGISTRATION)).toBe(true);
  expect(isLive({ ...REGISTRATION, state: "done" })).toBe(false);
});
