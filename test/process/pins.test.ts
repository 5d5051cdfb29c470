/** `bsk pin …` as processes, against nodes over real HTTP: one's own, strangers, and one that left operations out. */
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bsk, sandbox } from "../support/bsk.ts";
import { defineNetwork, type ServedHistory, serveHistory } from "../support/served-history.ts";
import { answerOf } from "../support/town.ts";
import { vectorFiles } from "../support/vector.ts";

const { path } = vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!;
const NAME = "pinned";
let honest: ServedHistory;
let second: ServedHistory;
let liar: ServedHistory;
let tip: number;
let forked: number;
let home: string;

const environment = () => ({ ...sandbox(), BSK_HOME: home });
const run = async (...argv: readonly string[]) =>
  answerOf(await bsk([...argv, "--network", NAME, "--json"], { environment: environment() }));
const text = (...argv: readonly string[]) => bsk([...argv, "--network", NAME], { environment: environment() });
const hashAt = ({ store }: ServedHistory, height: number): string => String(store.consensusHashAt(height));
const file = () => join(home, NAME, "pins.json");
const list = async () => (await run("pin", "list")).data["pins"];

beforeAll(async () => {
  honest = await serveHistory({ path, name: NAME });
  tip = honest.store.tip()!.height;
  second = await serveHistory({ path, name: NAME, upTo: tip - 4 });
  const lastOperation = Math.max(
    ...honest.store.rows("operations").map((row) => Math.floor(Number(row["position"]) / 2 ** 20)),
  );
  forked = Math.min(lastOperation, tip - 12);
  liar = await serveHistory({ path, name: NAME, silentFrom: forked });
  return async () => {
    for (const each of [honest, second, liar]) await each.stop();
  };
});

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bsk-pins-"));
  defineNetwork(home, honest.network);
});

describe("bsk pin", () => {
  test("set, list, remove: by hand, with the history kept in a file of mode 0600", async () => {
    expect(await list()).toEqual([]);
    const pair = `${tip}:${hashAt(honest, tip)}`;
    expect(await run("pin", "set", pair)).toMatchObject({ code: 0, data: { source: "hand", attested: true } });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const { out } = await text("pin", "list");
    expect(out).toContain(pair);
    expect(out).toContain("given by hand");
    expect(await run("pin", "set", `${tip}:${"0".repeat(32)}`)).toMatchObject({
      code: 3,
      error: { rule: "pin-contradiction" },
    });
    expect(await run("pin", "remove", String(tip))).toMatchObject({ code: 0, data: { height: tip } });
    expect(await run("pin", "remove", String(tip))).toMatchObject({ code: 2, error: { rule: "no-such-pin" } });
    expect(await list()).toEqual([]);
    expect((await run("pin", "list", "--all")).data["pins"]).toMatchObject([{ height: tip, source: { kind: "hand" } }]);
    expect((await run("pin", "set", "nonsense")).code).toBe(2);
    const early = await run("pin", "set", `${honest.network.firstBlock - 1}:${hashAt(honest, tip)}`);
    expect(early).toMatchObject({ code: 2, error: { rule: "pin-before-first" } });
  });

  test("many at once: none is lost", async () => {
    const heights = [tip, tip - 1, tip - 2, tip - 3];
    const all = await Promise.all(heights.map((height) => run("pin", "set", `${height}:${hashAt(honest, height)}`)));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await list()).toHaveLength(4);
  });

  test("a damaged file: exit 7, and nothing is written over it", async () => {
    await run("pin", "set", `${tip}:${hashAt(honest, tip)}`);
    writeFileSync(file(), readFileSync(file(), "utf8").slice(0, -9));
    const before = readFileSync(file(), "utf8");
    for (const argv of [["list"], ["set", `${tip}:${hashAt(honest, tip)}`]]) {
      expect(await run("pin", ...argv)).toMatchObject({ code: 7, error: { rule: "pins-damaged" } });
    }
    expect(readFileSync(file(), "utf8")).toBe(before);
  });
});

