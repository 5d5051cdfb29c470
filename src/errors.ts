/**
 * The one error family, and the only place that knows exit codes.
 *
 * The user or the machine is at fault: throw a `BskError`. A peer or the chain is at fault: return a value
 * (`Outcome`, `Verdict`). Parsers throw the neutral `ParseError`; the door where the bytes came in decides what it means.
 */

/** kind -> exit code. `man/bsk-exit-codes.7` is generated from this table. */
export const EXIT_CODES = {
  bug: { code: 1, means: "a fault in bsk itself; please report it" },
  usage: { code: 2, means: "the command line or the configuration is wrong" },
  refuted: { code: 3, means: "someone lied, or data does not match its hash" },
  unproven: { code: 4, means: "not enough data to decide" },
  rejected: { code: 5, means: "the rules of the network reject it" },
  wallet: { code: 6, means: "wallet: funds, passphrase or key" },
  machine: { code: 7, means: "machine or network: disk, port, node or server" },
  cancelled: { code: 130, means: "cancelled by the user" },
} as const;

export type ErrorKind = keyof typeof EXIT_CODES;

export interface BskErrorOptions {
  /** What the user can do about it, as a sentence without a full stop. */
  readonly hint?: string;
  /** The rule or reason as a stable word that scripts can match, for example `chain-ended`. */
  readonly rule?: string;
  readonly cause?: unknown;
}

/** An error that reaches the user: lowercase message without full stop, the offending value quoted. */
export class BskError extends Error {
  override readonly name = "BskError";
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly rule: string | undefined;

  constructor(kind: ErrorKind, message: string, options: BskErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.hint = options.hint;
    this.rule = options.rule;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind].code;
  }
}

/** Text or bytes that are not what they should be. Neutral: says nothing of whose fault it is. */
export class ParseError extends Error {
  override readonly name = "ParseError";
}
