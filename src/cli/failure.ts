/** Anything thrown, as something that can be shown: message, rule, hint, causes, exit code. Never a stack trace. */
import { BskError, type ErrorKind } from "../errors.ts";
import type { Style } from "./style.ts";

export interface Failure {
  readonly kind: ErrorKind;
  readonly exitCode: number;
  readonly message: string;
  readonly rule: string | null;
  readonly hint: string | null;
  /** Messages of the causes, nearest first. */
  readonly because: readonly string[];
}

/** Where a bug is reported to. */
const REPORT = "please report it with the command and this message; BSK_DEBUG=1 shows where it happened";

export function failureOf(error: unknown): Failure {
  const known = error instanceof BskError ? error : wrapped(error);
  return {
    kind: known.kind,
    exitCode: known.exitCode,
    message: known.message,
    rule: known.rule ?? null,
    hint: known.hint ?? null,
    because: causesOf(known),
  };
}

/** What was not thrown as a `BskError`: a failed system call, a cancelled wait, or a bug. */
function wrapped(error: unknown): BskError {
  if (!(error instanceof Error)) return new BskError("bug", `unexpected: ${String(error)}`, { hint: REPORT });
  if (error.name === "ExitPromptError" || error.name === "AbortError" || error.name === "AbortPromptError")
    return new BskError("cancelled", "cancelled");
  if (isSystemError(error)) return new BskError("machine", firstLine(error.message), { cause: error.cause });
  return new BskError("bug", `unexpected: ${firstLine(error.message)}`, { cause: error.cause, hint: REPORT });
}

/** A failed system call, as Node reports it: with `code` and `syscall`. */
function isSystemError(error: Error): boolean {
  return "syscall" in error && "code" in error && typeof error.code === "string" && /^E[A-Z0-9_]+$/u.test(error.code);
}

function causesOf(error: Error): readonly string[] {
  const messages: string[] = [];
  const seen = new Set<unknown>([error]);
  let cause = error.cause;
  while (cause !== undefined && cause !== null && !seen.has(cause)) {
    seen.add(cause);
    messages.push(firstLine(messageOf(cause)));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return messages;
}

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause === "string" ? cause : JSON.stringify(cause);
  // Node's connection errors to several addresses carry their reasons inside.
  if (cause instanceof AggregateError && cause.message === "")
    return (cause.errors as unknown[]).map(messageOf).join("; ");
  return cause.message === "" ? cause.name : cause.message;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** The lines for standard error. */
export function failureText(failure: Failure, style: Style): string {
  return [
    `${style.bad("error:")} ${printable(failure.message)}`,
    ...failure.because.map((message) => `${style.dim("because:")} ${printable(message)}`),
    ...(failure.hint === null
      ? []
      : failure.hint.split("\n").map((hint) => `${style.warn("hint:")} ${printable(hint)}`)),
  ].join("\n");
}

/** Messages repeat what servers say: their control characters would move the cursor, or hide what stands before. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, "\ufffd");
}

/** How a signal ends a command. */
export function cancelledBy(signal: string): BskError {
  return new BskError("cancelled", `stopped by ${signal}`);
}
