/** Registrations as users run them: real processes that are killed, raced and interrupted, over a chain that reorganises. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import * as v from "valibot";
import type { Entry, StepRole, Variant } from "../../src/journal/entry.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { fromUtf8, toHex } from "../../src/primitives/bytes.ts";
import { bsk, sandbox } from "../support/bsk.ts";
import { chaosIn } from "../support/chaos.ts";
import { answerOf, type Home, type Running, until, useTown } from "../support/town.ts";

const town = useTown();
let home: Home;
/** Names that somebody here has begun to register: each must be preordered once and registered once. */
const begun: string[] = [];

beforeAll(async () => {
  home = await town().rich();
  for (const argv of [["preorder"], ["reveal", "--buckets", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"], ["ready"]]) {
    const [step = "", ...options] = argv;
    const { code, err } = await home.run(["namespace", step, "township", ...options, "--yes"]);
    expect({ code, err }).toMatchObject({ code: 0 });
  }
}, 120_000);

const zonefileOf = (of: string) => `$ORIGIN ${of}\n$TTL 3600\n_https._tcp URI 10 1 "https://example.com/${of}"\n`;

function fileFor(of: string, at = home): string {
  const file = join(at.directory, `${of}.txt`);
  writeFileSync(file, zonefileOf(of));
  return file;
}

function commandFor(of: string, at = home): string[] {
  if (!begun.includes(of)) begun.push(of);
  return ["register", of, "--zonefile", fileFor(of, at), "--yes"];
}

function entryOf(of: string, at = home): Entry | undefined {
  if (!existsSync(join(at.directory, "bsk", "regtest", "journal.db"))) return undefined;
  return at.entries().find(({ subject }) => subject === of);
}

/** Where a phase of a registration is, by the chain. */
async function isAt(of: string, role: StepRole, where: "mempool" | "confirmed"): Promise<boolean> {
  for (const { txid } of entryOf(of)?.steps.find((each) => each.role === role)?.variants ?? []) {
    if ((await town().devnet.coins.transactionStatus(txid)).kind === where) return true;
  }
  return false;
}

/** Registered, with its zone file served, by exactly one preorder and one register. */
async function expectRegistered(of: string, at = home): Promise<void> {
  const { url } = town().node;
  const entry = entryOf(of, at);
  expect(entry).toMatchObject({ state: "done", because: null });
  const record = (await (await fetch(`${url}/v1/names/${of}`)).json()) as Record<string, unknown>;
  const hash = toHex(hash160(fromUtf8(zonefileOf(of))));
  expect(record).toMatchObject({ address: entry?.owner, zonefile_hash: hash, status: "registered" });
  expect(await (await fetch(`${url}/v1/zonefiles/${hash}`)).text()).toBe(zonefileOf(of));
  expect(at.entries().filter(({ subject }) => subject === of)).toHaveLength(1);
  await expectPaidOnce();
}

async function expectPaidOnce(): Promise<void> {
  const operations = await town().operations();
  const registered = operations
    .filter((text) => text.startsWith("id:"))
    .map((text) => text.slice(3, 40).replace(/\0.*$/su, ""))
    .sort();
  expect(registered).toEqual([...new Set(registered)]);
  for (const of of registered) expect(begun).toContain(of);
  expect(operations.filter((text) => text.startsWith("id?"))).toHaveLength(registered.length);
}

/** Kills at once, and waits until it is gone. */
async function killed({ child, ended }: Running, signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
  child.kill(signal);
  return (await ended).code;
}

/** Waits for a moment of the process, unless it ended before: then it must have ended well. */
async function reach(process: Running, isSo: () => boolean | Promise<boolean>): Promise<void> {
  let code: number | null | undefined;
  process.ended.then((ended) => (code = ended.code)).catch(() => (code = null));
  await until(async () => (await isSo()) || code !== undefined);
  expect(code ?? 0).toBe(0);
}

interface Moment {
  readonly label: string;
  /** Waits for the moment, mining what must be mined. */
  readonly wait: (of: string, process: Running) => Promise<void>;
}

const inMempool =
  (role: "preorder" | "register") =>
  async (of: string, process: Running): Promise<void> => {
    if (role === "register") {
      await inMempool("preorder")(of, process);
      await town().mine();
    }
    await reach(process, () => isAt(of, role, "mempool"));
  };
const mined =
  (role: "preorder" | "register", delayMs: number) =>
  async (of: string, process: Running): Promise<void> => {
    await inMempool(role)(of, process);
    await town().mine();
    await sleep(delayMs);
  };
/** A few moments that matter; faults.test.ts kills at all of them and at random ones. */
const MOMENTS: readonly Moment[] = [
  { label: "as soon as it is in the journal", wait: (of, process) => reach(process, () => entryOf(of) !== undefined) },
  { label: "when the preorder is sent", wait: inMempool("preorder") },
  { label: "when a block holds the preorder", wait: mined("preorder", 0) },
  { label: "when the register is sent", wait: inMempool("register") },
  { label: "a little after a block holds the register", wait: mined("register", 150) },
];

describe("a process that is killed; the same command again finishes, and nothing is paid twice", () => {
  test.each(MOMENTS.map((moment, i) => ({ ...moment, of: `killed${i}.township` })))("$label", async ({ wait, of }) => {
    const process = home.start(commandFor(of));
    await wait(of, process);
    await killed(process);
    const { code, data, err } = await home.run(commandFor(of));
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(data).toMatchObject({ subject: of, state: "done" });
    await expectRegistered(of);
  });
});

describe("interrupted", () => {
  test("Ctrl-C exits with 130; it goes on later without a passphrase", async () => {
    const of = "interrupted.township";
    const process = home.start(commandFor(of));
    await inMempool("preorder")(of, process);
    expect(await killed(process, "SIGINT")).toBe(130);
    const { code, data } = await home.run(["register", of], { BSK_PASSPHRASE_FILE: "" });
    expect({ code, state: data["state"] }).toEqual({ code: 0, state: "done" });
    await expectRegistered(of);
  });

  test("--no-wait leaves the rest to the same command", async () => {
    const of = "unattended.township";
    const first = answerOf(await home.start([...commandFor(of), "--no-wait"]).ended);
    expect(first).toMatchObject({ code: 0, data: { state: "preordered" } });
    await town().mine();
    const second = answerOf(await home.start(["register", of, "--no-wait"]).ended);
    expect(second).toMatchObject({ code: 0, data: { state: "registered" } });
    await town().mine();
    const third = answerOf(await home.start(["register", of, "--no-wait"]).ended);
    expect(third).toMatchObject({ code: 0, data: { state: "done" } });
    await expectRegistered(of);
  });

  test("the same command after the end tells of it and pays nothing", async () => {
    const of = "interrupted.township";
    const { code, data, err } = await home.run(commandFor(of), { BSK_PASSPHRASE_FILE: "" });
    expect({ code, state: data["state"] }).toEqual({ code: 0, state: "done" });
    expect(err).toContain("registered already");
    await expectRegistered(of);
    const other = await home.run([...commandFor(of), "--owner", "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8"]);
    expect(other).toMatchObject({ code: 5, error: { kind: "rejected", rule: "name-registered" } });
  });
});

describe("phases", () => {
  test("preorder, then register, as commands of their own", async () => {
    const of = "twofold.township";
    begun.push(of);
    const first = await home.run(["preorder", of, "--zonefile", fileFor(of), "--yes"]);
    expect(first).toMatchObject({ code: 0, data: { state: "preorder-confirmed" } });
    expect(await town().operations()).not.toContainEqual(expect.stringContaining(`id:${of}`));

    const other = await home.run(["register", of, "--owner", "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8", "--yes"]);
    expect(other).toMatchObject({ code: 2, error: { rule: "already-under-way" } });
    const otherFile = await home.run(["register", of, "--zonefile", fileFor("other.township"), "--yes"]);
    expect(otherFile).toMatchObject({ code: 2, error: { rule: "already-under-way" } });

    const second = await home.run(["register", of], { BSK_PASSPHRASE_FILE: "" });
    expect(second).toMatchObject({ code: 0, data: { state: "done" } });
    await expectRegistered(of);
  });

  test("two processes at once: one registration", async () => {
    const of = "raced.township";
    const both = [home.start(commandFor(of)), home.start(commandFor(of)), home.start(commandFor(of))];
    const answers = (await town().mineUntil(Promise.all(both.map(({ ended }) => ended)))).map(answerOf);
    for (const answer of answers) expect(answer).toMatchObject({ code: 0, data: { state: "done" } });
    await expectRegistered(of);
  });

  test("two names at once, from one wallet: no coin is spent twice", async () => {
    const names = ["side.township", "byside.township"];
    const both = names.map((of) => home.start(commandFor(of)));
    const answers = (await town().mineUntil(Promise.all(both.map(({ ended }) => ended)))).map(answerOf);
    for (const answer of answers) expect(answer).toMatchObject({ code: 0, data: { state: "done" } });
    for (const of of names) await expectRegistered(of);
  });
});

describe("a reorganisation", () => {
  const nothing = v.null();

  test("takes the preorder's block away after the preorder was confirmed", async () => {
    const of = "reordered.township";
    begun.push(of);
    const first = await home.run(["preorder", of, "--zonefile", fileFor(of), "--yes"]);
    expect(first).toMatchObject({ code: 0, data: { state: "preorder-confirmed" } });
    const { devnet } = town();
    const txid = entryOf(of)?.steps.find(({ role }) => role === "preorder")?.variants[0]?.txid;
    if (txid === undefined) throw new Error("it is in the journal");
    const held = await devnet.coins.transactionStatus(txid);
    if (held.kind !== "confirmed") throw new Error("a block holds it");
    await devnet.node.call("invalidateblock", [held.blockHash], nothing);
    expect(await devnet.coins.transactionStatus(txid)).not.toMatchObject({ kind: "confirmed" });

    const second = await home.run(["register", of]);
    expect(second).toMatchObject({ code: 0, data: { state: "done" } });
    await expectRegistered(of);
  });

  test("takes it away while the register waits for its block", async () => {
    const of = "disordered.township";
    const process = home.start(commandFor(of));
    await inMempool("register")(of, process);
    const { devnet } = town();
    await devnet.node.call("invalidateblock", [(await devnet.blocks.tip()).hash], nothing);
    // One block that held both could hold them in the wrong order, and would ignore the register: that is another story.
    const again: Variant[] = [];
    for (const { variants } of entryOf(of)?.steps.filter(({ role }) => role === "split" || role === "preorder") ?? []) {
      for (const variant of variants) {
        if ((await devnet.coins.transactionStatus(variant.txid)).kind === "mempool") again.push(variant);
      }
    }
    expect(await chaosIn(town()).mineExactly(again)).toBe(true);
    const answer = answerOf(await town().mineUntil(process.ended));
    expect(answer).toMatchObject({ code: 0, data: { state: "done" } });
    await expectRegistered(of);
  });
});

describe("somebody else is ahead", () => {
  let other: Home;
  beforeAll(async () => {
    other = await town().rich();
  });

  test("their register waits: shown, refused with exit 5, and nothing is paid; not with --race", async () => {
    const of = "contested.township";
    const theirs = home.start(commandFor(of));
    await inMempool("register")(of, theirs);
    await killed(theirs);
    expect(await isAt(of, "register", "mempool")).toBe(true);

    const refused = answerOf(await other.start(["register", of, "--yes"]).ended);
    expect(refused).toMatchObject({ code: 5, error: { kind: "rejected", rule: "race" } });
    expect(refused.error.message).toContain(registerOf(of));
    expect(refused.error.hint).toContain("--race");
    expect(other.entries().filter(({ subject }) => subject === of)).toEqual([]);

    for (const argv of [
      ["check", of],
      ["register", of, "--dry-run"],
    ]) {
      const { code, data } = answerOf(await other.start(argv).ended);
      expect({ code, races: data["races"] }).toMatchObject({
        code: 0,
        races: { registers: [{ txid: registerOf(of), height: null, preordered: true }], mempool: { preorders: 0 } },
      });
    }
    const unasked = answerOf(await other.start(["register", of, "--race"]).ended);
    expect(unasked).toMatchObject({ code: 2, error: { hint: expect.stringContaining("--yes") as string } });

    // for those who began it, it is no race
    expect(await home.run(["register", of])).toMatchObject({ code: 0, data: { state: "done" } });
  });

  const registerOf = (of: string): string =>
    entryOf(of)
      ?.steps.find(({ role }) => role === "register")
      ?.variants.find(({ sent }) => sent !== null)?.txid ?? expect.fail("no register was sent");
});

test("update to the zone file that the name has: nothing is sent, and the node gets the file", async () => {
  const of = "contested.township";
  const before = home.entries().length;
  const { code, data } = await home.run(["update", of, "--zonefile", fileFor(of), "--yes"]);
  expect({ code, data }).toMatchObject({ code: 0, data: { state: "done", transactions: [] } });
  expect(home.entries()).toHaveLength(before);
  const dry = await home.run(["update", of, "--zonefile", fileFor(of), "--force", "--dry-run"]);
  expect(dry).toMatchObject({ code: 0, data: { state: "dry-run", transactions: [{ role: "single" }] } });
});

describe("refusals", () => {
  const mempool = () => town().devnet.node.call("getrawmempool", [], v.array(v.string()));
  const wallet = () => readFileSync(join(home.directory, "bsk", "regtest", "wallet.json"), "utf8");

  test("--dry-run shows the plan, takes no key, asks for nothing, sends nothing", async () => {
    const of = "imagined.township";
    const before = wallet();
    const { code, data } = await home.run(["register", of, "--dry-run"], { BSK_PASSPHRASE_FILE: "" });
    expect({ code }).toEqual({ code: 0 });
    expect(data["state"]).toBe("dry-run");
    const roles = (data["transactions"] as { role: string }[]).map(({ role }) => role);
    // A wallet that has no three coins of one address left makes them first.
    expect([
      ["split", "preorder", "register"],
      ["preorder", "register"],
    ]).toContainEqual(roles);
    const plans = data["plans"] as { effect: string; inputs: { txid: string | null }[] }[];
    expect(plans.map(({ effect }) => effect)).toEqual(roles.map(() => expect.stringContaining(of) as string));
    expect(plans[0]?.inputs[0]?.txid).toMatch(/^[0-9a-f]{64}$/u);
    expect(wallet()).toBe(before);
    expect(entryOf(of)).toBeUndefined();
    expect(await mempool()).toEqual([]);
  });

  test("without --yes and without a terminal: exit 2, and nothing happened", async () => {
    const before = wallet();
    const { code, error } = await home.run(["register", "unasked.township"]);
    expect({ code, kind: error.kind }).toEqual({ code: 2, kind: "usage" });
    expect(error.hint).toContain("--yes");
    expect(entryOf("unasked.township")).toBeUndefined();
    expect(wallet()).toBe(before);
    expect(await mempool()).toEqual([]);
  });

  test("a wrong passphrase: exit 6, and nothing happened", async () => {
    writeFileSync(join(home.directory, "wrong"), "tr0ub4dor\n");
    const answer = await home.run(["register", "locked.township", "--yes"], {
      BSK_PASSPHRASE_FILE: join(home.directory, "wrong"),
    });
    expect(answer).toMatchObject({ code: 6, error: { kind: "wallet" } });
    expect(entryOf("locked.township")).toBeUndefined();
    expect(await mempool()).toEqual([]);
  });

  test("no wallet, and a wallet without money: exit 6, with what is missing", async () => {
    const poor = town().home();
    expect(await poor.run(["register", "poor.township", "--yes"])).toMatchObject({ code: 6 });
    await poor.run(["wallet", "create", "--phrase-file", join(poor.directory, "phrase")]);
    const { code, error } = await poor.run(["register", "poor.township", "--yes"]);
    expect({ code, rule: error.rule }).toEqual({ code: 6, rule: "not-enough-coins" });
    expect(error.message).toMatch(/^not enough coins: [1-9][0-9]* satoshis \(0\.[0-9]+ BTC\) are missing$/u);
    expect(poor.entries()).toEqual([]);
  });

  test.each([
    ["register", "muneeb.id"],
    ["preorder", "muneeb.id"],
    ["renew", "muneeb.id"],
    ["register", "muneeb.id", "--dry-run"],
  ])("mainnet ended: %s %s %s", async (...argv) => {
    // Neither wallet nor passphrase nor network is there: nothing of it is asked for.
    const environment = { ...sandbox(), BSK_NODE: "http://127.0.0.1:9", BSK_BITCOIND_URL: "http://127.0.0.1:9" };
    const given = argv.filter((word) => typeof word === "string");
    const answer = answerOf(await bsk([...given, "--network", "mainnet", "--json"], { environment }));
    expect(answer).toMatchObject({ code: 5, error: { kind: "rejected", rule: "chain-ended" } });
  });

  test("coins that carry value are spent like others: the first question is the wallet's", async () => {
    const environment = sandbox();
    const made = await bsk(["network", "new", "worth", "--chain", "bitcoin", "--first-block", "900000"], {
      environment,
    });
    expect(made.code).toBe(0);
    const answer = answerOf(await bsk(["register", "a.worth", "--network", "worth", "--json"], { environment }));
    expect(answer).toMatchObject({ code: 6, error: { kind: "wallet" } });
  });

  test("no network is assumed", async () => {
    const answer = answerOf(await bsk(["register", "a.township", "--json"]));
    expect(answer).toMatchObject({ code: 2, error: { rule: "network-not-named" } });
  });

  test.each(["BSK_NODE", "BSK_BITCOIND_URL"])("a node that is down (%s): exit 7", async (variable) => {
    const answer = await home.run(["register", "alone.township", "--yes"], { [variable]: "http://127.0.0.1:9" });
    expect(answer).toMatchObject({ code: 7, error: { kind: "machine" } });
    expect(entryOf("alone.township")).toBeUndefined();
  });

  test("a name that cannot be had: exit 5 with the rule", async () => {
    const other = await town().rich();
    const answer = await other.run(["register", "twofold.township", "--yes"], { BSK_PASSPHRASE_FILE: "" });
    expect(answer).toMatchObject({ code: 5, error: { kind: "rejected", rule: "name-registered" } });
    const nowhere = await other.run(["register", "a.nowhere", "--yes"]);
    expect(nowhere).toMatchObject({ code: 5, error: { rule: "namespace-not-ready" } });
  });
});
