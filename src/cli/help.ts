/** Help of the whole program and of groups of commands, rendered by commander. */
import { Command as Commander } from "commander";
import type { Command } from "./command.ts";
import { commanderOf } from "./parse.ts";
import { loadCommand, loadCommands, type Registry } from "./registry.ts";

const DESCRIPTION =
  "Own and check names on Bitcoin: wallet, name manager, light node and full node for the Blockstack Naming System.";

const AFTER = `
Results go to standard output, everything else to standard error; --json prints one envelope.
Exit codes: bsk-exit-codes(7). Manual: bsk(1) and one page per command, such as bsk-resolve(1).`;

/** `bsk --help`: every word that can follow, under its heading. Loads all commands. */
export async function topHelp(registry: Registry): Promise<string> {
  const program = new Commander("bsk")
    .description(DESCRIPTION)
    .usage("COMMAND [options]")
    .helpOption("-h, --help", "show this help, or that of a command")
    .helpCommand(false)
    .option("-V, --version", "show the version");
  for (const { title, commands } of registry.sections) {
    const paths = Object.keys(commands);
    for (const word of new Set(paths.map(firstWord))) {
      if (program.commands.some((known) => known.name() === word)) continue;
      const summary = registry.groups[word] ?? (await loadCommand(registry, word)).summary;
      const shape = new Commander(word).summary(summary).helpGroup(`${title}:`);
      program.addCommand(shape.usage(paths.includes(word) ? "" : "COMMAND"));
    }
  }
  return render(program.addHelpText("after", AFTER));
}

/** `bsk network --help`: the commands of a group. */
export async function groupHelp(registry: Registry, group: string): Promise<string> {
  const commands = await loadCommands(registry, group);
  const program = new Commander(`bsk ${group}`)
    .description(`${registry.groups[group] ?? group}.`)
    .usage("COMMAND [options]")
    .helpOption("-h, --help", "show this help, or that of a command")
    .helpCommand(false);
  for (const command of commands) program.addCommand(inGroup(command, group));
  return render(program);
}

function inGroup(command: Command, group: string): Commander {
  return commanderOf(command)
    .name(command.path.slice(group.length + 1))
    .summary(command.summary);
}

function render(program: Commander): string {
  let text = "";
  program.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  program.outputHelp();
  return text;
}

function firstWord(path: string): string {
  return path.split(" ", 1)[0] ?? path;
}
