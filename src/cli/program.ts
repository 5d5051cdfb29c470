/** Runs one command: finds it, loads it alone, parses, checks, runs, prints, and says with which code to exit. */
import { BskError } from "../errors.ts";
import type { Command } from "./command.ts";
import { failureEnvelope, successEnvelope } from "./envelope.ts";
import { failureOf, failureText } from "./failure.ts";
import type { Parsed } from "./parse.ts";
import type { Ports } from "./ports.ts";
import { loadCommand, pathsOf, type Registry } from "./registry.ts";
import { checkSpending } from "./spending.ts";
import type { Style } from "./style.ts";
import type { Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";
import { type Called, findCommand, nearest } from "./words.ts";

/** What the frame needs of its surroundings. */
export interface World {
  readonly registry: Registry;
  /** `BSK_DEBUG=1`: show where an error happened. */
  readonly debug: boolean;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** Attributes for standard output and standard error. */
  readonly styles: (noColor: boolean) => Promise<{ readonly output: Style; readonly errors: Style }>;
  /** Builds the ports of one call; nothing that costs time is made before it is asked for. */
  readonly ports: (call: Call) => Ports;
  /** The signal that asked the command to stop, if any did. */
  readonly stopped: () => { readonly signal: string; readonly error: BskError } | null;
}

/** One call of one command, as the ports need to know it. */
export interface Call extends Pick<Parsed, "globals" | "spending"> {
  readonly command: Command;
  readonly errorStyle: Style;
  readonly atEnd: Ports["atEnd"];
  readonly registry: Registry;
}

/** Runs the command line (without `node` and the script) and resolves to the exit code; never throws. */
export async function runProgram(argv: readonly string[], world: World): Promise<number> {
  // Before the command line is parsed, an error must already be told in the form that was asked for.
  const options = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const json = options.includes("--json");
  try {
    await dispatch(argv, world);
    // A server that a supervisor stops with SIGTERM has done its work; Ctrl-C is always told.
    const stopped = world.stopped();
    return stopped?.signal === "SIGINT" ? stopped.error.exitCode : 0;
  } catch (error) {
    const failure = failureOf(world.stopped()?.error ?? error);
    const { errors } = await world.styles(options.includes("--no-color"));
    if (json) world.print(`${failureEnvelope(failure)}\n`);
    else world.printError(`${failureText(failure, errors)}\n`);
    if (world.debug && error instanceof Error) world.printError(`${error.stack ?? error.message}\n`);
    return failure.exitCode;
  }
}

async function dispatch(argv: readonly string[], world: World): Promise<void> {
  const { registry } = world;
  const wantsHelp = argv[0] === "help";
  const called = findCommand(wantsHelp ? argv.slice(1) : argv, pathsOf(registry));
  if (called.path === null) return noCommand(called, argv, world);
  if (!pathsOf(registry).includes(called.path)) return groupOnly(called, called.path, world);
  const command = await loadCommand(registry, called.path);
  const { parseCommandLine } = await import("./parse.ts");
  const parsed = parseCommandLine(command, wantsHelp ? ["--help"] : called.rest);
  if ("help" in parsed) world.print(parsed.help);
  else await runCommand(command, parsed, world);
}

/** `bsk`, `bsk --help`, `bsk --version`, or a word that is no command. @throws BskError usage */
async function noCommand({ words }: Called, argv: readonly string[], world: World): Promise<void> {
  const word = words[0];
  if (word !== undefined) {
    const near = nearest(word, pathsOf(world.registry));
    throw new BskError("usage", `no such command: "${word}"`, {
      hint: near === null ? "bsk --help lists the commands" : `did you mean "bsk ${near}"?`,
    });
  }
  if (argv.includes("--version") || argv.includes("-V")) {
    world.print(`${VERSION}\n`);
    return;
  }
  const stray = argv.find((token) => token.startsWith("-"));
  const wantsHelp = argv.includes("--help") || argv.includes("-h");
  if (stray !== undefined && !wantsHelp)
    throw new BskError("usage", `"${stray}" without a command`, { hint: "bsk --help" });
  const { topHelp } = await import("./help.ts");
  world.print(await topHelp(world.registry));
}

/** The words of a group, with nothing that is a command behind them. @throws BskError usage */
async function groupOnly({ rest }: Called, group: string, world: World): Promise<void> {
  const stray = rest.find((token) => !token.startsWith("-"));
  if (stray !== undefined) {
    const near = nearest(`${group} ${stray}`, pathsOf(world.registry));
    throw new BskError("usage", `no such command: "${group} ${stray}"`, {
      hint: near === null ? `bsk ${group} --help` : `did you mean "bsk ${near}"?`,
    });
  }
  const { groupHelp } = await import("./help.ts");
  world.print(await groupHelp(world.registry, group));
}

async function runCommand(command: Command, parsed: Parsed, world: World): Promise<void> {
  const endings: (() => Promise<void> | void)[] = [];
  const styles = await world.styles(parsed.globals.noColor);
  try {
    const ports = world.ports({
      ...parsed,
      command,
      registry: world.registry,
      errorStyle: styles.errors,
      atEnd: (action) => void endings.push(action),
    });
    if (command.spends) await allowSpending(ports);
    const result = await command.run(parsed.values, ports);
    if (!command.streams) print(command, result, parsed.globals.json, ports.terminal, styles.output);
  } finally {
    for (const action of endings.reverse()) await action();
  }
}

async function allowSpending(ports: Ports): Promise<void> {
  checkSpending({
    network: await ports.network(),
    named: ports.config.origin("network") !== "default",
  });
}

function print(command: Command, result: object, json: boolean, terminal: Terminal, style: Style): void {
  const text = json ? successEnvelope(result) : command.text(result, style);
  if (text !== "") terminal.line(text);
}
