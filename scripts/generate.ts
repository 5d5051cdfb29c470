// Writes what is made from the commands' values: man/. With --check it writes nothing and fails if a file is stale.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manual } from "../src/cli/manual.ts";
import { loadCommand } from "../src/cli/registry.ts";
import { registry } from "../src/commands/registry.ts";

const FOLDER = "man";

const sections = await Promise.all(
  registry.sections.map(async ({ title, commands }) => ({
    title,
    commands: await Promise.all(Object.keys(commands).map((path) => loadCommand(registry, path))),
  })),
);
const pages = manual(sections);
const present = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
const extra = present.filter((file) => !pages.has(file));
const stale = [...pages].filter(
  ([file, text]) => !present.includes(file) || readFileSync(join(FOLDER, file), "utf8") !== text,
);

if (process.argv.includes("--check")) {
  for (const file of [...extra, ...stale.map(([name]) => name)]) process.stderr.write(`stale: ${FOLDER}/${file}\n`);
  if (extra.length + stale.length > 0) {
    process.stderr.write("run: npm run generate\n");
    process.exitCode = 1;
  }
} else {
  mkdirSync(FOLDER, { recursive: true });
  for (const file of extra) rmSync(join(FOLDER, file));
  for (const [file, text] of stale) writeFileSync(join(FOLDER, file), text);
  process.stdout.write(`${stale.length} written, ${extra.length} removed, ${pages.size} pages\n`);
}
