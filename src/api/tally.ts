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
  /** By route and status. */
  readonly #requests = new Map<string, Map<number, RequestCount>>();
  /** Requests of each class; the last is of those beyond all bounds. */
  readonly #durations = new Array<number>(SECONDS.length + 1).fill(0);

  request(route: string, status: number, seconds: number): void {
    let ofRoute = this.#requests.get(route);
    if (ofRoute === undefined) this.#requests.set(route, (ofRoute = new Map<number, RequestCount>()));
    const known = ofRoute.get(status);
    if (known === undefined) ofRoute.set(status, { route, status, count: 1 });
    else known.count++;
    this.seconds += seconds;
    let duration = 0;
    while (seconds > (SECONDS[duration] ?? Infinity)) duration++;
    this.#durations[duration] = (this.#durations[duration] ?? 0) + 1;
  }

  requests(): readonly Readonly<RequestCount>[] {
    return [...this.#requests.values()].flatMap((ofRoute) => [...ofRoute.values()]);
  }

  /** Requests that took at most so many seconds, for each bound; the last bound is infinite and counts all. */
  durations(): readonly { readonly bound: number; readonly count: number }[] {
    let sum = 0;
    return this.#durations.map((count, i) => ({ bound: SECONDS[i] ?? Infinity, count: (sum += count) }));
  }
}
