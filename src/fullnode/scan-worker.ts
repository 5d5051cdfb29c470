/** The program of a scanning thread: portions of blocks in, their candidates out. */
import { parentPort, workerData } from "node:worker_threads";
import type { LocatedBlock } from "../chain/block-files/block-reader.ts";
import { BskError } from "../errors.ts";
import { BlockScanner, type ScanSettings } from "./block-scanner.ts";
import type { ScanAnswer } from "./scan-thread.ts";

const scanner = new BlockScanner(workerData as ScanSettings);

function answer(portion: readonly LocatedBlock[]): ScanAnswer {
  try {
    return { scanned: portion.map((block) => scanner.candidatesOf(block)) };
  } catch (error) {
    if (!(error instanceof BskError)) return { crash: error instanceof Error ? String(error.stack) : String(error) };
    const { kind, message, rule, hint } = error;
    const details = { ...(rule === undefined ? {} : { rule }), ...(hint === undefined ? {} : { hint }) };
    return { error: { kind, message, ...details } };
  }
}

parentPort?.on("message", (portion: readonly LocatedBlock[]) => {
  parentPort?.postMessage(answer(portion));
});
