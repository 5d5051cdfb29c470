/** The shape of a command: a value from which parsing, help, man pages and completion are made. */
import type { Parameters, Values } from "./parameter.ts";
import type { Ports } from "./ports.ts";
import type { Style } from "./style.ts";

/** A command line and what it does, for help and man pages. */
export interface Example {
  readonly text: string;
  /** Without the `$`: `bsk resolve muneeb.id --json`. */
  readonly command: string;
}

export interface Declaration<P extends Parameters, Result extends object> {
  /** The words that call it: "wallet create". */
  readonly path: string;
  /** One line, capitalized, without full stop. */
  readonly summary: string;
  /** Paragraphs for the man page. */
  readonly description?: readonly string[];
  readonly examples?: readonly Example[];
  /** Arguments (in this order), options and flags. */
  readonly options?: P;
  /**
   * It makes and sends transactions. The frame then demands a network that was named, refuses one that has ended
   * (`chain-ended`), both before `run`; it adds `--dry-run` (`ports.dryRun`).
   */
  readonly spends?: boolean;
  /** The network that it works on where none is named; without it mainnet. */
  readonly network?: string;
  /**
   * Its result is the lines that it writes with `ports.terminal.line` while it runs; what `run` returns is not printed.
   * Closing its output stops it.
   */
  readonly streams?: boolean;
  /**
   * Does it. Returns a plain object: what `--json` prints as `data` (bigints become numbers, bytes become hex).
   * @throws BskError for what the user or the machine can cause
   */
  run(options: Values<P>, ports: Ports): Promise<Result>;
  /** The same result for a person, without trailing newline. Streaming commands return "". */
  text(result: Result, style: Style): string;
}

/** A declaration with its defaults filled in. */
export interface Command<P extends Parameters = Parameters, Result extends object = object> {
  readonly path: string;
  readonly summary: string;
  readonly description: readonly string[];
  readonly examples: readonly Example[];
  readonly options: P;
  readonly spends: boolean;
  readonly network: string | null;
  readonly streams: boolean;
  run(options: Values<P>, ports: Ports): Promise<Result>;
  text(result: Result, style: Style): string;
}

/** A command of its declaration; the options that `run` receives are inferred from `options`. */
export function command<P extends Parameters = Parameters, Result extends object = object>(
  declaration: Declaration<P, Result>,
): Command<P, Result> {
  return {
    path: declaration.path,
    summary: declaration.summary,
    description: declaration.description ?? [],
    examples: declaration.examples ?? [],
    options: declaration.options ?? ({} as P),
    spends: declaration.spends ?? false,
    network: declaration.network ?? null,
    streams: declaration.streams ?? false,
    run: (options, ports) => declaration.run(options, ports),
    text: (result, style) => declaration.text(result, style),
  };
}
