/** `npm run bench`: that it runs, what it prints, and how it is asked. Never how fast anything is. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);

async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, ["scripts/bench.mjs", ...args], {
      env: { ...process.env, BSK_BENCH_SIZE: "tiny" },
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

/** Figures without an aim. */
const AIMLESS = [
  "light-sync-seconds",
  "light-bytes",
  "light-lookup-ms",
  "light-serve-resolve-ms",
  "light-serve-resolve-p99-ms",
  "proof-bytes-included",
  "proof-bytes-placed",
  "proof-bytes-complete-day",
  "proof-bytes-placed-attached",
  "proof-bytes-complete-attached",
];
const NAMES = [
  ...AIMLESS,
  "proof-bytes-vs-original",
  "proof-round-trips",
  "placed-verify-ms",
  "apply-vs-bare-inserts",
  "rollback-ms-per-block",
  "scan-vs-indexof",
  "scan-vs-bitcoinjs",
  "rpc-vs-fetch",
  "spine-vs-hashing",
  "oplog-vs-hashing",
  "api-vs-bare-http",
  "index-vs-read",
  "index-peak-mb",
  "cli-version-vs-node",
  "cli-price-vs-node",
];

interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number | null;
  readonly ratio: number | null;
  readonly aim: number | null;
  readonly ok: boolean;
}

describe("npm run bench", () => {
  test("--json gives every benchmark, each judged by its own figures", async () => {
    const { code, stdout } = await bench("--json");
    expect(code).toBe(0);
    const { results } = JSON.parse(stdout) as { results: Result[] };
    expect(results.map(({ name }) => name)).toEqual(NAMES);
    for (const result of results) {
      expect(Object.keys(result)).toEqual(["name", "value", "unit", "limit", "ratio", "aim", "ok"]);
      expect(result.value).toBeGreaterThan(0);
      if (AIMLESS.includes(result.name)) {
        expect(result).toMatchObject({ limit: null, ratio: null, aim: null, ok: true });
        continue;
      }
      const [limit, ratio, aim] = [result.limit ?? 0, result.ratio ?? 0, result.aim ?? 0];
      expect(limit).toBeGreaterThan(0);
      expect(ratio).toBeCloseTo(result.value / limit, 6);
      const atMost = ["cli-", "rollback-", "index-peak", "proof-", "placed-"].some((start) =>
        result.name.startsWith(start),
      );
      expect(result.ok).toBe(atMost ? ratio <= aim : ratio >= aim);
    }
  });

  test("a table with one line for each name that was asked for", async () => {
    const { code, stdout } = await bench("scan-vs-bitcoinjs");
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^benchmark +value +limit +unit +ratio +aim +ok$/);
    expect(lines.slice(1).map((line) => line.split(" ")[0])).toEqual(["scan-vs-bitcoinjs"]);
  });

  test("a name that is none, or an option that is none, is a usage error that says which there are", async () => {
    for (const wrong of ["scan-vs-nothing", "--fast"]) {
      const { code, stdout, stderr } = await bench("--json", wrong);
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toContain(wrong);
      for (const name of NAMES) expect(stderr).toContain(name);
    }
  });
});
