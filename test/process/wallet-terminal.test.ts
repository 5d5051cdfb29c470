/** Making a wallet on a real terminal: what a person sees and types. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { bsk, sandbox } from "../support/bsk.ts";
import { terminal } from "../support/tmux.ts";
import { describeWith } from "../support/tools.ts";

const PASSPHRASE = "correct horse battery";

/** Words by position from the numbered list on the screen. */
function wordsOn(screen: string): ReadonlyMap<number, string> {
  return new Map(
    [...screen.matchAll(/(?<= )([0-9]{1,2}) ([a-z]{3,8})\b/gu)].map(([, n, word]) => [Number(n), word ?? ""]),
  );
}

describeWith("tmux", "tmux")("wallet create on a terminal", () => {
  const { start, shows, type, press, ended, close } = terminal();
  afterEach(close);

  test("passphrase twice, the phrase once, two of its words typed in", async () => {
    const environment = sandbox();
    start(environment, "wallet", "create", "--network", "regtest");
    await shows(/New passphrase:/u);
    type(PASSPHRASE);
    await shows(/Again:/u);
    type(PASSPHRASE);
    const words = wordsOn(await shows(/Word [0-9]+ of the phrase:/u));
    expect([...words.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const asked = (screen: string): number[] =>
      [...screen.matchAll(/Word ([0-9]+) of the phrase:/gu)].map(([, position]) => Number(position));
    const screenAsking = (times: number): Promise<string> =>
      shows(new RegExp(`(Word [0-9]+ of the phrase:[^]*){${times}}`, "u"));
    type("wrong");
    const [first = 0] = asked(await screenAsking(2));
    type(words.get(first) ?? "");
    const [, repeated, second = 0] = asked(await screenAsking(3));
    expect(repeated).toBe(first);
    expect(second).toBeGreaterThan(first);
    type(words.get(second) ?? "");
    const { code: ending, screen: last } = await ended();
    expect(ending).toBe(0);
    expect(last).toMatch(/receive at {2}[mn]/u);
    expect(last).not.toContain(PASSPHRASE);
    const { code } = await bsk(["wallet", "addresses", "--network", "regtest"], { environment });
    expect(code).toBe(0);
  });

  test("passphrases that differ, and Ctrl-C at the words: no wallet", async () => {
    const environment = sandbox();
    const file = join(environment["HOME"] ?? "", ".local/share/bsk/regtest/wallet.json");
    start(environment, "wallet", "create", "--network", "regtest");
    await shows(/New passphrase:/u);
    type(PASSPHRASE);
    await shows(/Again:/u);
    type(`${PASSPHRASE}!`);
    const differing = await ended();
    expect(differing.code).toBe(6);
    expect(differing.screen).toContain("the two passphrases differ");
    start(environment, "wallet", "create", "--network", "regtest");
    await shows(/New passphrase:/u);
    type(PASSPHRASE);
    await shows(/Again:/u);
    type(PASSPHRASE);
    await shows(/Word [0-9]+ of the phrase:/u);
    press("C-c");
    expect((await ended()).code).toBe(130);
    expect(existsSync(file)).toBe(false);
  });
});
