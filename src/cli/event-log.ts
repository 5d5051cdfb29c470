/** What servers tell while they run: one JSON object per line on standard error, for whoever collects logs. */
import type { Clock } from "./ports.ts";
import type { Terminal } from "./terminal.ts";

export interface LogEvent {
  readonly level: "info" | "warn" | "error";
  /** A stable word. */
  readonly event: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** `--quiet` drops what is only information. */
export function eventLog(terminal: Terminal, clock: Clock): (event: LogEvent) => void {
  return ({ level, event, fields }) => {
    const line = JSON.stringify({ time: clock.now().toISOString(), level, event, ...fields });
    if (level === "info") terminal.note(line);
    else terminal.warn(line);
  };
}
