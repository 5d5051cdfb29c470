/** One command as commander sees it: parses its command line and renders its help. */
import { Argument, Command as Commander, CommanderError, Option } from "commander";
import { BskError } from "../errors.ts";
import type { Command } from "./command.ts";
import { GLOBAL_OPTIONS, SPENDING_OPTIONS } from "./global-options.ts";
import { optionName, type Parameter, type Parameters, placeholderOf, readParameter, type Values } from "./parameter.ts";

type GlobalValues = Values<typeof GLOBAL_OPTIONS>;
type SpendingValues = Values<typeof SPENDING_OPTIONS>;

export interface Parsed {
  readonly values: Readonly<Record<string, unknown>>;
  readonly globals: GlobalValues;
  /** Empty where the command does not spend. */
  readonly spending: Partial<SpendingValues>;
}

/** The parsed command line, or the help that it asked for. @throws BskError usage */
export function parseCommandLine(command: Command, argv: readonly string[]): Parsed | { readonly help: string } {
  let help = "";
  const commander = commanderOf(command)
    .exitOverride()
    .configureOutput({ writeOut: (text) => (help += text), writeErr: () => undefined });
  try {
    commander.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return { help };
    throw usageError(error, command.path);
  }
  return {
    values: read(commander, command.options),
    globals: read(commander, GLOBAL_OPTIONS) as GlobalValues,
    spending: read(commander, command.spends ? SPENDING_OPTIONS : {}),
  };
}

function usageError(error: CommanderError, path: string): BskError {
  const [message = "", ...more] = error.message.replace(/^error: /u, "").split("\n");
  const hint = [...more.map((line) => line.replace(/^\((.*)\)$/u, "$1")), `bsk ${path} --help`].join("\n");
  return new BskError("usage", message, { hint });
}

/** The commander command, with help in sections. */
export function commanderOf(command: Command): Commander {
  const commander = new Commander(`bsk ${command.path}`)
    .description([`${command.summary}.`, ...command.description].join("\n\n"))
    .helpOption("-h, --help", "show this help")
    .allowExcessArguments(false);
  for (const [key, parameter] of Object.entries(command.options)) {
    if (parameter.form === "argument") commander.addArgument(argumentOf(key, parameter));
    else commander.addOption(optionOf(key, parameter));
  }
  commander.optionsGroup("Global options:");
  if (command.spends) addOptions(commander, SPENDING_OPTIONS, "Spending options:");
  addOptions(commander, GLOBAL_OPTIONS, "Global options:");
  if (command.examples.length > 0) commander.addHelpText("after", examplesText(command));
  return commander;
}

function addOptions(commander: Commander, options: Parameters, heading: string): void {
  for (const [key, parameter] of Object.entries(options))
    commander.addOption(optionOf(key, parameter).helpGroup(heading));
}

function examplesText({ examples }: Command): string {
  return `\nExamples:\n${examples.map(({ text, command }) => `  ${text}:\n    $ ${command}`).join("\n")}`;
}

const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), text];

function argumentOf(key: string, parameter: Parameter): Argument {
  const name = placeholderOf(key, parameter);
  const dots = parameter.many ? "..." : "";
  const shape = parameter.required ? `<${name}${dots}>` : `[${name}${dots}]`;
  return new Argument(shape, parameter.summary + choicesText(parameter));
}

function optionOf(key: string, parameter: Parameter): Option {
  const long = optionName(key);
  const names = parameter.short === null ? long : `-${parameter.short}, ${long}`;
  if (parameter.form === "flag") return new Option(names, parameter.summary);
  return new Option(`${names} <${placeholderOf(key, parameter)}>`, parameter.summary + choicesText(parameter))
    .argParser(collect)
    .makeOptionMandatory(parameter.required);
}

function choicesText({ choices, fallback, placeholder }: Parameter): string {
  const shown = choices !== null && placeholder === null ? ` (${choices.join(", ")})` : "";
  return fallback === null ? shown : `${shown} (default: ${fallback})`;
}

function read(commander: Commander, parameters: Parameters): Readonly<Record<string, unknown>> {
  const given = commander.opts<Record<string, unknown>>();
  const positional = Object.entries(parameters).filter(([, { form }]) => form === "argument");
  const textsOf = (key: string, parameter: Parameter): readonly string[] => {
    if (parameter.form === "argument") return texts(commander.processedArgs[positional.findIndex(([k]) => k === key)]);
    const option = new Option(optionName(key));
    const value = given[option.attributeName()];
    // `--no-x` is true where it was given: commander then says that x is false.
    if (parameter.form === "flag") return value === !option.negate ? ["true"] : [];
    return texts(value);
  };
  return Object.fromEntries(
    Object.entries(parameters).map(([key, parameter]) => [key, readParameter(key, parameter, textsOf(key, parameter))]),
  );
}

function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? (value as string[]) : [];
}
