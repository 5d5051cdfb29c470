/** The list of benchmarks, and what `npm run bench` prints of them. */
import { parseArgs } from "node:util";
import { isMainThread } from "node:worker_threads";
import { apiVsBareHttp } from "./api.ts";
import { beApiThread } from "./api-thread.ts";
import { type BenchResult, type BenchSize, type Benchmark, resultOf } from "./benchmark.ts";
import { applyVsBareInserts } from "./apply.ts";
import { cliPriceVsNode, cliVersionVsNode } from "./cli.ts";
import { indexPeak, indexVsRead } from "./index-files.ts";
import { lightBytes, lightLookupMs, lightSyncSeconds } from "./light.ts";
import { lightServeResolve, lightServeResolveSlow } from "./light-serve.ts";
import { placedVerifyMs, proofBytesVsOriginal, proofRoundTrips, proofSizes } from "./proofs.ts";
import { rollbackMsPerBlock } from "./rollback.ts";
import { rpcVsFetch } from "./rpc.ts";
import { scanVsBitcoinjs, scanVsIndexOf } from "./scan.ts";
import { opLogVsHashing, spineVsHashing } from "./verify.ts";

const BENCHMARKS: readonly Benchmark[] = [
  lightSyncSeconds,
  lightBytes,
  lightLookupMs,
  lightServeResolve,
  lightServeResolveSlow,
  ...proofSizes,
  proofBytesVsOriginal,
  proofRoundTrips,
  placedVerifyMs,
  applyVsBareInserts,
  rollbackMsPerBlock,
  scanVsIndexOf,
  scanVsBitcoinjs,
  rpcVsFetch,
  spineVsHashing,
  opLogVsHashing,
  apiVsBareHttp,
  indexVsRead,
  indexPeak,
  cliVersionVsNode,
  cliPriceVsNode,
];

// Threads start from the same bundle.
if (!isMainThread) await beApiThread();

const USAGE = `usage: npm run bench [-- [--json] [NAME…]]\nnames: ${BENCHMARKS.map(({ name }) => name).join(", ")}\n`;

/** Three significant digits where a number is small, whole where it is not. */
function figure(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

const HEAD = ["benchmark", "value", "limit", "unit", "ratio", "aim", "ok"];

function table(results: readonly BenchResult[]): string {
  const rows = results.map(({ name, value, limit, unit, ratio, aim, ok }) => {
    if (aim === null || limit === null || ratio === null) return [name, figure(value), "", unit, "", "", ""];
    const found = BENCHMARKS.find((benchmark) => benchmark.name === name)?.aim ?? {};
    const wanted = `${"atLeast" in found ? "≥" : "≤"} ${aim}`;
    return [name, figure(value), figure(limit), unit, figure(ratio), wanted, ok ? "yes" : "NO"];
  });
  const widths = HEAD.map((head, column) =>
    Math.max(...[HEAD, ...rows].map((row) => row[column]?.length ?? 0), head.length),
  );
  return [HEAD, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/**
 * Runs the named benchmarks, or all. Answers the exit code: 0 whether the aims are met or not, since they are aims on a
 * quiet machine; 2 for arguments that mean nothing. `BSK_BENCH_SIZE=tiny` shows that everything runs and measures nothing.
 */
export async function main(args: string[]): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({ args, options: { json: { type: "boolean", default: false } }, allowPositionals: true });
  } catch (error) {
    process.stderr.write(`error: ${String(error instanceof Error ? error.message : error)}\n${USAGE}`);
    return 2;
  }
  const { positionals, values } = parsed;
  const unknown = positionals.find((wanted) => BENCHMARKS.every(({ name }) => name !== wanted));
  if (unknown !== undefined) {
    process.stderr.write(`error: no benchmark is called "${unknown}"\n${USAGE}`);
    return 2;
  }
  const size: BenchSize = process.env["BSK_BENCH_SIZE"] === "tiny" ? "tiny" : "full";
  const results: BenchResult[] = [];
  // Whole processes first, that is from the end: what a process has grown to, each start of another pays for again, and
  // where both sides pay the same for nothing, their ratio looks better than it is.
  for (const benchmark of BENCHMARKS.toReversed()) {
    if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
    process.stderr.write(`${benchmark.name} …\n`);
    results.unshift(await resultOf(benchmark, size));
  }
  process.stdout.write(values.json ? `${JSON.stringify({ results })}\n` : `${table(results)}\n`);
  return 0;
}
