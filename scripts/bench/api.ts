/** How fast the API answers for names: against a bare server that has the same bytes ready. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Benchmark } from "./benchmark.ts";
import { askAll } from "./http-load.ts";
import { buildTown } from "./name-town.ts";
import { SeededRandom } from "./random.ts";
import { startApiThread } from "./api-thread.ts";

const NAMES = { tiny: 300, full: 100_000 } as const;
const ROUNDS = { tiny: 1, full: 3 } as const;
const PARENT = "node_modules/.cache/bsk-bench";

function shuffled<T>(list: readonly T[], random: SeededRandom): T[] {
  const all = [...list];
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [all[i], all[j]] = [all[j] as T, all[i] as T];
  }
  return all;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

export const apiVsBareHttp: Benchmark = {
  name: "api-vs-bare-http",
  unit: "requests/s",
  aim: { atLeast: 0.5 },
  async measure(size) {
    mkdirSync(PARENT, { recursive: true });
    const directory = mkdtempSync(join(PARENT, "api-"));
    const database = join(directory, "node.db");
    try {
      const paths = buildTown(database, NAMES[size]).map((name) => `/v1/names/${name}`);
      const random = new SeededRandom(1);
      const rates = { ours: [] as number[], bare: [] as number[] };
      let bytes: number | null = null;
      for (let round = 0; round < ROUNDS[size]; round++) {
        // Every round in a new thread, with the database just opened, and no name asked twice: no cache is warm.
        for (const server of round % 2 === 0 ? (["ours", "bare"] as const) : (["bare", "ours"] as const)) {
          const { port, worker } = await startApiThread({ server, database, paths });
          const asked = shuffled(paths, random);
          const start = process.hrtime.bigint();
          const came = await askAll(port, asked);
          rates[server].push(paths.length / (Number(process.hrtime.bigint() - start) / 1e9));
          await worker.terminate();
          if (came !== (bytes ??= came)) throw new Error(`the servers sent ${came} and ${bytes} bytes`);
        }
      }
      return { value: median(rates.ours), limit: median(rates.bare) };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
