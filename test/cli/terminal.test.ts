import { expect, test } from "vitest";
import { duration, estimate, quietProgress } from "../../src/cli/progress.ts";
import { PLAIN, styleOf, wantsColour } from "../../src/cli/style.ts";
import { terminalOf } from "../../src/cli/terminal.ts";

function terminal(over: { yes?: boolean; quiet?: boolean; isTTY?: boolean } = {}) {
  const written = { out: "", err: "" };
  const { isTTY = false } = over;
  const streams = {
    input: { isTTY } as unknown as NodeJS.ReadStream,
    output: { write: (text: string) => ((written.out += text), true) },
    errors: { isTTY, write: (text: string) => ((written.err += text), true) } as unknown as NodeJS.WriteStream,
  };
  const signal = new AbortController().signal;
  const options = { yes: over.yes ?? false, quiet: over.quiet ?? false, json: false, signal };
  return { written, on: terminalOf(streams, options) };
}

test("results go to standard output, the rest to standard error; --quiet drops notes but no warnings", () => {
  for (const quiet of [false, true]) {
    const { written, on } = terminal({ quiet });
    on.line("result");
    on.note("note");
    on.warn("warning");
    expect(written).toEqual({ out: "result\n", err: quiet ? "warning\n" : "note\nwarning\n" });
  }
});

test("without a terminal a needed prompt is a usage error that names the flag", async () => {
  const { on } = terminal();
  await expect(on.confirm("send it?")).rejects.toMatchObject({ kind: "usage", hint: "give --yes" });
  await expect(on.ask("which?", "--name NAME")).rejects.toMatchObject({ kind: "usage", hint: "give --name NAME" });
  await expect(on.askSecret("secret?", "--x")).rejects.toMatchObject({ kind: "usage" });
  await expect(terminal({ yes: true }).on.confirm("send it?")).resolves.toBeUndefined();
});

test("what is confirmed is shown to whoever is asked, also with --quiet", async () => {
  for (const quiet of [false, true]) {
    const asked = terminal({ quiet });
    await expect(asked.on.confirm("send it?", ["the plan"])).rejects.toMatchObject({ kind: "usage" });
    expect(asked.written.err).toBe("the plan\n");
    const answered = terminal({ quiet, yes: true });
    await answered.on.confirm("send it?", ["the plan"]);
    expect(answered.written.err).toBe(quiet ? "" : "the plan\n");
  }
});

test("there is progress only where somebody looks", () => {
  expect(terminal().on.progress("x")).toBe(quietProgress);
  expect(terminal({ isTTY: true, quiet: true }).on.progress("x")).toBe(quietProgress);
});

test("estimates of the time left", () => {
  expect(estimate(10_000)).toBe("");
  expect(estimate(10_000, 1, 0)).toBe("");
  expect(estimate(100, 1, 2)).toBe(" (50 %)");
  expect(estimate(10_000, 0, 10)).toBe(" (0 %)");
  expect(estimate(10_000, 1, 5)).toBe(" (20 %, 40 s left)");
  expect(estimate(10_000, 7, 5)).toBe(" (100 %, 0 s left)");
  expect([0, 89_000, 90_000, 5_400_000, 12_000_000, 400_000_000].map(duration)).toEqual([
    "0 s",
    "89 s",
    "2 min",
    "1 h 30 min",
    "3 h 20 min",
    "5 days",
  ]);
});

test("colours: a terminal has them, NO_COLOR and --no-color switch them off", async () => {
  const cases: readonly (readonly [boolean, boolean, Record<string, string>, boolean])[] = [
    [true, false, {}, true],
    [false, false, {}, false],
    [true, true, {}, false],
    [true, false, { NO_COLOR: "1" }, false],
    [true, false, { NO_COLOR: "" }, true],
    [true, false, { TERM: "dumb" }, false],
    [false, false, { FORCE_COLOR: "1" }, true],
    [true, false, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ];
  for (const [isTerminal, off, environment, wants] of cases)
    expect(wantsColour(isTerminal, off, environment)).toBe(wants);
  expect(await styleOf(false)).toBe(PLAIN);
  expect((await styleOf(true)).bad("x")).toBe("\u001b[31mx\u001b[39m");
});
