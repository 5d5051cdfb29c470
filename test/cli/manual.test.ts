import { expect, test } from "vitest";
import { command } from "../../src/cli/command.ts";
import { manual } from "../../src/cli/manual.ts";
import { escape, paragraph } from "../../src/cli/mdoc.ts";
import { arg, flag, option, text } from "../../src/cli/parameter.ts";
import { loadCommands } from "../../src/cli/registry.ts";
import { SETTING_KEYS } from "../../src/cli/settings.ts";
import { VERSION } from "../../src/cli/version.ts";
import { registry } from "../../src/commands/registry.ts";
import { EXIT_CODES } from "../../src/errors.ts";
import packageJson from "../../package.json" with { type: "json" };

test("every command and every exit code has its place", async () => {
  const commands = await loadCommands(registry);
  const pages = manual([{ title: "All", commands }]);
  expect(pages.size).toBe(commands.length + 2);
  for (const { path } of commands) {
    const page = `bsk-${path.replaceAll(" ", "-")}`;
    expect(pages.get("bsk.1")).toContain(`.It Xr ${page} 1`);
    expect(pages.get(`${page}.1`)).toContain(`.Nm bsk ${path}`);
  }
  const codes = pages.get("bsk-exit-codes.7") ?? "";
  for (const [kind, { code }] of Object.entries(EXIT_CODES)) expect(codes).toContain(`.It ${code} Pq Cm ${kind}\n`);
  for (const key of SETTING_KEYS) expect(pages.get("bsk.1")).toContain(`.It Cm ${escape(key)} `);
});

test("a path in the registry is the path of its command, and one word starts a summary of each group", async () => {
  const paths = registry.sections.flatMap(({ commands }) => Object.keys(commands));
  expect((await loadCommands(registry)).map(({ path }) => path)).toEqual(paths);
  expect(new Set(paths).size).toBe(paths.length);
  const groups = new Set(paths.filter((path) => path.includes(" ")).map((path) => path.split(" ")[0]!));
  for (const group of groups) expect(paths.includes(group) || group in registry.groups).toBe(true);
});

test("one page has every part of the command", () => {
  const sample = command({
    path: "box open",
    summary: "Open a box",
    description: ["First. Second."],
    examples: [{ text: "So", command: "bsk box open x --deep-check" }],
    spends: true,
    options: {
      box: arg(text, "the box"),
      outFile: option(text, "where to", { short: "o", placeholder: "FILE" }),
      deepCheck: flag("check all"),
    },
    run: () => Promise.resolve({}),
    text: () => "",
  });
  const page = manual([{ title: "All", commands: [sample] }]).get("bsk-box-open.1") ?? "";
  for (const part of [
    ".Dt BSK-BOX-OPEN 1",
    ".Nm bsk box open\n.Op Fl \\-out\\-file Ar FILE\n.Op Fl \\-deep\\-check\n.Ar BOX\n",
    "First.\nSecond.",
    ".It Fl o , Fl \\-out\\-file Ar FILE\nWhere to.",
    ".It Fl \\-dry\\-run",
    "$ bsk box open x \\-\\-deep\\-check",
  ])
    expect(page).toContain(part);
});

test("text cannot become a macro", () => {
  expect(escape(".Sh \\x")).toBe("\\&.Sh \\ex");
  expect(paragraph("'tis")).toBe("\\&'tis");
  const long = paragraph(`${"word ".repeat(15)}.start ${"word ".repeat(30)}`.trim());
  expect(long.split("\n").every((line) => line.length <= 80 && !/^[.']/u.test(line))).toBe(true);
});

test("the version is that of the package", () => {
  expect(VERSION).toBe(packageJson.version);
});
