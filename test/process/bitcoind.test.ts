/** `--bitcoind PATH`: a program that is started as Bitcoin Core is carries the devnet, and is gone with it. */
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bsk, sandbox } from "../support/bsk.ts";
import { startBsk, until } from "../support/town.ts";

const STAND_IN = join(import.meta.dirname, "..", "support", "bitcoind.cjs");
/** With `BITCOIND=path` a real one too. */
const PROGRAMS = [STAND_IN, ...[process.env["BITCOIND"]].filter((path) => path !== undefined)];

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe.each(PROGRAMS)("%s", (bitcoind) => {
  test("carries the whole demo, which leaves no process of it", async () => {
    const temporary = mkdtempSync(join(tmpdir(), "bsk-bitcoind-"));
    const environment = { ...sandbox(), TMPDIR: temporary };
    const { code, out, err } = await bsk(["demo", "--json", "--bitcoind", bitcoind], { environment });
    expect({ code, err }).toMatchObject({ code: 0 });
    const { data } = JSON.parse(out) as { data: { directory: string; resolved: { name: string; level: string } } };
    expect(data.resolved).toMatchObject({ name: "alice.demo", level: "complete" });
    const node = join(data.directory, "bitcoin", "bitcoind");
    expect(existsSync(join(node, "bitcoin.conf"))).toBe(true);
    for (const file of [join(node, "bitcoind.pid"), join(node, "regtest", "bitcoind.pid")]) {
      if (existsSync(file)) expect(isRunning(Number(readFileSync(file, "utf8")))).toBe(false); // Core removes its own
    }
  });

  test("is stopped when its devnet is killed", async () => {
    const home = mkdtempSync(join(tmpdir(), "bsk-bitcoind-"));
    const run = startBsk(["devnet", "--port", "0", "--bitcoind", bitcoind], { ...sandbox(), BSK_HOME: home });
    let said = "";
    run.child.stderr?.on("data", (text: string) => (said += text));
    await until(() => said.includes('"ready"') || run.child.exitCode !== null);
    const { bitcoindUrl } = JSON.parse(said.split("\n").find((line) => line.includes('"ready"')) ?? "{}") as {
      bitcoindUrl: string;
    };
    expect((await fetch(bitcoindUrl, { method: "POST", body: "{}" })).status).toBe(401); // no password, no answer
    run.child.kill("SIGKILL");
    await run.ended;
    await until(
      async () =>
        !(await fetch(bitcoindUrl)
          .then(() => true)
          .catch(() => false)),
    );
  });
});
