/** What a server counts from its start on, for whoever watches it. */

/** Upper bounds of the classes of durations, in seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;

/** Requests with the same route and status. */
export interface RequestCount {
  readonly route: string;
  readonly status: number;
  count: number;
}

export class RequestTally {
  connections = 0;
  /** Seconds of all requests together. */
  seconds = 0;
  readonly #requests = new Map<string, RequestCount>();
  readonly #durations = new Map<number, number>([...SECONDS, Infinity].map((bound) => [bound, 0]));

  request(route: string, status: number, seconds: number): void {
    const key = `${status} ${route}`;
    const known = this.#requests.get(key);
    if (known === undefined) this.#requests.set(key, { route, status, count: 1 });
    else known.count++;
    this.seconds += seconds;
    const bound = SECONDS.find((most) => seconds <= most) ?? Infinity;
    this.#durations.set(bound, (this.#durations.get(bound) ?? 0) + 1);
  }

  requests(): readonly Readonly<RequestCount>[] {
    return [...this.#requests.values()];
  }

  /** Requests that took at most so many seconds, for each bound; the last bound is infinite and counts all. */
  durations(): readonly { readonly bound: number; readonly count: number }[] {
    let sum = 0;
    return [...this.#durations].map(([bound, count]) => ({ bound, count: (sum += count) }));
  }
}
