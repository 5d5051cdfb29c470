/** What a benchmark is: a figure of ours beside a limit that was measured in the same run, on the same machine. */

/** How much work a run does: `tiny` only shows that everything runs. */
export type BenchSize = "tiny" | "full";

export interface Benchmark {
  readonly name: string;
  readonly unit: string;
  /** The ratio of our figure to the limit that we want: at least, where more is better; at most, where less is; or none. */
  readonly aim: { readonly atLeast: number } | { readonly atMost: number } | null;
  measure(size: BenchSize): Promise<Measured>;
}

/** Both sides in the unit of the benchmark. */
export interface Measured {
  readonly value: number;
  /** null where there is no aim. */
  readonly limit: number | null;
}

export interface BenchResult extends Measured {
  readonly name: string;
  readonly unit: string;
  /** value / limit. */
  readonly ratio: number | null;
  readonly aim: number | null;
  readonly ok: boolean;
}

/** Runs one benchmark and judges its figure. */
export async function resultOf(benchmark: Benchmark, size: BenchSize): Promise<BenchResult> {
  const { name, unit, aim } = benchmark;
  const { value, limit } = await benchmark.measure(size);
  if (aim === null || limit === null) return { name, value, unit, limit: null, ratio: null, aim: null, ok: true };
  const ratio = value / limit;
  return "atLeast" in aim
    ? { name, value, unit, limit, ratio, aim: aim.atLeast, ok: ratio >= aim.atLeast }
    : { name, value, unit, limit, ratio, aim: aim.atMost, ok: ratio <= aim.atMost };
}
