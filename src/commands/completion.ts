import { command } from "../cli/command.ts";
import { completionScript, SHELLS } from "../cli/completion.ts";
import { arg, oneOf } from "../cli/parameter.ts";
import { shellWords } from "../cli/shell-words.ts";

export const completionCommand = command({
  path: "completion",
  summary: "Print a script that completes command lines in a shell",
  description: ["The script is static: pressing TAB starts no process."],
  examples: [
    { text: "For this bash session", command: "source <(bsk completion bash)" },
    { text: "For zsh, in a directory of its function path", command: "bsk completion zsh > ~/.zfunc/_bsk" },
    { text: "For fish", command: "bsk completion fish > ~/.config/fish/completions/bsk.fish" },
  ],
  options: { shell: arg(oneOf(SHELLS), "the shell", { placeholder: "SHELL" }) },
  run: async ({ shell }, { registry }) => ({ shell, script: completionScript(shell, await shellWords(registry)) }),
  text: ({ script }) => script.trimEnd(),
});
