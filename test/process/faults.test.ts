/**
 * Registrations under fire, on a real node: the process is killed at every step of its journal and at random moments,
 * while blocks leave out its transactions, hold another version of them, go away again, or hold a rival's register.
 * At the end every name is registered once, or its money's fate is told and right; no coin is spent twice; the journal's
 * sums are the chain's. BSK_LONG=1 kills at least 200 times. BSK_SEED repeats a run.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import type { Entry, StepRole } from "../../src/journal/entry.ts";
import { type Chaos, chaosIn, expectRightMoney, randomOf } from "../support/chaos.ts";
import { type Home, type Running, until, useTown } from "../support/town.ts";

const LONG = process.env["BSK_LONG"] === "1";
const KILLS = LONG ? 200 : 10;
const SEED = Number(process.env["BSK_SEED"] ?? "1");
const random = randomOf(SEED);
const below = (limit: number): number => Math.floor(random() * limit);

const town = useTown();
let home: Home;
let rival: Home;
let chaos: Chaos;
let funds: number;

beforeAll(async () => {
  [home, rival] = [await town().rich(), await town().rich()];
  chaos = chaosIn(town());
  for (const [step = "", ...options] of [
    ["preorder"],
    ["reveal", "--buckets", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"],
    ["ready"],
  ]) {
    const { code, err } = await rival.run(["namespace", step, "faulty", ...options, "--yes"]);
    expect({ code, err }).toMatchObject({ code: 0 });
  }
  funds = await balanceOf(home);
}, 120_000);

/** All four parts together. */
async function balanceOf(at: Home): Promise<number> {
  const { code, data } = await at.run(["wallet", "balance"]);
  expect(code).toBe(0);
  const parts = ["confirmed", "pending", "locked", "reserved"].map((part) => Number(data[part]));
  return parts.reduce((sum, each) => sum + each, 0);
}

/** The latest of a name: what failed is begun anew for another owner. */
const entryOf = (of: string, at = home): Entry | undefined => at.entries().findLast(({ subject }) => subject === of);
/** Changes with every step that the journal takes. */
const digestOf = (of: string): string => {
  const entry = entryOf(of);
  const sent = entry?.steps.flatMap(({ variants }) => variants.map((each) => (each.sent === null ? 0 : 1)));
  return JSON.stringify([entry?.state, sent]);
};

let kills = 0;
let minedOthers = 0;
let collisions = 0;

/** Runs the registration until it is killed: at the next step of its journal, or after a while. Tells whether it ended. */
async function runAndKill(of: string, more: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const before = digestOf(of);
  const running: Running = home.start(["register", of, "--yes"], more);
  let ended = false;
  running.ended.then(() => (ended = true)).catch(() => (ended = true));
  if (random() < 0.6) await Promise.race([until(() => ended || digestOf(of) !== before), sleep(6000)]);
  else await sleep(300 + below(1800));
  if (random() < 0.3) await town().mine();
  if (random() < 0.5) await sleep(below(300));
  const wasRunning = !(ended as boolean);
  running.child.kill("SIGKILL");
  const { code } = await running.ended;
  if (wasRunning && code === null) kills++;
  return !wasRunning;
}

/** To the end, whatever that is; blocks take what waits. */
async function finish(of: string): Promise<Entry> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const { code, err } = await home.run(["register", of, "--yes"]);
    const entry = entryOf(of);
    if (code === 0 && entry?.state === "done") return entry;
    // What failed has told why; the same command begins anew, unless a rival has the name.
    expect({ of, code, err, state: entry?.state }).toMatchObject({ code: 5, state: "failed" });
    if (entry !== undefined && (await recordOf(of)) !== null) return entry;
  }
  throw new Error(`${of} does not come to an end`);
}

async function recordOf(of: string): Promise<Readonly<Record<string, unknown>> | null> {
  const answer = await fetch(`${town().node.url}/v1/names/${of}`);
  return answer.status === 200 ? ((await answer.json()) as Record<string, unknown>) : null;
}

type Fault = (of: string) => Promise<void>;

const FAULTS: Readonly<Record<string, Fault>> = {
  nothing: () => Promise.resolve(),
  block: () => town().mine(),
  "two blocks go": () => chaos.reorganise(),
  "a block holds another version": async (of) => {
    const entry = entryOf(of);
    if (entry !== undefined && (await chaos.mineAnother(entry))) minedOthers++;
  },
  "a bump": async (of) => {
    const entry = entryOf(of);
    if (entry === undefined) return;
    const bumped = await home.start(["pending", "bump", entry.id, "--yes"]).ended;
    expect([0, 2, 5, 6], bumped.out).toContain(bumped.code);
  },
  "blocks pass it by": () => chaos.emptyBlocks(1 + below(6)),
};

