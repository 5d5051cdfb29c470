// The licences of what esbuild bundled, as one text: MIT and its like must travel with the code.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders of the packages that esbuild's accounts name as inputs, nested ones included. */
function packagesOf(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = inputs.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

function describe(folder) {
  const { name, version, license, licenses, author, repository } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const kind =
    typeof license === "string" ? license : (license?.type ?? licenses?.map(({ type }) => type).join(" or "));
  if (kind === undefined) throw new Error(`${name}@${version} is bundled and states no licence`);
  const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each));
  const by = typeof author === "string" ? author : author?.name;
  const text =
    file !== undefined && existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").trim() : null;
  const from = typeof repository === "string" ? repository : repository?.url;
  return { title: `${name} ${version}`, kind, text: text ?? statement({ kind, by, from, folder }) };
}

/** For a package without a licence file: what its package.json and README say. */
function statement({ kind, by, from, folder }) {
  const readme = readdirSync(folder).find((each) => /^readme/i.test(each));
  const section = readme && /#+\s*licen[cs]e[\s\S]*$/i.exec(readFileSync(join(folder, readme), "utf8"))?.[0];
  return (
    section?.trim() ?? `Licence: ${kind}\nAuthor: ${by ?? "see the source"}\nSource: ${from ?? "the npm registry"}`
  );
}

/** One text for all packages; equal licence texts stand once, under all their packages. */
export function thirdPartyLicences(metafiles) {
  const byText = new Map();
  for (const { title, kind, text } of packagesOf(metafiles).map(describe)) {
    byText.set(text, [...(byText.get(text) ?? []), `${title} (${kind})`]);
  }
  const parts = [...byText].map(([text, titles]) => `${[...new Set(titles)].join("\n")}\n\n${text}\n`);
  return `bsk contains the following packages, each under its own licence.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
