/** Text attributes; every one is the identity where colours are off. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly name: (text: string) => string;
}

const same = (text: string): string => text;

export const PLAIN: Style = { bold: same, dim: same, good: same, bad: same, warn: same, name: same };

/** Colours if asked for. chalk is loaded only then: a pipe does not pay for it. */
export async function styleOf(coloured: boolean): Promise<Style> {
  if (!coloured) return PLAIN;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    name: (text) => chalk.cyan(text),
  };
}

/** NO_COLOR (any text) and `--no-color` switch colours off; FORCE_COLOR on; else a terminal has them. */
export function wantsColour(
  isTerminal: boolean,
  noColorFlag: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR: off, FORCE_COLOR: on, TERM: kind } = environment;
  if (noColorFlag || (off !== undefined && off !== "")) return false;
  if (on !== undefined && on !== "" && on !== "0") return true;
  return isTerminal && kind !== "dumb";
}
