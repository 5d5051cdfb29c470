/** What the API gives to strangers, in numbers. */

export interface ApiLimits {
  /** Cheap reads that one client may ask for each second in the long run, and how many at once. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Connections of all clients, and of one. */
  readonly connections: number;
  readonly connectionsPerClient: number;
  /** Connections whose requests are in the server at the same time: bodies still come, or answers still go. */
  readonly concurrent: number;
  /** Requests that are sent on one connection without waiting for answers; others want their turn, too. */
  readonly pipelined: number;
  /** For the headers of a request. */
  readonly headersMs: number;
  /** For a whole request. */
  readonly requestMs: number;
  /** The longest silence on a connection whose answer is not read. Longer than the others, which say what is wrong. */
  readonly silenceMs: number;
}

/** The limits are for strangers: clients on this machine are only bound by `connections` and `concurrent`. */
export const DEFAULT_LIMITS: ApiLimits = {
  requestsPerSecond: 50,
  burst: 500,
  connections: 512,
  connectionsPerClient: 32,
  concurrent: 256,
  pipelined: 100,
  headersMs: 10_000,
  requestMs: 30_000,
  silenceMs: 60_000,
};

/** The largest zone file with every character escaped, and a little JSON around it. */
export const MAX_BODY_BYTES = 256 * 1024;
/** The longest question of a wallet: 256 names, and as many hashes. */
export const MAX_URL_LENGTH = 32 * 1024;
