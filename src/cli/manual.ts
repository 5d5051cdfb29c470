/** Man pages, made from the commands' values. `npm run generate` writes them; the check fails when they are stale. */
import { EXIT_CODES } from "../errors.ts";
import type { Command } from "./command.ts";
import { GLOBAL_OPTIONS, SPENDING_OPTIONS } from "./global-options.ts";
import { escape, literal, pageHead, paragraph, section, terms } from "./mdoc.ts";
import { optionName, type Parameter, type Parameters, placeholderOf } from "./parameter.ts";
import { environmentName, SETTING_KEYS, SETTINGS } from "./settings.ts";
import { VERSION_DATE } from "./version.ts";

/** A line of bsk(1): commands under their heading. */
export interface ManualSection {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** File name and text of every page. */
export function manual(sections: readonly ManualSection[]): ReadonlyMap<string, string> {
  const commands = sections.flatMap((part) => part.commands);
  const pages = commands.map((command) => [`${pageName(command)}.1`, commandPage(command, commands)] as const);
  return new Map([["bsk.1", mainPage(sections)], ...pages, ["bsk-exit-codes.7", exitCodesPage()]]);
}

function pageName({ path }: Command): string {
  return `bsk-${path.replaceAll(" ", "-")}`;
}

function commandPage(command: Command, all: readonly Command[]): string {
  const own = Object.entries(command.options);
  const [args, options] = [own.filter(isArgument), own.filter((entry) => !isArgument(entry))];
  const group = command.path.split(" ", 1)[0] ?? command.path;
  const related = all.filter((other) => other !== command && other.path.split(" ", 1)[0] === group);
  return page(
    pageHead(pageName(command), 1, VERSION_DATE),
    section("NAME", `.Nm ${pageName(command)}`, `.Nd ${escape(lowerFirst(command.summary))}`),
    section("SYNOPSIS", `.Nm bsk ${command.path}`, ...[...options, ...args].map(synopsis)),
    section("DESCRIPTION", ...paragraphs([`${command.summary}.`, ...command.description])),
    args.length === 0 ? null : section("ARGUMENTS", terms(args.map(described))),
    section(
      "OPTIONS",
      ...(options.length === 0 ? [] : [terms(options.map(described)), ".Pp"]),
      ...(command.spends ? spendingText() : []),
      "The options that every command takes are in",
      ".Xr bsk 1 .",
    ),
    section("EXIT STATUS", "See", ".Xr bsk-exit-codes 7 ."),
    command.examples.length === 0
      ? null
      : section(
          "EXAMPLES",
          ...command.examples.flatMap(({ text, command: line }) => [paragraph(`${text}:`), literal(`$ ${line}`)]),
        ),
    section(
      "SEE ALSO",
      ...references(["bsk 1", ...related.map((other) => `${pageName(other)} 1`), "bsk-exit-codes 7"]),
    ),
  );
}

function spendingText(): readonly string[] {
  return [
    paragraph("This command makes transactions: the network must be named, by --network or by the configuration."),
    terms(Object.entries(SPENDING_OPTIONS).map(described)),
    ".Pp",
  ];
}

function mainPage(sections: readonly ManualSection[]): string {
  const listed = ({ title, commands }: ManualSection): readonly string[] => [
    `.Ss ${title}`,
    terms(commands.map((command) => [`Xr ${pageName(command)} 1`, `${command.summary}.`])),
  ];
  return page(
    pageHead("bsk", 1, VERSION_DATE),
    section("NAME", ".Nm bsk", ".Nd own and check names on Bitcoin"),
    section("SYNOPSIS", ".Nm bsk", ".Ar command", ".Op Ar options", ".Nm bsk", ".Ar command", ".Fl \\-help"),
    section("DESCRIPTION", ...paragraphs(DESCRIPTION)),
    section("COMMANDS", ...sections.flatMap(listed)),
    section("GLOBAL OPTIONS", terms(Object.entries(GLOBAL_OPTIONS as Parameters).map(described))),
    section("SETTINGS", ...paragraphs(SETTINGS_TEXT), terms(SETTING_KEYS.map(settingTerm))),
    section("ENVIRONMENT", terms(ENVIRONMENT.map(([name, text]) => [`Ev ${name}`, text]))),
    section("FILES", terms(FILES.map(([name, text]) => [`Pa ${name}`, text]))),
    section("EXIT STATUS", "Each kind of error has a code of its own, see", ".Xr bsk-exit-codes 7 ."),
    section("EXAMPLES", "The whole story on a private chain, in a directory of its own:", literal("$ bsk demo")),
    section("SEE ALSO", ".Xr bsk-exit-codes 7"),
  );
}

const DESCRIPTION = [
  "Names of the Blockstack Naming System (BNS) live as operations in Bitcoin transactions. bsk is a wallet and manager for such names, a light node that checks what others say about them, and a full node that derives every name from the blocks.",
  "Results go to standard output and everything else to standard error. With --json a command prints one envelope on standard output, also when it fails.",
  "The historic network, mainnet, ended at block 665750: it can be read for ever, and commands that spend are refused there. Networks of one's own are made with bsk network new.",
];

const SETTINGS_TEXT = [
  "A setting is given by its flag, else by its environment variable, else by the configuration file (its part for the network first), else by its default.",
];

const ENVIRONMENT = [
  ["BSK_HOME", "Directory for configuration and data, as --dir."],
  ["BSK_PASSPHRASE_FILE", "File whose first line is the passphrase, as --passphrase-file."],
  ["BSK_DEBUG", "With 1, an error also shows where in the program it happened."],
  ["NO_COLOR", "With any text, no colours."],
  ["XDG_CONFIG_HOME, XDG_DATA_HOME", "Where configuration and data are kept when BSK_HOME is not set."],
] as const;

const FILES = [
  ["~/.config/bsk/config.json", "Settings."],
  ["~/.config/bsk/networks/", "Definitions of networks of one's own."],
  ["~/.local/share/bsk/NETWORK/", "What belongs to one network: wallet, journal, pins, databases. Mode 0700."],
] as const;

function exitCodesPage(): string {
  const codes = Object.entries(EXIT_CODES).map(([kind, { code, means }]) => ({ kind, code, means }));
  return page(
    pageHead("bsk-exit-codes", 7, VERSION_DATE),
    section("NAME", ".Nm bsk-exit-codes", ".Nd how bsk tells a lie from an outage"),
    section(
      "DESCRIPTION",
      paragraph("Every error has a kind, which is the word in the JSON envelope, and every kind has an exit code."),
      terms([
        ["0", "Done."],
        ...codes.map(({ kind, code, means }) => [`${code} Pq Cm ${kind}`, `${upperFirst(means)}.`] as const),
      ]),
    ),
    section("SEE ALSO", ".Xr bsk 1"),
  );
}

type Entry = readonly [key: string, parameter: Parameter];

function isArgument([, { form }]: Entry): boolean {
  return form === "argument";
}

function synopsis([key, parameter]: Entry): string {
  const dots = parameter.many ? " ..." : "";
  const shape = `${parameterMacros(key, parameter)}${dots}`;
  return parameter.required ? `.${shape}` : `.Op ${shape}`;
}

function described([key, parameter]: Entry): readonly [string, string] {
  const { short, choices, fallback, placeholder } = parameter;
  const letter = short === null ? "" : `Fl ${short} , `;
  const words = choices !== null && placeholder === null ? `; one of ${choices.join(", ")}` : "";
  const otherwise = fallback === null ? "" : `; ${fallback} if left out`;
  return [letter + parameterMacros(key, parameter), `${upperFirst(parameter.summary)}${words}${otherwise}.`];
}

/** `Fl \-zonefile Ar FILE`, `Ar NAME`. */
function parameterMacros(key: string, parameter: Parameter): string {
  const value = `Ar ${escape(placeholderOf(key, parameter))}`;
  if (parameter.form === "argument") return value;
  const name = `Fl ${escape(optionName(key).slice(1))}`;
  return parameter.form === "flag" ? name : `${name} ${value}`;
}

function settingTerm(key: (typeof SETTING_KEYS)[number]): readonly [string, string] {
  const { summary, placeholder, fallback } = SETTINGS[key];
  const otherwise = fallback === null ? "" : `; default ${fallback}`;
  return [
    `Cm ${escape(key)} Ar ${escape(placeholder)}`,
    `${upperFirst(summary)}${otherwise}. Environment: ${environmentName(key)}.`,
  ];
}

function references(pages: readonly string[]): readonly string[] {
  const sorted = [...pages].sort((a, b) => order(a).localeCompare(order(b), "en"));
  return sorted.map((name, i) => `.Xr ${name}${i === sorted.length - 1 ? "" : " ,"}`);
}

/** Man pages list references by chapter, then by name. */
function order(reference: string): string {
  const [name = "", chapter = ""] = reference.split(" ");
  return `${chapter} ${name}`;
}

function paragraphs(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text, i) => (i === 0 ? [paragraph(text)] : [".Pp", paragraph(text)]));
}

function page(...parts: readonly (string | null)[]): string {
  return `${parts.filter((part) => part !== null).join("\n")}\n`;
}

function lowerFirst(text: string): string {
  // An acronym stays as it is.
  return /^[A-Z]{2}/u.test(text) ? text : text.slice(0, 1).toLowerCase() + text.slice(1);
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
