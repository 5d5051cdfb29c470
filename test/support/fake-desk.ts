/** Parts of a desk without an outside: a chain that a test moves by hand, a node that says what it is told to. */
import type { TransactionStatus } from "../../src/chain/source.ts";
import type { OperationVerdict } from "../../src/journal/facts.ts";
import { type Entry, type EntryStep, operationId, type Variant } from "../../src/journal/entry.ts";
import { openJournal } from "../../src/journal/store.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { blockHash, type Txid, txid } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { Desk } from "../../src/spending/desk.ts";
import { fakeNode, REGTEST } from "./fake-node.ts";

const idOf = (n: number): Txid => txid(n.toString(16).padStart(2, "0").repeat(32));

/** A signed transaction; `id` is the byte that its txid repeats, and its one byte of serialization. */
export function aVariant(id: number, changes: Partial<Variant> = {}): Variant {
  return {
    txid: idOf(id),
    raw: toHex(Uint8Array.of(id)),
    does: "operation",
    spends: [],
    returns: [],
    fee: 100,
    size: 100,
    burned: 0,
    deathHeight: null,
    plan: null,
    sent: null,
    ...changes,
  };
}

/** A step with one variant. */
export function aStep(role: EntryStep["role"], id: number, changes: Partial<Variant> = {}): EntryStep {
  return { role, variants: [aVariant(id, changes)] };
}

export function anEntry(steps: readonly EntryStep[], changes: Partial<Entry> = {}): Entry {
  const first = steps[0]?.variants[0];
  return {
    id: operationId(REGTEST.id, first?.txid ?? idOf(0)),
    networkId: REGTEST.id,
    kind: "operation",
    subject: "alice.test",
    purpose: "update alice.test",
    owner: null,
    zonefile: null,
    steps,
    state: "planned",
    because: null,
    spent: { fees: 0, burned: 0 },
    endedAt: null,
    earlier: [],
    createdAt: "2026-01-01T00:00:00.000Z",
    ...changes,
  };
}

export interface FakeDesk {
  readonly desk: Desk;
  /** Bytes of what was broadcast, in order. */
  readonly sent: number[];
  /** Zone files that were handed in. */
  readonly published: Uint8Array[];
  /** What happened to the passphrase, the lock, the addresses. */
  readonly asked: string[];
  /** What the chain says of the transaction with this byte. */
  say(id: number, status: "unknown" | "mempool" | number): void;
  /** What the node says of it. */
  judge(id: number, verdict: OperationVerdict): void;
  height: number;
}

/** Broadcast puts a transaction into the mempool, unless `lag` says that the source shows it later. */
export function fakeDesk(changes: Partial<Desk> = {}, { lag = false } = {}): FakeDesk {
  const statuses = new Map<Txid, TransactionStatus>();
  const verdicts = new Map<Txid, OperationVerdict>();
  const refuse = (what: string) => () => Promise.reject(new Error(`this desk has no ${what}`));
  const fake = {
    sent: [] as number[],
    published: [] as Uint8Array[],
    asked: [] as string[],
    height: 100,
    say: (id: number, status: "unknown" | "mempool" | number): void => {
      statuses.set(
        idOf(id),
        typeof status === "number"
          ? { kind: "confirmed", height: blockHeight(status), blockHash: blockHash("44".repeat(32)) }
          : { kind: status },
      );
    },
    judge: (id: number, verdict: OperationVerdict): void => {
      verdicts.set(idOf(id), verdict);
    },
  };
  const node = fakeNode({
    verdict: (of) => Promise.resolve(verdicts.get(of) ?? "not-indexed"),
    putZonefile: (bytes) => Promise.resolve(void fake.published.push(bytes)),
  });
  const desk: Desk = {
    network: REGTEST,
    source: {
      description: "a test",
      tip: () => Promise.resolve({ height: blockHeight(fake.height), hash: blockHash("55".repeat(32)) }),
      transactionStatus: (of) => Promise.resolve(statuses.get(of) ?? { kind: "unknown" }),
      broadcast: (raw) => {
        const [id = 0] = fromHex(toHex(raw));
        fake.sent.push(id);
        if (!lag) fake.say(id, "mempool");
        return Promise.resolve(idOf(id));
      },
      coins: () => Promise.resolve([]),
      unspent: refuse("unspent output"),
      outpointFate: () => Promise.resolve("unspent"),
      rawTransaction: refuse("raw transaction"),
      feeRate: () => Promise.resolve(null),
      mempool: () => Promise.resolve(null),
      rawBlockAt: () => Promise.resolve(null),
      testAccept: () => Promise.resolve(null),
    },
    node,
    nodes: [node],
    journal: openJournal(":memory:", REGTEST.id),
    scripts: () => [],
    purse: () => Promise.resolve({ coins: [], kept: new Set(), locked: new Set() }),
    alone: (work) => {
      fake.asked.push("alone");
      return work();
    },
    changeScript: `76a914${"00".repeat(20)}88ac` as Desk["changeScript"],
    freshOwner: () => {
      throw new Error("this desk has no owner");
    },
    use: () => Promise.resolve(void fake.asked.push("use")),
    freshRevealer: refuse("revealer"),
    publicKeyOf: () => undefined,
    unlock: () => {
      fake.asked.push("unlock");
      return Promise.reject(new Error("this desk has no keys"));
    },
    canSign: () => false,
    limits: { maxFee: 500_000n, maxFeeRate: 1000 },
    feeRate: 5,
    now: () => new Date("2026-01-01T00:00:00Z"),
    ...changes,
  };
  return Object.assign(fake, { desk });
}
