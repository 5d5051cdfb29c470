/** `bsk demo` as a process: what it tells, what it leaves behind, and what an interrupted one leaves running. */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { fromUtf8, toHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { bsk, sandbox } from "../support/bsk.ts";
import { answerOf, type Running, startBsk, until } from "../support/town.ts";

interface Demo extends Running {
  /** Where it may put temporary files: a directory of its own. */
  readonly temporary: string;
  /** What it has said on standard error so far. */
  readonly said: () => string;
}

function demo(...argv: readonly string[]): Demo {
  const temporary = mkdtempSync(join(tmpdir(), "bsk-demo-test-"));
  const running = startBsk(["demo", ...argv], { ...sandbox(), TMPDIR: temporary });
  let said = "";
  running.child.stderr?.on("data", (text: string) => (said += text));
  return { ...running, temporary, said: () => said };
}

/** Ids of processes that were started with this directory for temporary files: the demo and its children. */
function processesOf(temporary: string): readonly string[] {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc").filter((pid) => {
    if (!/^[0-9]+$/u.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(`TMPDIR=${temporary}`);
    } catch {
      return false; // gone, or somebody else's
    }
  });
}

/** Nothing of it runs: no process, and nobody answers where it served. */
async function expectNothingRunning({ temporary, said }: Demo): Promise<void> {
  expect(processesOf(temporary)).toEqual([]);
  for (const [url] of said().matchAll(/http:\/\/127\.0\.0\.1:[0-9]+/gu)) await expect(fetch(url)).rejects.toThrow();
}

interface Story {
  readonly network: string;
  readonly tip: { readonly height: number; readonly consensusHash: string };
  readonly steps: readonly {
    readonly name: string;
    readonly txid: string;
    readonly height: number;
    readonly ok: boolean;
  }[];
  readonly resolved: Readonly<Record<"name" | "address" | "zonefileHash" | "zonefile" | "level", string>>;
  readonly caught: readonly { readonly node: string; readonly because: string; readonly evidence: string }[];
  readonly directory: string;
}

describe("the whole story", () => {
  test("--json: one envelope with every step, and the name resolved", async () => {
    const run = demo("--json");
    await until(() => run.said().includes("http://") || run.child.exitCode !== null);
    // the demo and its Bitcoin node: what is looked for afterwards can be seen now
    if (existsSync("/proc/self/environ")) expect(processesOf(run.temporary).length).toBeGreaterThanOrEqual(2);
    const { code, out, err } = await run.ended;
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(out.split("\n")).toHaveLength(2);
    const { v, ok, data } = JSON.parse(out) as { v: number; ok: boolean; data: Story };
    expect({ v, ok }).toEqual({ v: 1, ok: true });
    const { network, tip, steps, resolved, caught, directory } = data;
    expect(network).toBe("regtest");
    expect(tip).toEqual({
      height: expect.any(Number) as number,
      consensusHash: expect.stringMatching(/^[0-9a-f]{32}$/u) as string,
    });

    for (const step of steps) {
      expect(Object.keys(step)).toEqual(["name", "txid", "height", "ok"]);
      expect(step).toMatchObject({ txid: expect.stringMatching(/^[0-9a-f]{64}$/u) as string, ok: true });
    }
    expect(new Set(steps.map(({ txid }) => txid)).size).toBe(steps.length);
    const heights = steps.map(({ height }) => height);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    expect(heights.at(-1)).toBeLessThanOrEqual(tip.height);
    const told = steps.map(({ name }) => name.split(" ").slice(0, -1).join(" "));
    for (const act of ["preorder", "register", "update", "transfer", "renew", "revoke", "import"]) {
      expect(told).toContain(act);
    }
    for (const act of ["preorder", "reveal"]) expect(told).toContain(`${act} the namespace`);
    expect(steps.map(({ name }) => name)).toContain("make the namespace demo ready");

    expect(Object.keys(resolved)).toEqual(["name", "address", "zonefileHash", "zonefile", "level"]);
    expect(resolved).toMatchObject({ name: "alice.demo", level: "complete" });
    expect(toHex(hash160(fromUtf8(resolved.zonefile)))).toBe(resolved.zonefileHash);

    // The liar leaves out that the name changed hands: what it says is false by hashes, under the pin and with no node.
    expect(caught).toHaveLength(1);
    const [{ node, evidence }] = caught as [Story["caught"][number]];
    expect(evidence.startsWith(join(directory, "evidence"))).toBe(true);
    const pin = `${tip.height}:${tip.consensusHash}`;
    const verify = ["verify", evidence, "--network", "regtest", "--pin", pin, "--json"];
    expect(answerOf(await bsk(verify))).toMatchObject({ code: 0, data: { caught: node, falsehood: "omission" } });

    await expectNothingRunning(run);
    expect(readdirSync(run.temporary).map((entry) => join(run.temporary, entry))).toEqual([directory]);
  });

  test("for people: every step as it happens, then the name and its zone file", async () => {
    const run = demo();
    const { code, out, err } = await run.ended;
    expect(code).toBe(0);
    expect(out).toMatch(/^alice\.demo belongs to [mn]\w+$/mu);
    expect(out).toContain("URI 10 1");
    expect(out).toMatch(/^level complete: a light node hashed every operation/mu);
    expect(out).toMatch(/^a node that lied was caught, http:/mu);
    expect(err.match(/^block [0-9]+ /gmu)?.length).toBeGreaterThanOrEqual(12);
    const [left] = readdirSync(run.temporary);
    expect(out).toContain(join(run.temporary, left ?? "nothing"));
    await expectNothingRunning(run);
  });

  test("a bitcoind that cannot be started: exit 7, and nothing runs", async () => {
    const run = demo("--bitcoind", "/nonexistent/bitcoind", "--json");
    const { code, out } = await run.ended;
    expect(code).toBe(7);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { kind: "machine" } });
    await expectNothingRunning(run);
  });
});

describe("interrupted", () => {
  const moments: readonly (readonly [string, (run: Demo) => Promise<void>])[] = [
    ["while the Bitcoin node starts", (run) => until(() => run.said().includes("everything of this demo"))],
    ["as soon as all of it runs", (run) => until(() => run.said().includes("our full node serves"))],
    ["in the middle of the story", (run) => until(() => run.said().includes("register alice.demo"))],
  ];

  test.each(moments)("%s, by Ctrl-C: exit 130, nothing runs", async (_, moment) => {
    const run = demo("--json");
    await moment(run);
    run.child.kill("SIGINT");
    const { code, out } = await run.ended;
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ v: 1, ok: false, error: { kind: "cancelled" } });
    await expectNothingRunning(run);
    const left = readdirSync(run.temporary).map((entry) => join(run.temporary, entry));
    expect(left).toHaveLength(1);
    expect(run.said()).toContain(left[0]);
  });

  test.each(moments)("%s, by a kill: its Bitcoin node ends too", async (_, moment) => {
    const run = demo();
    await moment(run);
    await sleep(50);
    run.child.kill("SIGKILL");
    await run.ended;
    await until(() => processesOf(run.temporary).length === 0);
    await expectNothingRunning(run);
  });
});
