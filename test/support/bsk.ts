/** Starts the built program, as a user's shell would. */
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const BIN = join(import.meta.dirname, "..", "..", "bin", "bsk");

export interface Ended {
  /** null: a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Start {
  readonly environment?: Readonly<Record<string, string>>;
  /** Text for its standard input; without it that is empty. */
  readonly input?: string;
}

/** An environment of its own: nothing of the machine's configuration is seen. */
export function sandbox(): Readonly<Record<string, string>> {
  return { PATH: process.env["PATH"] ?? "", HOME: mkdtempSync(join(tmpdir(), "bsk-home-")) };
}

/** Runs one command line to its end. */
export function bsk(argv: readonly string[], { environment = sandbox(), input = "" }: Start = {}): Promise<Ended> {
  return runToEnd(process.execPath, [BIN, ...argv], environment, input);
}

export function runToEnd(
  file: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  input = "",
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...argv], { env: environment });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.stdin.on("error", () => undefined).end(input);
    child.on("error", reject).on("close", (code) => resolve({ code, out, err }));
  });
}
