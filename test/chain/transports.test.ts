import { describe, expect, test } from "vitest";
import type { CoinSource, TransactionStatus } from "../../src/chain/source.ts";
import { txidOfRaw } from "../../src/chain/raw-transaction.ts";
import { transports } from "../../src/chain/transports.ts";
import { serializeTransaction } from "../../src/bitcoin/transaction.ts";
import { BskError } from "../../src/errors.ts";
import { fakeDesk } from "../support/fake-desk.ts";
import { spending } from "../support/raw-block.ts";

const RAW = serializeTransaction(spending([{ value: 1n, script: Uint8Array.of(0x51) }]));
const TXID = txidOfRaw(RAW);
const IN_MEMPOOL: TransactionStatus = { kind: "mempool" };

type Manner = "honest" | "liar" | "refuses" | "down" | number;

/** A server; a number: it shows what it took only after so many questions. */
function server(name: string, manner: Manner, changes: Partial<CoinSource> = {}) {
  const sent: Uint8Array[] = [];
  let looks = 0;
  const source: CoinSource = {
    ...fakeDesk().desk.source,
    description: name,
    broadcast: (raw) => {
      if (manner === "down") return Promise.reject(new BskError("machine", `${name} cannot be reached`));
      if (manner === "refuses") return Promise.reject(new BskError("rejected", `${name} refused: "min relay fee"`));
      sent.push(raw);
      return Promise.resolve(TXID);
    },
    transactionStatus: () => {
      const shown = sent.length > 0 && manner !== "liar" && ++looks > (typeof manner === "number" ? manner : 0);
      return Promise.resolve(shown ? IN_MEMPOOL : { kind: "unknown" });
    },
    ...changes,
  };
  return { source, sent };
}

function together(...servers: readonly { readonly source: CoinSource }[]) {
  const warnings: string[] = [];
  const slept: number[] = [];
  const [first, ...others] = servers.map(({ source }) => source);
  const source = transports(first!, others, {
    warn: (text) => warnings.push(text),
    sleep: (ms) => Promise.resolve(void slept.push(ms)),
  });
  return { source, warnings, slept };
}

describe("broadcast", () => {
  test("goes to all, and counts when it is seen", async () => {
    const [a, b] = [server("A", "honest"), server("B", "honest")];
    const { source, warnings } = together(a, b);
    expect(await source.broadcast(RAW)).toBe(TXID);
    expect([a.sent, b.sent]).toEqual([[RAW], [RAW]]);
    expect(warnings).toEqual([]);
  });

  test.each(["refuses", "down"] as const)("one that %s, while another takes it: a warning", async (manner) => {
    for (const order of [0, 1]) {
      const servers = [server("A", manner), server("B", "honest")];
      const { source, warnings } = together(...(order === 0 ? servers : servers.toReversed()));
      expect(await source.broadcast(RAW)).toBe(TXID);
      expect(warnings).toEqual([expect.stringMatching(/^A did not take the transaction, another one did: A /u)]);
    }
  });

  test("one that says it took it and never shows it, beside an honest one: a warning", async () => {
    const { source, warnings } = together(server("A", "liar"), server("B", "honest"));
    expect(await source.broadcast(RAW)).toBe(TXID);
    expect(warnings).toEqual(["A took the transaction and does not show it: do not rely on this server"]);
  });

  test("liars alone are no success, however often they are asked", async () => {
    const { source, slept } = together(server("A", "liar"), server("B", "liar"), server("C", "refuses"));
    await expect(source.broadcast(RAW)).rejects.toMatchObject({
      kind: "machine",
      rule: "broadcast-unseen",
      message: `taken by A and B, but shown by none: ${TXID}`,
    });
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(5000);
  });

  test("one that lags is waited for, and not called a liar", async () => {
    const { source, warnings } = together(server("A", 3));
    expect(await source.broadcast(RAW)).toBe(TXID);
    const two = together(server("A", "honest"), server("B", 1));
    expect(await two.source.broadcast(RAW)).toBe(TXID);
    expect([warnings, two.warnings]).toEqual([[], []]);
  });

  test("refused by all: all reasons, and by nobody reached: an outage", async () => {
    const refused = together(server("A", "refuses"), server("B", "refuses")).source.broadcast(RAW);
    await expect(refused).rejects.toMatchObject({
      kind: "rejected",
      rule: "broadcast-refused",
      message: 'nobody took the transaction: A: A refused: "min relay fee"; B: B refused: "min relay fee"',
    });
    const mixed = together(server("A", "refuses"), server("B", "down")).source.broadcast(RAW);
    await expect(mixed).rejects.toMatchObject({
      kind: "machine",
      message: expect.stringContaining("B cannot") as string,
    });
    await expect(together(server("A", "refuses")).source.broadcast(RAW)).rejects.toMatchObject({
      message: 'A refused: "min relay fee"',
    });
  });
});

describe("questions", () => {
  test("the first answers, another one only where it has no answer", async () => {
    const { source } = together(
      server("A", "honest", { feeRate: () => Promise.resolve(null), mempool: () => Promise.resolve(null) }),
      server("B", "honest", {
        feeRate: () => Promise.resolve(7),
        mempool: () => Promise.resolve({ transactions: [RAW], total: 1 }),
        tip: () => Promise.reject(new Error("not asked")),
      }),
    );
    expect(await source.feeRate(6)).toBe(7);
    expect(await source.mempool([], 9)).toEqual({ transactions: [RAW], total: 1 });
    expect((await source.tip()).height).toBe(100);
  });

  test("another one that is down is told once, and stops nothing", async () => {
    const down = () => Promise.reject(new BskError("machine", "B cannot be reached"));
    const { source, warnings } = together(server("A", "honest"), server("B", "down", { feeRate: down }));
    expect(await source.feeRate(6)).toBeNull();
    expect(await source.feeRate(2)).toBeNull();
    expect(warnings).toEqual(["B cannot be reached"]);
  });
});
