// Builds dist/devnet-node.cjs: bcoin and our wrapper in one file without dependencies or native code.
import { build } from "esbuild";
import { mkdirSync, renameSync } from "node:fs";

/** bcoin loads its database even in memory mode, where nothing of it is called. */
const noLevelDb = {
  name: "no-leveldb",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^leveldown$/ }, () => ({ path: "leveldown", namespace: "stub" }));
    onLoad({ filter: /.*/, namespace: "stub" }, () => ({
      contents: 'module.exports = function () { throw new Error("this node keeps its chain in memory"); };',
    }));
  },
};

/** Returns esbuild's account of the inputs. The file appears whole or not at all: tests may be starting it. */
export async function buildDevnetNode() {
  mkdirSync("dist", { recursive: true });
  const unfinished = `dist/.devnet-node-${process.pid}.cjs`;
  const { metafile } = await build({
    entryPoints: ["src/chain/devnet-node/node.cjs"],
    outfile: unfinished,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    target: "node20",
    legalComments: "none",
    logLevel: "error",
    metafile: true,
    plugins: [noLevelDb],
  });
  renameSync(unfinished, "dist/devnet-node.cjs");
  return metafile;
}

/** For vitest's `globalSetup`: tests with a real node use the sources at hand. */
export const setup = () => buildDevnetNode().then(() => undefined);
