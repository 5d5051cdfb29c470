/** A spinner with an estimate of the time left, for a terminal. */
import type { Ora } from "ora";

export interface Progress {
  /** So many of so many are done; without a total only the text changes. */
  update(text: string, done?: number, total?: number): void;
  /** Ends it with a check mark and a text that stays. */
  done(text: string): void;
  /** Ends it and wipes it out; harmless after `done`. */
  stop(): void;
}

const nothing = (): void => undefined;

/** Where nobody looks. */
export const quietProgress: Progress = { update: nothing, done: nothing, stop: nothing };

/** ora is loaded behind the first text: work that is over before shows nothing. */
export function spinner(label: string, stream: NodeJS.WriteStream): Progress {
  const started = performance.now();
  let text = label;
  let ended = false;
  let shown: Ora | null = null;
  void import("ora").then(({ default: ora }) => {
    // Our own handlers stop the command on Ctrl-C: the spinner must not swallow standard input.
    if (!ended) shown = ora({ text, stream, discardStdin: false }).start();
  });
  const end = (): boolean => {
    if (ended) return false;
    ended = true;
    return true;
  };
  return {
    update: (next, done, total) => {
      text = `${label}: ${next}${estimate(performance.now() - started, done, total)}`;
      if (shown !== null) shown.text = text;
    },
    done: (last) => {
      if (!end()) return;
      if (shown === null) stream.write(`✔ ${last}\n`);
      else shown.succeed(last);
    },
    stop: () => {
      if (end()) shown?.stop();
    },
  };
}

/** " (40 %, 2 min left)", or "" while nothing can be said. */
export function estimate(elapsedMs: number, done?: number, total?: number): string {
  if (done === undefined || total === undefined || total <= 0) return "";
  const share = Math.min(1, done / total);
  const percent = `${Math.floor(share * 100)} %`;
  if (share <= 0 || elapsedMs < 1000) return ` (${percent})`;
  return ` (${percent}, ${duration((elapsedMs * (1 - share)) / share)} left)`;
}

/** "45 s", "12 min", "3 h 20 min", "5 days" for milliseconds. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  if (minutes < 48 * 60) {
    const rest = minutes % 60;
    return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
  }
  return `${Math.round(minutes / (24 * 60))} days`;
}
