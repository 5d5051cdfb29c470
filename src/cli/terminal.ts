/** Standard output and standard error: results on the one, everything else on the other. */
import { BskError } from "../errors.ts";
import { quietProgress, type Progress, spinner } from "./progress.ts";
import { PLAIN, type Style } from "./style.ts";

export interface Terminal {
  /** A person is there: prompts are possible and progress is shown. */
  readonly interactive: boolean;
  /** Attributes for standard error. */
  readonly style: Style;
  /** One line of a result, on standard output. */
  line(text: string): void;
  /** What happens meanwhile, on standard error; `--quiet` drops it. */
  note(text: string): void;
  /** What must not be missed, on standard error. */
  warn(text: string): void;
  /** A spinner on a terminal, nothing elsewhere. Call its `stop` or `done` in a `finally`. */
  progress(label: string): Progress;
  /**
   * Asks whether to go on. `--yes` answers. `about` is shown before, as a note; to who is asked, `--quiet` or not.
   * @throws BskError cancelled if the answer is no; usage if nobody can be asked.
   */
  confirm(question: string, about?: readonly string[]): Promise<void>;
  /** Asks for a line. `instead` names the flag that gives it without a terminal. @throws BskError usage */
  ask(question: string, instead: string): Promise<string>;
  /** Asks for a line that is not shown. @throws BskError usage */
  askSecret(question: string, instead: string): Promise<string>;
}

export interface TerminalOptions {
  readonly yes: boolean;
  readonly quiet: boolean;
  /** No text but the envelope may go to standard output. */
  readonly json: boolean;
  readonly style?: Style;
  readonly signal: AbortSignal;
}

/** The streams of a process, or what a test puts in their place. */
export interface Streams {
  readonly input: NodeJS.ReadStream;
  readonly output: Pick<NodeJS.WriteStream, "write">;
  readonly errors: NodeJS.WriteStream;
}

export function terminalOf(streams: Streams, options: TerminalOptions): Terminal {
  const interactive = streams.input.isTTY && streams.errors.isTTY;
  // A terminal without a size has no columns, and a spinner would wipe out endlessly many lines of it.
  const canSpin = streams.errors.isTTY && streams.errors.columns !== 0;
  const refuse = (question: string, instead: string): BskError =>
    new BskError("usage", `nobody can be asked "${question}": standard input is not a terminal`, {
      hint: `give ${instead}`,
    });
  const prompt = async (type: "confirm" | "input" | "password", message: string): Promise<unknown> => {
    const { createPromptModule } = await import("inquirer");
    const ask = createPromptModule({ input: streams.input, output: streams.errors, signal: options.signal });
    const { answer } = await ask<{ answer: unknown }>({ type, name: "answer", message });
    return answer;
  };
  const toErrors = (text: string): void => void streams.errors.write(`${text}\n`);
  return {
    interactive,
    style: options.style ?? PLAIN,
    line: (text) => void streams.output.write(`${text}\n`),
    note: (text) => {
      if (!options.quiet) toErrors(text);
    },
    warn: toErrors,
    progress: (label) => (canSpin && !options.quiet ? spinner(label, streams.errors) : quietProgress),
    confirm: async (question, about = []) => {
      if (!options.quiet || !options.yes) about.forEach(toErrors);
      if (options.yes) return;
      if (!interactive) throw refuse(question, "--yes");
      if ((await prompt("confirm", question)) !== true) throw new BskError("cancelled", "the answer was no");
    },
    ask: async (question, instead) => {
      if (!interactive) throw refuse(question, instead);
      return String(await prompt("input", question));
    },
    askSecret: async (question, instead) => {
      if (!interactive) throw refuse(question, instead);
      return String(await prompt("password", question));
    },
  };
}
