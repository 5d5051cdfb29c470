/** The shape of the list of commands: loaders only, so that one command starts without loading the others. */
import type { Command } from "./command.ts";

/** Commands under one heading of the help, by path. */
export interface Section {
  readonly title: string;
  readonly commands: Readonly<Record<string, () => Promise<Command>>>;
}

export interface Registry {
  readonly sections: readonly Section[];
  /** Summaries of the words that only group commands, such as "network". */
  readonly groups: Readonly<Record<string, string>>;
}

/** Paths of all commands, in the order of the help. */
export function pathsOf({ sections }: Registry): readonly string[] {
  return sections.flatMap(({ commands }) => Object.keys(commands));
}

/** Loads one command. @throws Error if there is none of this path. */
export async function loadCommand({ sections }: Registry, path: string): Promise<Command> {
  for (const { commands } of sections) {
    const load = Object.hasOwn(commands, path) ? commands[path] : undefined;
    if (load !== undefined) return load();
  }
  throw new Error(`no command "${path}" in the registry`);
}

/** Loads all commands whose path begins with these words, in the order of the help. */
export async function loadCommands(registry: Registry, prefix = ""): Promise<readonly Command[]> {
  const paths = pathsOf(registry).filter((path) => prefix === "" || path === prefix || path.startsWith(`${prefix} `));
  return Promise.all(paths.map((path) => loadCommand(registry, path)));
}
