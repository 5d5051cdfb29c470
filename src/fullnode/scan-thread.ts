/** Threads that look through blocks. Each takes portions, one after the other, and answers in the same order. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { LocatedBlock } from "../chain/block-files/block-reader.ts";
import { BskError, type ErrorKind } from "../errors.ts";
import type { Candidate } from "../virtualchain/machine.ts";
import { BlockScanner, type ScanSettings } from "./block-scanner.ts";

/** The candidates of each block of a portion. */
export type Scanned = readonly (readonly Candidate[])[];

export interface ScanThread {
  /** @throws BskError as `BlockScanner` does */
  scan(portion: readonly LocatedBlock[]): Promise<Scanned>;
  close(): Promise<void>;
}

/** What a thread answers: errors do not survive the way as they are. */
export type ScanAnswer =
  | { readonly scanned: Scanned }
  | {
      readonly error: {
        readonly kind: ErrorKind;
        readonly message: string;
        readonly rule?: string;
        readonly hint?: string;
      };
    }
  | { readonly crash: string };

/** This very thread: for a few blocks no other is worth its start. */
export function ownThread(settings: ScanSettings): ScanThread {
  const scanner = new BlockScanner(settings);
  return {
    scan: (portion) => Promise.resolve().then(() => portion.map((block) => scanner.candidatesOf(block))),
    close: () => {
      scanner.close();
      return Promise.resolve();
    },
  };
}

/** dist/scan-worker.js of the package that this file (or the bundle with it) belongs to. */
function workerScript(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  const script = join(folder, "dist", "scan-worker.js");
  if (existsSync(script)) return script;
  throw new BskError("machine", `the program of the scanning threads is missing: "${script}"`, {
    rule: "scan-worker-not-built",
    hint: "in a clone, run npm run build",
  });
}

/** What a thread makes is gone with its portion: more room for the young would only be filled. */
const YOUNG_MB = 16;

/** Another thread. @throws BskError `machine` where its program is not built */
export function workerThread(settings: ScanSettings): ScanThread {
  // Options of Node for us, such as a loader or a debugger, are not for it.
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
  const worker = new Worker(workerScript(), { workerData: settings, execArgv: [], env: {}, resourceLimits });
  const asked: { readonly resolve: (scanned: Scanned) => void; readonly reject: (error: unknown) => void }[] = [];
  let ended: Error | null = null;
  const fail = (error: Error): void => {
    ended ??= error;
    for (const { reject } of asked.splice(0)) reject(ended);
  };
  worker.on("message", (answer: ScanAnswer) => {
    if ("scanned" in answer) asked.shift()?.resolve(answer.scanned);
    else asked.shift()?.reject(errorOf(answer));
  });
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("a scanning thread has ended")));
  return {
    scan: (portion) =>
      new Promise((resolve, reject) => {
        if (ended !== null) {
          reject(ended);
          return;
        }
        asked.push({ resolve, reject });
        worker.postMessage(portion);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}

function errorOf(answer: Exclude<ScanAnswer, { scanned: Scanned }>): Error {
  if ("crash" in answer) return new Error(answer.crash);
  const { kind, message, ...details } = answer.error;
  return new BskError(kind, message, details);
}
