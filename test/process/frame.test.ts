import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { topHelp } from "../../src/cli/help.ts";
import { VERSION } from "../../src/cli/version.ts";
import { registry } from "../../src/commands/registry.ts";
import { bsk, BIN, runToEnd, sandbox } from "../support/bsk.ts";

describe("answers before anything is loaded", () => {
  test.each(["--version", "-V"])("%s", async (argument) => {
    expect(await bsk([argument])).toEqual({ code: 0, out: `${VERSION}\n`, err: "" });
  });

  test("the ready-made help is what commander renders", async () => {
    const help = await topHelp(registry);
    for (const argv of [[], ["--help"], ["-h"], ["help"]])
      expect(await bsk(argv)).toEqual({ code: 0, out: help, err: "" });
    // The long way round: the same question, through main.
    expect((await bsk(["--help", "--quiet"])).out).toBe(help);
    expect((await runToEnd(process.execPath, [join(BIN, "../../dist/main.js"), "--help"], sandbox())).out).toBe(help);
  });
});

describe("standard output, standard error and exit codes", () => {
  test("a result is all that is on standard output", async () => {
    const { code, out, err } = await bsk(["network", "list"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^NAME .*\nmainnet .*ended at 665750, read-only/u);
  });

  test("an error is all that is on standard error", async () => {
    const { code, out, err } = await bsk(["network", "show", "nowhere"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe('error: no network is called "nowhere"\nhint: bsk network list shows them\n');
  });

  test("--json prints exactly one line, also for errors", async () => {
    for (const argv of [["network", "list"], ["network", "show", "nowhere"], ["nothing"], ["config", "--wat"]]) {
      const { code, out, err } = await bsk([...argv, "--json"]);
      expect(err).toBe("");
      expect(out.endsWith("\n") && out.split("\n").length === 2).toBe(true);
      const { v, ok } = JSON.parse(out) as { v: number; ok: boolean };
      expect({ v, ok }).toEqual({ v: 1, ok: code === 0 });
    }
  });

  test("colours only where they are wanted", async () => {
    const environment = sandbox();
    const listed = async (more: Record<string, string>, ...argv: string[]) =>
      (await bsk(["network", "list", ...argv], { environment: { ...environment, ...more } })).out;
    const plain = await listed({});
    expect(plain).not.toContain("\u001b[");
    expect(await listed({ FORCE_COLOR: "1" })).toContain("\u001b[");
    expect(await listed({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(plain);
    expect(await listed({ FORCE_COLOR: "1" }, "--no-color")).toBe(plain);
  });

  test("a reader that goes away early is no error", async () => {
    const script = `set -o pipefail; "${process.execPath}" "${BIN}" completion bash | true`;
    const { code, out, err } = await runToEnd("bash", ["-c", script], sandbox());
    expect({ code, out, err }).toEqual({ code: 0, out: "", err: "" });
  });

  test("no stack trace, unless it is asked for", async () => {
    const environment = sandbox();
    const config = join(environment["HOME"] ?? "", ".config", "bsk");
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, "config.json"), "{");
    const { code, err } = await bsk(["config"], { environment });
    expect(code).toBe(2);
    expect(err).toMatch(/^error: the configuration ".*" is not valid\nbecause: .*\nhint: .*\n$/u);
    const debug = await bsk(["config"], { environment: { ...environment, BSK_DEBUG: "1" } });
    expect(debug.err).toMatch(/\n {4}at /u);
  });
});

describe("configuration and networks on disk", () => {
  test("set, list with origins, unset", async () => {
    const environment = sandbox();
    const call = (...argv: string[]) => bsk(argv, { environment });
    for (const typo of [
      ["network", "regtset"],
      ["--network", "regtset", "node", "http://127.0.0.1:9"],
    ]) {
      const { code, err } = await call("config", "set", ...typo);
      expect([code, err]).toEqual([2, expect.stringContaining('no network is called "regtset"')]);
    }
    expect((await call("config", "set", "network", "regtest")).code).toBe(0);
    expect((await call("config", "set", "--network", "regtest", "node", "http://127.0.0.1:9")).code).toBe(0);
    const settings = JSON.parse((await call("config", "--json")).out).data.settings as {
      key: string;
      origin: string;
    }[];
    const origin = (key: string) => settings.find((setting) => setting.key === key)?.origin;
    expect([origin("network"), origin("node"), origin("host"), origin("port")]).toEqual([
      "file",
      "file, network regtest",
      "default",
      null,
    ]);
    expect((await call("config", "get", "node")).out).toBe("http://127.0.0.1:9\n");
    expect((await call("config", "unset", "network")).code).toBe(0);
    expect(JSON.parse((await call("config", "get", "network", "--json")).out).data).toEqual({
      key: "network",
      value: "mainnet",
      origin: "default",
    });
  });

  test("a new network is stored, listed, shown, used, and its name is taken", async () => {
    const environment = { ...sandbox(), BSK_HOME: join(sandbox()["HOME"] ?? "", "b") };
    const call = (...argv: string[]) => bsk([...argv, "--json"], { environment });
    const made = await call("network", "new", "acme", "--chain", "signet", "--first-block", "250000", "--magic", "ac");
    const { id, file } = JSON.parse(made.out).data as { id: string; file: string };
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ magic: "ac", firstBlock: 250_000, endHeight: null });
    expect(JSON.parse((await call("network", "show", "--network", "acme")).out).data).toMatchObject({
      id,
      name: "acme",
    });
    expect((await call("network", "list")).out).toContain(id);
    for (const name of ["acme", "regtest"])
      expect((await call("network", "new", name, "--chain", "regtest")).code).toBe(2);
    expect((await call("network", "new", "later", "--chain", "bitcoin")).code).toBe(2);
    // A file that was changed by hand is checked again.
    writeFileSync(file, readFileSync(file, "utf8").replace('"acme"', '"other"'));
    const changed = await call("network", "show", "acme");
    expect(changed.code).toBe(2);
    expect(changed.out).toContain('it defines \\"other\\"');
  });
});
