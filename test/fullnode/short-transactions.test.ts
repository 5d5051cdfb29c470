/** Long work in short transactions: others get their turn, and what stands before a failure is kept. */
import { expect, test } from "vitest";
import { inShortTransactions } from "../../src/fullnode/short-transactions.ts";

/** A store that only counts: what it holds after each transaction. */
function countingStore() {
  const held: string[] = [];
  let open = false;
  return {
    held,
    add: (what: string) => held.push(open ? what : `${what} alone`),
    together<T>(work: () => T): T {
      const before = held.length;
      open = true;
      try {
        return work();
      } catch (error) {
        held.length = before;
        throw error;
      } finally {
        open = false;
      }
    },
  };
}

/** Every look at the clock takes 9 ms: three looks are more than a transaction may take. */
function slowClock(): () => number {
  let now = 0;
  return () => (now += 9);
}

test("a transaction ends when its time is over, and whoever waits gets a turn before the next", async () => {
  const store = countingStore();
  const seen: number[] = [];
  let over = false;
  const waiting = (): void => {
    seen.push(store.held.length);
    if (!over) setImmediate(waiting);
  };
  setImmediate(waiting);
  const steps = Array.from({ length: 8 }, (_, i) => () => void store.add(String(i)));
  const stored: number[] = [];
  await inShortTransactions(steps, { store, clock: slowClock(), stored: (count) => stored.push(count) });
  over = true;
  expect(store.held).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
  expect(stored).toEqual([3, 6, 8]);
  for (const between of [3, 6]) expect(seen).toContain(between);
});

test("a step that is slower than a transaction may be is a transaction of its own", async () => {
  const store = countingStore();
  let now = 0;
  const stored: number[] = [];
  const steps = [1, 2].map((i) => () => void store.add(String(i)));
  await inShortTransactions(steps, { store, clock: () => (now += 100), stored: (count) => stored.push(count) });
  expect(stored).toEqual([1, 2]);
});

test("a step that fails: those before it are stored, and those behind it are not run", async () => {
  const store = countingStore();
  const steps = ["a", "b", "c", "d"].map((what) => () => {
    if (what === "c") throw new Error("no");
    store.add(what);
  });
  await expect(inShortTransactions(steps, { store, clock: () => 0, stored: () => undefined })).rejects.toThrow("no");
  expect(store.held).toEqual(["a alone", "b alone"]);
});
