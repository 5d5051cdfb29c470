import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { bsk, BIN, sandbox } from "../support/bsk.ts";
import { terminal } from "../support/tmux.ts";
import { describeWith } from "../support/tools.ts";

const create = ["wallet", "create", "--network", "regtest"];

test("without a terminal a needed passphrase is a usage error that names the flags", async () => {
  const { code, out, err } = await bsk([...create, "--show-phrase"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("hint: give --passphrase-file FILE, --passphrase-fd FD or BSK_PASSPHRASE_FILE");
});

test("a passphrase comes from a file, a descriptor, standard input or the environment's file, never an argument", async () => {
  const file = join(sandbox()["HOME"] ?? "", "pass");
  writeFileSync(file, "correct horse battery staple\n");
  const made = async (more: readonly string[], environment: Record<string, string>, input = "") =>
    (await bsk([...create, "--show-phrase", ...more], { environment: { ...sandbox(), ...environment }, input })).code;
  expect(await made(["--passphrase-file", file], {})).toBe(0);
  expect(await made(["--passphrase-fd", "0"], {}, "correct horse battery staple\n")).toBe(0);
  expect(await made(["--passphrase-file", "-"], {}, "correct horse battery staple\n")).toBe(0);
  expect(await made([], { BSK_PASSPHRASE_FILE: file })).toBe(0);
  expect(await made(["--passphrase", "secret"], {})).toBe(2);
  expect(await made(["--passphrase-fd", "77"], {})).toBe(2);
});

/** Says when the program has taken over the signals: before that one would meet Node alone. */
const TELL = `process.on("newListener",(name)=>name==="SIGTERM"&&setImmediate(()=>process.stderr.write("ready\\n")))`;

test.each(["SIGINT", "SIGTERM"] as const)("%s ends a command that waits for input: with 130", async (signal) => {
  const environment = { ...sandbox(), NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(TELL)}` };
  const argv = [BIN, ...create, "--show-phrase", "--passphrase-file", "-"];
  const child = spawn(process.execPath, argv, { env: environment });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (err === "") child.kill(signal);
    err += text;
  });
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(130);
  expect(err).toBe(`ready\nerror: stopped by ${signal}\n`);
});

describeWith("tmux", "tmux")("on a terminal", () => {
  const { start, shows, type, press, ended, isCursorShown, close } = terminal();
  afterEach(close);

  test("the passphrase is asked for twice and never shown; two that differ are the wallet's error", async () => {
    start(sandbox(), ...create, "--show-phrase");
    await shows(/New passphrase:/u);
    type("correct horse battery staple");
    await shows(/Again:/u);
    type("correct horse battery stable");
    const { code, screen } = await ended();
    expect(code).toBe(6);
    expect(screen).toContain("the two passphrases differ");
    expect(screen).not.toContain("horse");
  });

  test("Ctrl-C at a prompt is 130 and leaves the terminal as it was", async () => {
    start(sandbox(), ...create, "--show-phrase", "--words", "24");
    await shows(/New passphrase:/u);
    press("C-c");
    const { code, screen } = await ended();
    expect({ code, cursor: isCursorShown() }).toEqual({ code: 130, cursor: true });
    expect(screen).toContain("error: cancelled");
  });
});
