// The bundled command line (one small chunk per command, libraries shared), and the texts that bin/bsk answers with.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { build } from "esbuild";

/** Resolves to esbuild's metafile: what went into the bundle. */
export async function buildCommandLine() {
  const { metafile } = await build({
    entryPoints: ["src/main.ts"],
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifyWhitespace: true,
    minifySyntax: true,
    chunkNames: "chunks/[name]-[hash]",
    external: ["@photostructure/sqlite", "node:sqlite"],
    // CommonJS libraries inside an ES module still call require for Node's own modules.
    banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  for (const [file, flag] of [
    ["help.txt", "--help"],
    ["version.txt", "--version"],
  ]) {
    writeFileSync(`dist/${file}`, execFileSync(process.execPath, ["dist/main.js", flag], { env: { NO_COLOR: "1" } }));
  }
  return metafile;
}

/** For vitest's `globalSetup`: tests that start bsk use the sources at hand. */
export const setup = () => buildCommandLine().then(() => undefined);
