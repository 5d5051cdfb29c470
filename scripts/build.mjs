// Builds dist/. Run by `npm ci` through `prepare`. Each part is a file of its own: scripts/build-*.mjs.
import { rmSync, writeFileSync } from "node:fs";
import { buildCommandLine } from "./build-cli.mjs";
import { buildDevnetNode } from "./build-devnet.mjs";
import { buildLibrary } from "./build-library.mjs";
import { buildScanWorker } from "./build-scan-worker.mjs";
import { thirdPartyLicences } from "./third-party-licences.mjs";

rmSync("dist", { recursive: true, force: true });
const bundled = await Promise.all([buildDevnetNode(), buildCommandLine(), buildScanWorker(), buildLibrary()]);
writeFileSync("dist/THIRD-PARTY-LICENSES.txt", thirdPartyLicences(bundled));