/** Thirty blocks pass the preorder by while a process looks after it, with the passphrase or without. */
async function stuck(of: string, withPassphrase: boolean): Promise<void> {
  const entry = entryOf(of);
  if (entry?.state !== "preordered" || (await chaos.placed(entry, "preorder")) === undefined) return;
  const running = home.start(["register", of, "--yes"], withPassphrase ? {} : { BSK_PASSPHRASE_FILE: "" });
  let ended = false;
  running.ended.then(() => (ended = true)).catch(() => (ended = true));
  for (let block = 0; block < 30 && !(ended as boolean); block++) {
    await chaos.emptyBlocks(1);
    if (block > 14 && block < 24) await sleep(400);
  }
  // A fresh hash takes the place of the dead one, for the same preorder; or the burn is taken back.
  const { height } = await town().devnet.blocks.tip();
  await until(async () => {
    const waits = await chaos.placed(entryOf(of), "preorder");
    return ended || (withPassphrase ? (waits?.deathHeight ?? 0) > height : waits?.does === "cancel");
  });
  expect(ended).toBe(false);
  running.child.kill("SIGKILL");
  if ((await running.ended).code === null) kills++;
}

/** A rival preorders the name too, and one block holds both registers: the rules refuse both. */
async function collide(of: string): Promise<void> {
  const entry = entryOf(of);
  if (entry?.state === "preordered") await town().mine();
  else if (entry === undefined || !["preorder-confirmed", "registered"].includes(entry.state)) return;
  if ((await recordOf(of)) !== null) return;
  // Their preorder is mined by itself: ours may wait with its register meanwhile.
  const { code } = await rival.start(["preorder", of, "--race", "--yes", "--no-wait"]).ended;
  if (code !== 0) return;
  const firstOf = (role: StepRole) =>
    entryOf(of, rival)
      ?.steps.find((step) => step.role === role)
      ?.variants.slice(0, 1);
  await chaos.mineExactly([...(firstOf("split") ?? []), ...(firstOf("preorder") ?? [])]);
  const theirs = firstOf("register")?.[0];
  const ours = entry.steps.find(({ role }) => role === "register")?.variants[1];
  if (theirs === undefined || ours === undefined || (await recordOf(of)) !== null) return;
  if (await chaos.mineExactly([ours, theirs])) collisions++;
  const lost = entryOf(of, rival);
  if (lost !== undefined) {
    const forgotten = await rival.run(["pending", "forget", lost.id, "--force"]);
    expect(forgotten).toMatchObject({ code: 0, data: { state: "failed" } });
  }
}

/** One name: killed again and again, with something happening between two lives; then it is let go on to its end. */
async function ordeal(of: string, scenario: number): Promise<Entry> {
  const lives = LONG ? 4 + below(4) : 2;
  for (let life = 0; life < lives; life++) {
    const isOver = await runAndKill(of, life > 0 && random() < 0.4 ? { BSK_PASSPHRASE_FILE: "" } : {});
    if (isOver && entryOf(of)?.state === "done") break;
    if (scenario === 1 && life === 0) await stuck(of, true);
    else if (scenario === 2 && life === 0) await stuck(of, false);
    else if (scenario === 3) await collide(of);
    else {
      const faults = Object.values(FAULTS);
      await faults[below(faults.length)]?.(of);
    }
  }
  return finish(of);
}

test(
  `killed ${KILLS} times (seed ${SEED})`,
  async () => {
    const names: string[] = [];
    while (kills < KILLS) {
      const scenario = names.length % 5;
      const of = `name${names.length}.faulty`;
      names.push(of);
      const entry = await ordeal(of, scenario);
      const record = await recordOf(of);
      if (entry.state === "done") expect(record).toMatchObject({ status: "registered", address: entry.owner });
      else
        expect({ of, because: entry.because }).toMatchObject({
          because: expect.stringMatching(/satoshis|nothing was paid/u),
        });
      // A reorganisation may have brought an earlier one back: it is compared with the chain again.
      expect(await home.start(["pending"]).ended).toMatchObject({ code: 0 });
      await expectRightMoney(home, town());
    }
    // A later reorganisation may have taken back what was done.
    expect(await home.run(["pending", "resume"])).toMatchObject({ code: 0 });
    // Each name was registered once: a second register that the rules took would be a renewal.
    const registered = await Promise.all(names.map(recordOf));
    expect(registered.filter((record) => record !== null)).toHaveLength(names.length);
    const { data } = await home.run(["pending"]);
    for (const { state, next } of data["entries"] as { state: string; next: string | null }[]) {
      expect(["done", "failed"].includes(state) || next !== null).toBe(true);
    }
    // Not a satoshi went anywhere else.
    const paid = home
      .entries()
      .flatMap((entry) => [...entry.earlier, entry].map(({ spent }) => spent.fees + spent.burned));
    expect(await balanceOf(home)).toBe(funds - paid.reduce((sum, each) => sum + each, 0));
    if (LONG)
      expect({ minedOthers: minedOthers > 0, collisions: collisions > 0 }).toEqual({
        minedOthers: true,
        collisions: true,
      });
    const did = `${names.length} names, ${kills} kills, ${minedOthers} other versions mined, ${collisions} collisions`;
    if (LONG) process.stdout.write(`${did}\n`);
  },
  LONG ? 3_600_000 : 240_000,
);
