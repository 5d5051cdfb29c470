/**
 * Long work on the store, cut into transactions that are short enough for the API to answer between them: one thread
 * both indexes and serves.
 */
import { setImmediate } from "node:timers/promises";
import type { NodeStore } from "./store/store.ts";

/** A transaction ends after so many milliseconds; what it costs to end one is small beside that. */
const TRANSACTION_MS = 20;

/** What the transactions are taken from and told to. */
export interface ShortTransactions {
  readonly store: Pick<NodeStore, "together">;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  /** So many steps are stored durably now, counted from the first. */
  readonly stored: (steps: number) => void;
}

/**
 * Runs the steps in order, each whole in one transaction with as many others as time allows, and lets waiting requests
 * in between. A step that throws ends the run: those before it are stored.
 */
export async function inShortTransactions(
  steps: readonly (() => void)[],
  { store, clock, stored }: ShortTransactions,
): Promise<void> {
  let done = 0;
  while (done < steps.length) {
    const until = clock() + TRANSACTION_MS;
    let next = done;
    try {
      store.together(() => {
        do steps[next++]?.();
        while (next < steps.length && clock() < until);
      });
      done = next;
    } catch {
      // One of them fails, and fails again here. Those before it are kept.
      for (; done < next; done++) steps[done]?.();
    }
    stored(done);
    await setImmediate();
  }
}
