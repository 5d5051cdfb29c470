/** What the light node has verified, as commands show it. */
import type { ShownLight } from "../lightnode/light-directory.ts";
import { pinWords } from "./pin.ts";
import { duration } from "./progress.ts";
import type { Style } from "./style.ts";

export function lightPairs({ pin, unfinished, bytes, directory }: ShownLight, style: Style): [string, string | null][] {
  return [
    ["up to", pin === null ? null : `block ${pin.height}`],
    ["pin", pin === null ? null : pinWords(pin, style)],
    [
      "unfinished",
      unfinished === null ? null : `spine to block ${unfinished.spine}, operations to block ${unfinished.log}`,
    ],
    ["size", bytes === 0 ? null : byteCount(bytes)],
    ["directory", style.dim(directory)],
  ];
}

/** "3 days ago". */
export function ago(since: string, now: Date): string {
  return `${duration(now.getTime() - Date.parse(since))} ago`;
}

/** "812 B", "9.4 MB". */
export function byteCount(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  let value = bytes / 1000;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[unit] ?? ""}`;
}
