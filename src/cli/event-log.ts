/** What servers tell while they run: one line for each event on standard error, for whoever collects logs. */
import type { Clock } from "./ports.ts";
import type { Terminal } from "./terminal.ts";

export const LOG_LEVELS = ["info", "warn", "error"] as const;
export const LOG_FORMATS = ["json", "text"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];
type LogFormat = (typeof LOG_FORMATS)[number];

export interface LogEvent {
  readonly level: LogLevel;
  /** A stable word. */
  readonly event: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

export interface EventLogStyle {
  /** The least that is told. */
  readonly level: LogLevel;
  /** A JSON object, or `time level event key=value …`. */
  readonly format: LogFormat;
}

function lineOf({ level, event, fields }: LogEvent, time: string, format: LogFormat): string {
  if (format === "json") return JSON.stringify({ time, level, event, ...fields });
  const pairs = Object.entries(fields).map(([key, value]) => {
    const shown = String(value);
    return `${key}=${/^[^\s"=]+$/u.test(shown) ? shown : JSON.stringify(shown)}`;
  });
  return [time, level, event, ...pairs].join(" ");
}

const ALL_AS_JSON: EventLogStyle = { level: "info", format: "json" };

/** `--quiet` drops what is only information, whatever the level. */
export function eventLog(terminal: Terminal, clock: Clock, style = ALL_AS_JSON): (event: LogEvent) => void {
  const least = LOG_LEVELS.indexOf(style.level);
  return (event) => {
    if (LOG_LEVELS.indexOf(event.level) < least) return;
    const line = lineOf(event, clock.now().toISOString(), style.format);
    if (event.level === "info") terminal.note(line);
    else terminal.warn(line);
  };
}
