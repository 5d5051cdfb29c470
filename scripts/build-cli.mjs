// The bundled command line, and the texts that bin/bsk answers with: one chunk with what nearly every command needs, one
// small chunk per command, and libraries that only some need in chunks of their own.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import { lightAxios } from "./light-axios.mjs";

const ENTRY = "src/main.ts";

/**
 * What nearly every command that asks a node loads. esbuild makes a chunk for each set of entry points that share a module,
 * which would be dozens of tiny ones to load; with these imported by every entry point, they and all they need are one.
 */
const CORE = [
  "src/commands/price.ts",
  "src/commands/registry.ts",
  "src/cli/failure.ts",
  "src/cli/help.ts",
  "src/cli/parse.ts",
  "src/cli/program.ts",
  "src/cli/style.ts",
  "src/lightnode/node-client.ts",
  "src/wiring/ports.ts",
];

const OPTIONS = {
  entryPoints: [ENTRY],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minifyWhitespace: true,
  minifySyntax: true,
  chunkNames: "chunks/[name]-[hash]",
  plugins: [lightAxios],
  external: ["@photostructure/sqlite", "node:sqlite"],
  // CommonJS libraries inside an ES module still call require for Node's own modules.
  banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};

/** Our own modules that chunks start with: the entry, and whatever is imported where it is needed. */
function entriesOf({ inputs }) {
  const imports = Object.values(inputs).flatMap((input) => input.imports);
  const dynamic = imports.filter(({ kind, path }) => kind === "dynamic-import" && path.startsWith("src/"));
  return new Set([ENTRY, ...dynamic.map(({ path }) => path)]);
}

/** Adds imports of the core to these modules. */
function withCore(entries) {
  const paths = new Set([...entries].map((entry) => resolve(entry)));
  const core = CORE.map((module) => resolve(module));
  return {
    name: "core",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
        if (!paths.has(path)) return null;
        const imports = core.filter((module) => module !== path).map((module) => `import ${JSON.stringify(module)};`);
        return { contents: `${readFileSync(path, "utf8")}\n${imports.join("\n")}`, loader: "ts" };
      }),
  };
}

/** Resolves to esbuild's metafile: what went into the bundle. */
export async function buildCommandLine() {
  const { metafile: without } = await build({ ...OPTIONS, write: false });
  const { metafile } = await build({ ...OPTIONS, plugins: [lightAxios, withCore(entriesOf(without))] });
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
