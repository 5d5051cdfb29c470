// `npm run bench [-- [--json] [NAME…]]`: bundles the benchmarks as the command line is bundled, and runs them.
// Bundled, because a loader that compiles each file for itself changes what is measured.
import { rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

// Inside the package, so that what is not bundled is found; one file per process, so that runs do not meet.
const outfile = `node_modules/.cache/bsk-bench/${process.pid}.mjs`;
await build({
  entryPoints: ["scripts/bench/main.ts"],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["@photostructure/sqlite", "node:sqlite"],
  banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
  logLevel: "warning",
});
try {
  const { main } = await import(pathToFileURL(outfile).href);
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(outfile);
}
