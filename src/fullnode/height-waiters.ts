interface Waiter {
  readonly height: number;
  readonly reached: () => void;
  readonly failed: (error: unknown) => void;
}

/** Those who wait until a node has indexed some height. */
export class HeightWaiters {
  readonly #waiters = new Set<Waiter>();

  /** Resolves when the height is reached; rejects with what ended the node before. */
  wait(height: number): Promise<void> {
    return new Promise((reached, failed) => {
      this.#waiters.add({ height, reached, failed });
    });
  }

  reach(height: number): void {
    for (const waiter of this.#waiters) {
      if (waiter.height > height) continue;
      this.#waiters.delete(waiter);
      waiter.reached();
    }
  }

  fail(error: unknown): void {
    for (const waiter of this.#waiters) waiter.failed(error);
    this.#waiters.clear();
  }
}
