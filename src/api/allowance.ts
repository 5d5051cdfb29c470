/** How much a client may ask: an allowance that is spent with each request and comes back with time. */

interface Purse {
  left: number;
  /** Milliseconds when `left` was true. */
  at: number;
}

/** Clients that are remembered; who is forgotten starts with a full purse. */
const MAX_CLIENTS = 10_000;

export class Allowances {
  readonly #perSecond: number;
  readonly #most: number;
  /** The one that asked last is the last. */
  readonly #purses = new Map<string, Purse>();

  /** `perSecond` cheap reads come back each second, up to `most`. */
  constructor(perSecond: number, most: number) {
    this.#perSecond = perSecond;
    this.#most = most;
  }

  /** Takes the cost of a request, and answers 0; or takes nothing, and answers the seconds to wait. `now`: milliseconds. */
  take(client: string, cost: number, now: number): number {
    const purse = this.#purses.get(client) ?? { left: this.#most, at: now };
    const came = (Math.max(0, now - purse.at) / 1000) * this.#perSecond;
    purse.left = Math.min(this.#most, purse.left + came);
    purse.at = now;
    this.#purses.delete(client);
    this.#purses.set(client, purse);
    if (this.#purses.size > MAX_CLIENTS) this.#forgetOldest();
    // What costs more than a purse holds is paid with a full one.
    const price = Math.min(cost, this.#most);
    if (purse.left >= price) {
      purse.left -= price;
      return 0;
    }
    return Math.max(1, Math.ceil((price - purse.left) / this.#perSecond));
  }

  #forgetOldest(): void {
    for (const oldest of this.#purses.keys()) {
      this.#purses.delete(oldest);
      return;
    }
  }
}
