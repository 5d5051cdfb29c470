import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { completionScript, SHELLS, type Shell } from "../../src/cli/completion.ts";
import { shellWords } from "../../src/cli/shell-words.ts";
import { registry } from "../../src/commands/registry.ts";
import { bsk, runToEnd, sandbox } from "../support/bsk.ts";
import { describeWith } from "../support/tools.ts";

const home = sandbox();
const environment = { ...home, BSK_HOME: join(home["HOME"] ?? "", "b"), TERM: "xterm" };
const scriptOf = (shell: Shell) => join(home["HOME"] ?? "", `completion.${shell}`);

beforeAll(async () => {
  const words = await shellWords(registry);
  for (const shell of SHELLS) writeFileSync(scriptOf(shell), completionScript(shell, words));
  const made = await bsk(["network", "new", "acme", "--chain", "regtest"], { environment });
  expect(made.code).toBe(0);
});

/** Words typed so far, the last of them unfinished -> what is offered. */
const OFFERS: readonly (readonly [typed: readonly string[], offered: readonly string[]])[] = [
  [["net"], ["network"]],
  [
    ["network", ""],
    ["list", "show", "new"],
  ],
  [["network", "n"], ["new"]],
  [
    ["--network", ""],
    ["mainnet", "testnet", "regtest", "acme"],
  ],
  [["--network", "regtest", "config", "g"], ["get"]],
  [["network", "show", "a"], ["acme"]],
  [["network", "new", "x", "--ch"], ["--chain"]],
  [["network", "new", "x", "--chain", "s"], ["signet"]],
  [["config", "get", "esplora"], ["esplora.url"]],
  [["completion", ""], [...SHELLS]],
  [["network", "list", "x"], []],
];

test("bsk completion prints the script", async () => {
  const { code, out, err } = await bsk(["completion", "bash"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toBe(completionScript("bash", await shellWords(registry)));
  expect((await bsk(["completion", "tcsh"])).err).toContain('SHELL: not one of bash, zsh, fish: "tcsh"');
});

describeWith("bash", "bash")("bash", () => {
  test.each(OFFERS)("%j", async (typed, offered) => {
    const script = `source "$1"; shift; COMP_WORDS=(bsk "$@"); COMP_CWORD=$#; _bsk; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { out, err } = await runToEnd("bash", ["-c", script, "bash", scriptOf("bash"), ...typed], environment);
    expect(err).toBe("");
    expect(
      out
        .split("\n")
        .filter((line) => line !== "")
        .sort(),
    ).toEqual([...offered].sort());
  });
});

describeWith("fish", "fish")("fish", () => {
  test.each(OFFERS)("%j", async (typed, offered) => {
    const line = ["bsk", ...typed].join(" ");
    const { out, err } = await runToEnd(
      "fish",
      ["-c", `source ${scriptOf("fish")}; complete -C '${line}'`],
      environment,
    );
    expect(err).toBe("");
    const words = out.split("\n").filter((word) => word !== "");
    expect(words.map((word) => word.split("\t")[0] ?? "").sort()).toEqual([...offered].sort());
  });
});

describeWith("zsh", "zsh")("zsh", () => {
  test("the script parses, and offers words on a terminal", async () => {
    expect(await runToEnd("zsh", ["-n", scriptOf("zsh")], environment)).toEqual({ code: 0, out: "", err: "" });
    const typing = [
      "zmodload zsh/zpty",
      "zpty z zsh -f -i",
      `zpty -w z 'autoload -Uz compinit; compinit -u -D; source ${scriptOf("zsh")}; echo RE""ADY'`,
      "zpty -r z out '*READY*'",
      `zpty -w -n z $'bsk network new x --chain sig\\t'`,
      "zpty -r z out '*signet*'",
      'print -r -- "$out"',
    ].join("\n");
    const { out } = await runToEnd("zsh", ["-c", typing], environment);
    expect(out).toContain("signet");
  });
});
