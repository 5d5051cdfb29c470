// Builds dist/: the bundled command line. Run by `npm ci` through `prepare`.
import { build } from "esbuild";
import { existsSync, rmSync } from "node:fs";
import { buildDevnetNode } from "./build-devnet.mjs";

rmSync("dist", { recursive: true, force: true });
await buildDevnetNode();
if (existsSync("src/main.ts")) {
  await build({
    entryPoints: ["src/main.ts"],
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["@photostructure/sqlite", "node:sqlite"],
    banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
    legalComments: "linked",
  });
}
