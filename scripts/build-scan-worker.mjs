// Builds dist/scan-worker.js, the program of the threads that look through block files. A bundle of its own: modules that
// it shares with the command line would be split off into chunks that every command loads one by one.
import { renameSync } from "node:fs";
import { build } from "esbuild";

/** Returns esbuild's account of the inputs. The file appears whole or not at all: tests may be starting it. */
export async function buildScanWorker() {
  const unfinished = `dist/.scan-worker-${process.pid}.js`;
  const { metafile } = await build({
    entryPoints: ["src/fullnode/scan-worker.ts"],
    outfile: unfinished,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
  });
  renameSync(unfinished, "dist/scan-worker.js");
  return metafile;
}

/** For vitest's `globalSetup`: tests with threads use the sources at hand. */
export const setup = () => buildScanWorker().then(() => undefined);
