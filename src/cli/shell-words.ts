/** What a shell can offer after each word of a command line, from the same values that parse it. */
import type { Command } from "./command.ts";
import { GLOBAL_OPTIONS, SPENDING_OPTIONS } from "./global-options.ts";
import { type Completes, optionName, type Parameter, type Parameters } from "./parameter.ts";
import type { Registry } from "./registry.ts";
import { loadCommands } from "./registry.ts";

/** What stands for a value: words of a closed list, or something that the shell itself knows how to list. */
export type Offer = { readonly words: readonly string[] } | { readonly kind: Completes | "nothing" };

export interface OptionWords {
  /** `--network`. */
  readonly long: string;
  /** `-y`, or null. */
  readonly short: string | null;
  readonly summary: string;
  /** null: it takes no value. */
  readonly value: Offer | null;
}

export interface CommandWords {
  readonly path: string;
  readonly options: readonly OptionWords[];
  readonly args: readonly Offer[];
  /** The last argument may be given again and again. */
  readonly rest: boolean;
}

/** One word that can follow the words of a prefix. */
export interface NextWord {
  readonly word: string;
  readonly summary: string;
}

export interface ShellWords {
  readonly globals: readonly OptionWords[];
  /** Commands, and groups as commands without arguments. */
  readonly commands: readonly CommandWords[];
  /** Words that can follow, by prefix; "" is the beginning. */
  readonly next: ReadonlyMap<string, readonly NextWord[]>;
}

/** Loads all commands. */
export async function shellWords(registry: Registry): Promise<ShellWords> {
  const commands = await loadCommands(registry);
  const next = new Map<string, NextWord[]>();
  for (const { path, summary } of commands) {
    const words = path.split(" ");
    words.forEach((word, depth) => {
      const prefix = words.slice(0, depth).join(" ");
      const known = next.get(prefix) ?? next.set(prefix, []).get(prefix) ?? [];
      const here = words.slice(0, depth + 1).join(" ");
      if (!known.some((other) => other.word === word)) known.push({ word, summary: registry.groups[here] ?? summary });
    });
  }
  return { globals: optionWords(GLOBAL_OPTIONS), commands: commands.map(commandWords), next };
}

function commandWords(command: Command): CommandWords {
  const own = Object.values(command.options).filter(({ form }) => form === "argument");
  return {
    path: command.path,
    options: [...optionWords(command.options), ...optionWords(command.spends ? SPENDING_OPTIONS : {})],
    args: own.map(offerOf),
    rest: own.at(-1)?.many === true,
  };
}

function optionWords(parameters: Parameters): readonly OptionWords[] {
  return Object.entries(parameters)
    .filter(([, { form }]) => form !== "argument")
    .map(([key, parameter]) => ({
      long: optionName(key),
      short: parameter.short === null ? null : `-${parameter.short}`,
      summary: parameter.summary,
      value: parameter.form === "flag" ? null : offerOf(parameter),
    }));
}

function offerOf({ choices, completes }: Parameter): Offer {
  return choices === null ? { kind: completes ?? "nothing" } : { words: choices };
}
