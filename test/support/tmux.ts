/** A real terminal for a command line, by tmux: what a person sees and types. */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { BIN } from "./bsk.ts";

export interface Terminal {
  /** Starts `bsk ...argv` with this environment alone, without colours, in a window of 120 by 50. */
  readonly start: (environment: Readonly<Record<string, string>>, ...argv: readonly string[]) => void;
  /** The screen once it shows what is waited for. @throws with the screen if it does not within a minute */
  readonly shows: (wanted: RegExp) => Promise<string>;
  /** Types a line and presses Enter. */
  readonly type: (line: string) => void;
  /** Presses a key, like "C-c". */
  readonly press: (key: string) => void;
  /** Exit code and last screen of the command, when it has ended. */
  readonly ended: () => Promise<{ readonly code: number; readonly screen: string }>;
  readonly isCursorShown: () => boolean;
  /** Ends everything of it; harmless before a start. */
  readonly close: () => void;
}

const PATIENCE_MS = 60_000;
/** A server for each terminal: one that is about to end would take the next one along. */
let terminals = 0;

export function terminal(): Terminal {
  let socket: string | null = null;
  const tmux = (...argv: readonly string[]): string =>
    execFileSync("tmux", ["-L", socket ?? "none", ...argv], {
      encoding: "utf8",
      env: { ...process.env, LANG: "C.UTF-8" },
    });
  const shows = async (wanted: RegExp): Promise<string> => {
    let screen = "";
    for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
      screen = tmux("capture-pane", "-p", "-t", "w");
      if (wanted.test(screen)) return screen;
      await sleep(50);
    }
    throw new Error(`the terminal never showed ${String(wanted)}:\n${screen}`);
  };
  const close = (): void => {
    if (socket !== null) tmux("kill-server");
    socket = null;
  };
  return {
    start: (environment, ...argv) => {
      close();
      socket = `bsk-test-${process.pid}-${++terminals}`;
      const settings = Object.entries({ ...environment, NO_COLOR: "1", LANG: "C.UTF-8", TERM: "screen" });
      const words = [...settings.map(([key, value]) => `${key}=${value}`), process.execPath, BIN, ...argv];
      const line = words.map((word) => `'${word}'`).join(" ");
      tmux("new-session", "-d", "-s", "w", "-x", "120", "-y", "50", `env -i ${line}; echo "ended with $?"; sleep 60`);
    },
    shows,
    type: (line) => {
      tmux("send-keys", "-t", "w", "-l", line);
      tmux("send-keys", "-t", "w", "Enter");
    },
    press: (key) => {
      tmux("send-keys", "-t", "w", key);
    },
    ended: async () => {
      const screen = await shows(/ended with [0-9]+/u);
      return { screen, code: Number(/ended with ([0-9]+)/u.exec(screen)?.[1]) };
    },
    isCursorShown: () => tmux("display-message", "-p", "-t", "w", "#{cursor_flag}").trim() === "1",
    close,
  };
}
