// Writes what is made from the commands' values: man/, and the list of pages in package.json from which npm links them.
// With --check it writes nothing and fails if a file is stale.
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
const packageText = readFileSync("package.json", "utf8");
const listed = `${JSON.stringify({ ...parsed(packageText), man: [...pages.keys()].sort().map((file) => `./${FOLDER}/${file}`) }, null, 2)}\n`;
const present = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
const extra = present.filter((file) => !pages.has(file));
const stale = [...pages].filter(
  ([file, text]) => !present.includes(file) || readFileSync(join(FOLDER, file), "utf8") !== text,
);

if (process.argv.includes("--check")) {
  if (listed !== packageText) process.stderr.write('stale: "man" in package.json\n');
  for (const file of [...extra, ...stale.map(([name]) => name)]) process.stderr.write(`stale: ${FOLDER}/${file}\n`);
  if (extra.length + stale.length > 0 || listed !== packageText) {
    process.stderr.write("run: npm run generate\n");
    process.exitCode = 1;
  }
} else {
  mkdirSync(FOLDER, { recursive: true });
  for (const file of extra) rmSync(join(FOLDER, file));
  for (const [file, text] of stale) writeFileSync(join(FOLDER, file), text);
  if (listed !== packageText) writeFileSync("package.json", listed);
  process.stdout.write(`${stale.length} written, ${extra.length} removed, ${pages.size} pages\n`);
}

function parsed(text: string): object {
  return JSON.parse(text) as object;
}
