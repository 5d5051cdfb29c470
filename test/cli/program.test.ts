import { describe, expect, test } from "vitest";
import { command } from "../../src/cli/command.ts";
import {
  arg,
  flag,
  integer,
  oneOf,
  option,
  optionalArg,
  optionOr,
  options,
  restArgs,
  text,
} from "../../src/cli/parameter.ts";
import { BskError, EXIT_CODES, type ErrorKind } from "../../src/errors.ts";
import { name } from "../../src/primitives/name.ts";
import { run } from "../support/world.ts";

const show = command({
  path: "show",
  summary: "Show a name",
  examples: [{ text: "One name", command: "bsk show a.b" }],
  options: {
    name: arg(name, "the name"),
    other: optionalArg(text, "another"),
    depth: optionOr("3", integer(0, 9), "how deep"),
    kind: option(oneOf(["red", "blue"]), "which kind"),
    tag: options(text, "tags", { short: "t" }),
    deepCheck: flag("check all"),
  },
  run: (values) => Promise.resolve({ ...values }),
  text: ({ name: shown, depth }) => `${shown} ${depth}`,
});

const spend = command({
  path: "spend",
  summary: "Spend coins",
  spends: true,
  options: { what: arg(name, "the name") },
  run: async (_values, { secrets, dryRun }) => ({ passphrase: await secrets.passphrase(), dryRun }),
  text: () => "spent",
});

const failing = (error: unknown) =>
  command({
    path: "fail",
    summary: "Fail",
    run: () => {
      throw error;
    },
    text: () => "",
  });

describe("values", () => {
  const values = async (...argv: string[]) => {
    const { code, out, err } = await run([show], ["show", "--json", ...argv]);
    expect(err).toBe("");
    expect(code).toBe(0);
    return JSON.parse(out).data;
  };

  test("options that are left out have their defaults", async () => {
    expect(await values("a.b")).toEqual({ name: "a.b", depth: 3, tag: [], deepCheck: false });
  });

  test("every form of giving them", async () => {
    const all = ["a.b", "x", "--depth=9", "--kind", "blue", "-t", "one", "--tag", "two", "--deep-check"];
    expect(await values(...all)).toEqual({
      name: "a.b",
      other: "x",
      depth: 9,
      kind: "blue",
      tag: ["one", "two"],
      deepCheck: true,
    });
  });

  test("global options may stand anywhere", async () => {
    const { out } = await run([show], ["--network", "regtest", "--json", "show", "a.b", "-q"]);
    expect(JSON.parse(out).ok).toBe(true);
  });

  test("all remaining arguments", async () => {
    const many = command({
      path: "many",
      summary: "Many",
      options: { names: restArgs(name, "names") },
      run: ({ names }) => Promise.resolve({ names }),
      text: () => "",
    });
    const { out } = await run([many], ["many", "a.b", "c.d", "--json"]);
    expect(JSON.parse(out).data.names).toEqual(["a.b", "c.d"]);
    expect((await run([many], ["many"])).code).toBe(2);
  });
});

