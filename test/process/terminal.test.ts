import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { bsk, BIN, runToEnd, sandbox } from "../support/bsk.ts";
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
  const home = sandbox();
  const socket = join(home["HOME"] ?? "", "tmux");
  const tmux = async (...argv: readonly string[]) =>
    (await runToEnd("tmux", ["-S", socket, ...argv], { ...home, TERM: "xterm", LANG: "C.UTF-8" })).out;

  afterEach(() => tmux("kill-server"));

  /** Types a line when the screen shows what is waited for. */
  const answer = async (waitFor: string, line: string) => {
    for (;;) {
      const screen = await tmux("capture-pane", "-p");
      if (screen.includes(waitFor)) break;
    }
    await tmux("send-keys", line, "Enter");
  };

  const start = async (argv: readonly string[]) => {
    const code = join(home["HOME"] ?? "", `code-${argv.join("-").replace(/\W/gu, "")}`);
    const line = [process.execPath, BIN, ...argv].map((word) => `'${word}'`).join(" ");
    await tmux(
      "new-session",
      "-d",
      "-x",
      "120",
      "-y",
      "40",
      `${line} 2> '${code}.err' 2>/dev/tty; echo $? > '${code}'; sleep 60`,
    );
    return code;
  };

  const codeIn = async (file: string) => {
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 50));
    return Number(readFileSync(file, "utf8"));
  };

  test("the passphrase is asked for twice and never shown; two that differ are the wallet's error", async () => {
    const code = await start([...create, "--show-phrase"]);
    await answer("New passphrase:", "correct horse battery staple");
    await answer("Again:", "correct horse battery stable");
    expect(await codeIn(code)).toBe(6);
    const screen = await tmux("capture-pane", "-p");
    expect(screen).toContain("the two passphrases differ");
    expect(screen).not.toContain("horse");
  });

  test("Ctrl-C at a prompt is 130 and leaves the terminal as it was", async () => {
    const code = await start([...create, "--show-phrase", "--words", "24"]);
    await answer("New passphrase:", "C-c");
    expect(await codeIn(code)).toBe(130);
    expect(await tmux("capture-pane", "-p")).toContain("error: cancelled");
    expect(await tmux("display-message", "-p", "#{cursor_flag}")).toBe("1\n");
  });
});
