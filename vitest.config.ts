import { defineConfig } from "vitest/config";

/** Unit tests share one context and end in seconds; regtest tests run a real node, a real server or a real process. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/regtest/**", "test/process/**"],
          globalSetup: ["test/support/temporary.ts"],
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "regtest",
          include: ["test/regtest/**/*.test.ts", "test/process/**/*.test.ts"],
          globalSetup: [
            "test/support/temporary.ts",
            "scripts/build-devnet.mjs",
            "scripts/build-cli.mjs",
            "scripts/build-scan-worker.mjs",
            "scripts/build-library.mjs",
          ],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // After the unit tests: each of these starts processes of its own.
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
        },
      },
    ],
  },
});