describe("usage errors name what is wrong and exit 2", () => {
  const wrong: readonly (readonly [argv: string, message: string])[] = [
    ["show", "missing required argument 'NAME'"],
    ["show nodot", 'NAME: not a name: "nodot"'],
    ["show a.b --depth 10", '--depth: not an integer from 0 to 9: "10"'],
    ["show a.b --depth 1e0", '--depth: not an integer from 0 to 9: "1e0"'],
    ["show a.b --kind green", '--kind: not one of red, blue: "green"'],
    ["show a.b c d", "too many arguments"],
    ["show a.b --kid red", "unknown option '--kid'"],
    ["show a.b --kind", "argument missing"],
    ["show a.b --network UP", '--network: not a network name: "UP"'],
    ["show a.b --max-fee 900", "unknown option '--max-fee'"],
    ["shwo a.b", 'no such command: "shwo"'],
    ["--wat", '"--wat" without a command'],
  ];
  test.each(wrong)("%s", async (argv, message) => {
    const { code, out, err } = await run([show, spend], argv.split(" "));
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  test("near words are offered", async () => {
    expect((await run([show], ["shwo"])).err).toContain('did you mean "bsk show"?');
    expect((await run([show], ["show", "a.b", "--kid", "red"])).err).toContain("Did you mean --kind?");
  });

  test("with --json the error is an envelope on standard output, wherever the flag stands", async () => {
    for (const argv of [
      ["show", "--json"],
      ["--json", "shwo"],
      ["--json", "show", "--wat"],
    ]) {
      const { code, out, err } = await run([show], argv);
      expect({ code, err }).toEqual({ code: 2, err: "" });
      expect(JSON.parse(out)).toMatchObject({ v: 1, ok: false, error: { kind: "usage" } });
    }
    expect((await run([show], ["show", "--", "--json"])).out).toBe("");
  });
});

describe("commands that spend", () => {
  const spending = (argv: string, surroundings = {}) =>
    run([spend], `spend a.b ${argv}`.trim().split(" "), surroundings);

  test("no network is assumed", async () => {
    const { code, err, asked } = await spending("");
    expect(err).toContain("no network is assumed");
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
  });

  test("the flag, the environment or the configuration names it", async () => {
    expect((await spending("--network regtest")).code).toBe(0);
    expect((await spending("", { environment: { BSK_NETWORK: "regtest" } })).code).toBe(0);
    expect((await spending("", { file: { settings: { network: "regtest" }, networks: {} } })).code).toBe(0);
  });

  test.each(["", "--max-fee 900", "--dry-run", "--yes"])(
    "mainnet has ended: refused before any question (%s)",
    async (more) => {
      const { code, out, asked } = await spending(`--network mainnet --json ${more}`.trim());
      expect({ code, asked }).toEqual({ code: 5, asked: [] });
      expect(JSON.parse(out).error).toMatchObject({ kind: "rejected", rule: "chain-ended" });
      expect(JSON.parse(out).error.message).toContain("665750");
    },
  );

  test("coins that carry value need no other consent", async () => {
    expect((await spending("--network worth --json")).code).toBe(0);
  });

  test("a dry run is told to the command", async () => {
    const { code, out } = await spending("--network worth --dry-run --json");
    expect(code).toBe(0);
    expect(JSON.parse(out).data.dryRun).toBe(true);
  });

  test("a wrong argument is told before anything about networks", async () => {
    expect((await run([spend], ["spend", "nodot"])).err).toContain("not a name");
  });
});

describe("how it ends", () => {
  const kinds = Object.keys(EXIT_CODES) as ErrorKind[];
  test.each(kinds)("an error of kind %s exits with its code", async (kind) => {
    const { code, out } = await run([failing(new BskError(kind, "no"))], ["fail", "--json"]);
    expect(code).toBe(EXIT_CODES[kind].code);
    expect(JSON.parse(out).error.kind).toBe(kind);
  });

  test("message, causes and hints, each on its line, no stack", async () => {
    const cause = new Error("the disk is full", { cause: new Error("ENOSPC") });
    const error = new BskError("machine", 'cannot write "x"', { cause, hint: "make room\nor choose another disk" });
    const { err, out } = await run([failing(error)], ["fail"]);
    expect(out).toBe("");
    expect(err.split("\n")).toEqual([
      'error: cannot write "x"',
      "because: the disk is full",
      "because: ENOSPC",
      "hint: make room",
      "hint: or choose another disk",
      "",
    ]);
  });

  test("a bug is one line, how to report it, and no stack", async () => {
    const { code, err } = await run([failing(new TypeError("x is not a function"))], ["fail"]);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: unexpected: x is not a function\nhint: please report it .*\n$/u);
  });

  test("what is thrown may be anything", async () => {
    for (const thrown of ["text", null, undefined, 7, { a: 1 }]) {
      expect((await run([failing(thrown)], ["fail"])).code).toBe(1);
    }
  });

  test("a failed system call is the machine's fault", async () => {
    const error = Object.assign(new Error("EACCES: permission denied, open 'x'"), { code: "EACCES", syscall: "open" });
    expect((await run([failing(error)], ["fail"])).code).toBe(7);
  });

  test("a cancelled prompt or wait exits 130", async () => {
    for (const errorName of ["ExitPromptError", "AbortError"]) {
      const error = Object.assign(new Error("x"), { name: errorName });
      expect((await run([failing(error)], ["fail"])).code).toBe(130);
    }
  });

  test("Ctrl-C after a clean stop is 130, SIGTERM is 0, and an error meanwhile is the cancellation", async () => {
    const by = (signal: string) => ({ stopped: { signal, error: new BskError("cancelled", `stopped by ${signal}`) } });
    expect((await run([show], ["show", "a.b"], by("SIGINT"))).code).toBe(130);
    expect((await run([show], ["show", "a.b"], by("SIGTERM"))).code).toBe(0);
    const { code, err } = await run([failing(new Error("socket closed"))], ["fail"], by("SIGTERM"));
    expect(code).toBe(130);
    expect(err).toBe("error: stopped by SIGTERM\n");
  });

  test("endings run whatever happens, the last added first", async () => {
    const order: string[] = [];
    const opens = (fails: boolean) =>
      command({
        path: "open",
        summary: "Open",
        run: (_values, { atEnd }) => {
          atEnd(() => void order.push("first"));
          atEnd(() => void order.push("second"));
          if (fails) throw new BskError("machine", "no");
          return Promise.resolve({});
        },
        text: () => "",
      });
    await run([opens(false)], ["open"]);
    await run([opens(true)], ["open"]);
    expect(order).toEqual(["second", "first", "second", "first"]);
  });

  test("a streaming command prints only its own lines", async () => {
    const stream = command({
      path: "stream",
      summary: "Stream",
      streams: true,
      run: (_values, { terminal }) => {
        terminal.line('{"height":1}');
        return Promise.resolve({ ignored: true });
      },
      text: () => "not printed",
    });
    expect((await run([stream], ["stream", "--json"])).out).toBe('{"height":1}\n');
  });
});

describe("help", () => {
  const boxed = command({ path: "box open", summary: "Open a box", run: () => Promise.resolve({}), text: () => "" });

  test("of the program, of a group, of a command", async () => {
    const top = await run([show, boxed], ["--help"]);
    expect(top).toMatchObject({ code: 0, err: "" });
    expect(top.out).toMatch(/Things:\n {2}show +Show a name\n {2}box +Boxes\n/u);
    expect((await run([show, boxed], [])).out).toBe(top.out);
    expect((await run([show, boxed], ["box"])).out).toMatch(/open .*Open a box/u);
    const help = await run([show], ["show", "--help"]);
    expect(help.code).toBe(0);
    expect(help.out).toContain("--kind <KIND>");
    expect(help.out).toContain("$ bsk show a.b");
    expect((await run([show], ["help", "show"])).out).toBe(help.out);
  });

  test("only commands that spend show the options of spending", async () => {
    expect((await run([spend], ["spend", "--help"])).out).toContain("--max-fee");
    expect((await run([show], ["show", "--help"])).out).not.toContain("--max-fee");
  });

  test("a word that no group has is an error", async () => {
    const { code, err } = await run([boxed], ["box", "opne"]);
    expect(code).toBe(2);
    expect(err).toContain('did you mean "bsk box open"?');
  });
});
