// Builds dist/: the bundled command line. Run by `npm ci` through `prepare`.
import { build } from "esbuild";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { buildDevnetNode } from "./build-devnet.mjs";
import { thirdPartyLicences } from "./third-party-licences.mjs";

rmSync("dist", { recursive: true, force: true });
const bundled = [await buildDevnetNode()];
if (existsSync("src/main.ts")) {
  const { metafile } = await build({
    entryPoints: ["src/main.ts"],
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["@photostructure/sqlite", "node:sqlite"],
    banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
    legalComments: "none",
    metafile: true,
  });
  bundled.push(metafile);
}
writeFileSync("dist/THIRD-PARTY-LICENSES.txt", thirdPartyLicences(bundled));
