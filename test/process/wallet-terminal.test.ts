/** Making a wallet on a real terminal: what a person sees and types. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { bsk, BIN, sandbox } from "../support/bsk.ts";
import { describeWith } from "../support/tools.ts";

/** A server for each terminal: one that is about to end would take the next one along. */
let terminals = 0;
const socket = (): string => `bsk-test-${process.pid}-${terminals}`;
const PATIENCE_MS = 30_000;
const PASSPHRASE = "correct horse battery";

function tmux(...argv: readonly string[]): string {
  return execFileSync("tmux", ["-L", socket(), ...argv], { encoding: "utf8" });
}

/** The screen once it shows what is waited for. */
async function screenWith(wanted: RegExp): Promise<string> {
  let screen = "";
  for (let waited = 0; waited < PATIENCE_MS; waited += 100) {
    screen = tmux("capture-pane", "-p", "-t", "w");
    if (wanted.test(screen)) return screen;
    await sleep(100);
  }
  throw new Error(`the terminal never showed ${String(wanted)}:\n${screen}`);
}

function type(text: string): void {
  tmux("send-keys", "-t", "w", "-l", text);
  tmux("send-keys", "-t", "w", "Enter");
}

/** Starts a command on a terminal of its own; its exit code is shown when it has ended. */
function start(environment: Readonly<Record<string, string>>, ...argv: readonly string[]): void {
  const settings = Object.entries({ ...environment, NO_COLOR: "1" }).map(([key, value]) => `${key}='${value}'`);
  const line = `env -i TERM=screen ${settings.join(" ")} '${process.execPath}' '${BIN}' ${argv.join(" ")}`;
  terminals++;
  tmux("new-session", "-d", "-s", "w", "-x", "100", "-y", "50", `${line}; echo "ended with $?"; sleep 60`);
}

/** Words by position from the numbered list on the screen. */
function wordsOn(screen: string): ReadonlyMap<number, string> {
  return new Map(
    [...screen.matchAll(/(?<= )([0-9]{1,2}) ([a-z]{3,8})\b/gu)].map(([, n, word]) => [Number(n), word ?? ""]),
  );
}

describeWith("tmux", "tmux")("wallet create on a terminal", () => {
  afterEach(() => {
    tmux("kill-server");
  });

  test("passphrase twice, the phrase once, two of its words typed in", async () => {
    const environment = sandbox();
    start(environment, "wallet", "create", "--network", "regtest");
    await screenWith(/New passphrase:/u);
    type(PASSPHRASE);
    await screenWith(/Again:/u);
    type(PASSPHRASE);
    const words = wordsOn(await screenWith(/Word [0-9]+ of the phrase:/u));
    expect([...words.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const asked = (screen: string): number[] =>
      [...screen.matchAll(/Word ([0-9]+) of the phrase:/gu)].map(([, position]) => Number(position));
    const screenAsking = (times: number): Promise<string> =>
      screenWith(new RegExp(`(Word [0-9]+ of the phrase:[^]*){${times}}`, "u"));
    type("wrong");
    const [first = 0] = asked(await screenAsking(2));
    type(words.get(first) ?? "");
    const [, repeated, second = 0] = asked(await screenAsking(3));
    expect(repeated).toBe(first);
    expect(second).toBeGreaterThan(first);
    type(words.get(second) ?? "");
    const last = await screenWith(/ended with/u);
    expect(last).toContain("ended with 0");
    expect(last).toMatch(/receive at {2}[mn]/u);
    expect(last).not.toContain(PASSPHRASE);
    const { code } = await bsk(["wallet", "addresses", "--network", "regtest"], { environment });
    expect(code).toBe(0);
  });

  test("passphrases that differ, and Ctrl-C at the words: no wallet", async () => {
    const environment = sandbox();
    const file = join(environment["HOME"] ?? "", ".local/share/bsk/regtest/wallet.json");
    start(environment, "wallet", "create", "--network", "regtest");
    await screenWith(/New passphrase:/u);
    type(PASSPHRASE);
    await screenWith(/Again:/u);
    type(`${PASSPHRASE}!`);
    expect(await screenWith(/ended with/u)).toMatch(/the two passphrases differ[^]*ended with 6/u);
    tmux("kill-server");
    start(environment, "wallet", "create", "--network", "regtest");
    await screenWith(/New passphrase:/u);
    type(PASSPHRASE);
    await screenWith(/Again:/u);
    type(PASSPHRASE);
    await screenWith(/Word [0-9]+ of the phrase:/u);
    tmux("send-keys", "-t", "w", "C-c");
    expect(await screenWith(/ended with/u)).toContain("ended with 130");
    expect(existsSync(file)).toBe(false);
  });
});