describe("bsk pin from-node", () => {
  test("one's own node: attested, three below its tip; the next one reaches it", async () => {
    const first = await run("pin", "from-node", honest.url, "--at", String(forked - 5));
    expect(first).toMatchObject({ code: 0, data: { height: forked - 5, source: "own-node", attested: true } });
    expect(await run("pin", "from-node", "--node", honest.url)).toMatchObject({
      code: 0,
      data: { height: tip - 3, consensusHash: hashAt(honest, tip - 3), reached: [{ height: forked - 5 }] },
    });
    expect(await list()).toMatchObject([{ current: false }, { height: tip - 3, current: true }]);
  });

  test("a stranger alone: unattested, and so do answers say; two that agree: attested", async () => {
    const alone = await text("pin", "from-node", honest.strangerUrl);
    expect(alone).toMatchObject({ code: 0, out: expect.stringContaining("unattested: one node's word") as string });
    const agreeing = await run("pin", "from-node", `${honest.strangerUrl},${second.strangerUrl}`);
    expect(agreeing).toMatchObject({ code: 0, data: { height: tip - 7, source: "agreeing", attested: true } });
    expect(await list()).toMatchObject([
      { height: tip - 7, current: true },
      { height: tip - 3, attested: false },
    ]);
  });

  test("two that contradict each other: exit 3, both shown, nothing stored", async () => {
    const refused = await run("pin", "from-node", "--node", `${honest.strangerUrl},${liar.strangerUrl}`);
    expect(refused).toMatchObject({ code: 3, error: { rule: "nodes-contradict" } });
    for (const node of [honest, liar]) expect(refused.error.message).toContain(hashAt(node, tip - 3));
    expect(await list()).toEqual([]);
  });

  test("another history than that of a pin held: exit 3, nothing stored", async () => {
    await run("pin", "set", `${forked + 2}:${hashAt(honest, forked + 2)}`);
    expect(await run("pin", "from-node", liar.strangerUrl)).toMatchObject({
      code: 3,
      error: { rule: "pin-other-fork-set" },
    });
    expect(await list()).toHaveLength(1);
    const same = await run("pin", "from-node", liar.url, "--at", String(forked + 2));
    expect(same).toMatchObject({ code: 3, error: { rule: "pin-contradiction" } });
    for (const node of [honest, liar]) expect(same.error.message).toContain(hashAt(node, forked + 2));
  });

  test("a node that extends a pin's history with blocks of its own is not believed", async () => {
    await run("pin", "set", `${forked - 2}:${hashAt(honest, forked - 2)}`);
    const extended = await run("pin", "from-node", liar.strangerUrl);
    expect(extended).toMatchObject({ code: 0, data: { attested: false, reached: [{ height: forked - 2 }] } });
    expect(await list()).toMatchObject([
      { height: forked - 2, current: true },
      { attested: false, current: false },
    ]);
  });

  test("nobody there: exit 7; a block that is not indexed: exit 4", async () => {
    expect((await run("pin", "from-node", "http://127.0.0.1:1")).code).toBe(7);
    expect(await run("pin", "from-node", second.url, "--at", String(tip))).toMatchObject({
      code: 4,
      error: { rule: "not-indexed" },
    });
  });
});

describe("bsk pin check", () => {
  const nodes = (...of: readonly ServedHistory[]) => of.map(({ url }) => url).join();

  test("known; and for each trouble its own rule", async () => {
    const old = `${forked - 2}:${hashAt(honest, forked - 2)}`;
    await run("pin", "set", old);
    expect(await run("pin", "check", "--node", nodes(honest, liar))).toMatchObject({
      code: 0,
      data: { kind: "known", pin: { height: forked - 2 }, against: [] },
    });
    const check = (pin: string, ...argv: readonly string[]) => run("pin", "check", "--pin", pin, ...argv);
    expect(await check(old, "--node", honest.url, "--max-behind", "2")).toMatchObject({
      code: 4,
      error: { rule: "pin-stale" },
    });
    const last = `${tip}:${hashAt(honest, tip)}`;
    expect(await check(last, "--node", second.url)).toMatchObject({ code: 4, error: { rule: "pin-ahead" } });
    expect(await check(last, "--node", liar.url)).toMatchObject({ code: 3, error: { rule: "pin-other-fork-set" } });
    await run("pin", "remove", String(forked - 2));
    expect(await check(last, "--node", liar.url)).toMatchObject({ code: 4, error: { rule: "pin-unknown" } });
    expect(await run("pin", "check", "--node", honest.url)).toMatchObject({ code: 4, error: { rule: "no-pin" } });
  });
});

describe("commands that prove", () => {
  test("rest on the pin held where none is given", async () => {
    const name = honest.store
      .rows("names")
      .map((row) => String(row["name"]))
      .find((each) => !each.startsWith("-"))!;
    await run("pin", "from-node", honest.url);
    const at = join(home, "proof");
    const proven = await run("prove", name, "-o", at, "--node", honest.url);
    expect(proven).toMatchObject({ code: 0, data: { pin: { height: tip - 3 } } });
    expect((await run("verify", at)).code).toBe(0);
    const ahead = await run("prove", name, "--node", second.url);
    expect(ahead).toMatchObject({ code: 4, error: { rule: "pin-ahead" } });
    await run("pin", "remove", String(tip - 3));
    expect(await run("verify", at)).toMatchObject({ code: 4, error: { rule: "no-pin" } });
  });
});
