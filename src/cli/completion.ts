/** Completion scripts: static texts, so that pressing TAB starts no process. */
import { completionForBash } from "./completion-bash.ts";
import { completionForFish } from "./completion-fish.ts";
import { completionForZsh } from "./completion-zsh.ts";
import type { ShellWords } from "./shell-words.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, words: ShellWords): string {
  switch (shell) {
    case "bash":
      return completionForBash(words);
    case "zsh":
      return completionForZsh(words);
    case "fish":
      return completionForFish(words);
  }
}
