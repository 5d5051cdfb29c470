/** Finds which command a command line calls, before any command is loaded. */
import { GLOBAL_OPTIONS } from "./global-options.ts";
import { optionName, type Parameters } from "./parameter.ts";

export interface Called {
  /** The longest path of the registry that the words begin with, or the words of a group; null: neither. */
  readonly path: string | null;
  /** The words that were looked at, for messages. */
  readonly words: readonly string[];
  /** The command line without the words of the path. */
  readonly rest: readonly string[];
}

const VALUED = new Set<string>();
const FLAGS = new Set<string>(["--help", "-h", "--version", "-V"]);
for (const [key, { form, short }] of Object.entries(GLOBAL_OPTIONS as Parameters)) {
  const names = short === null ? [optionName(key)] : [optionName(key), `-${short}`];
  for (const name of names) (form === "flag" ? FLAGS : VALUED).add(name);
}

/** Global options may stand before and between the words of a command; nothing else may. */
export function findCommand(argv: readonly string[], paths: readonly string[]): Called {
  const words: string[] = [];
  const at: number[] = [];
  let path: string | null = null;
  for (let i = 0; i < argv.length; i++) {
    const token = argv[i] ?? "";
    if (token.startsWith("-")) {
      if (FLAGS.has(token) || VALUED.has(token.split("=", 1)[0] ?? "")) {
        if (VALUED.has(token)) i++;
        continue;
      }
      break;
    }
    const longer = [...words, token].join(" ");
    if (!paths.some((known) => known === longer || known.startsWith(`${longer} `))) {
      if (path === null) words.push(token);
      break;
    }
    words.push(token);
    at.push(i);
    path = longer;
  }
  return { path, words, rest: argv.filter((_, i) => !at.includes(i)) };
}

/** The known word with the fewest edits to reach it, null if all are far off. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const edits = editDistance(word, candidate);
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replace));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
