// Builds dist/verify.js and dist/verify.d.ts: the package's `bsk/verify`, one file without imports for Node and browsers.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import ts from "typescript";

const ENTRY = "src/verify/library.ts";

/** Returns esbuild's account of the inputs. The files appear whole or not at all: tests may be loading them. */
export async function buildLibrary() {
  const unfinished = `dist/.verify-${process.pid}`;
  const { metafile } = await build({
    entryPoints: [ENTRY],
    outfile: `${unfinished}.js`,
    bundle: true,
    minify: true,
    format: "esm",
    // Neither Node's modules nor its globals: what needs one fails to build.
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
  });
  // The types of the entry stand alone, so that its declarations are all there is to ship.
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(ENTRY, "utf8"), {
    fileName: ENTRY,
    compilerOptions: { isolatedDeclarations: true, declaration: true, target: ts.ScriptTarget.ES2022 },
    reportDiagnostics: true,
  });
  const said = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  if (/^import /mu.test(outputText)) said.push("the types of the library do not stand alone");
  if (said.length > 0) throw new Error(`${ENTRY}: ${said.join("; ")}`);
  writeFileSync(`${unfinished}.d.ts`, outputText);
  for (const extension of ["js", "d.ts"]) renameSync(`${unfinished}.${extension}`, `dist/verify.${extension}`);
  return metafile;
}

/** For vitest's `globalSetup`: tests that load the library use the sources at hand. */
export const setup = () => buildLibrary().then(() => undefined);
