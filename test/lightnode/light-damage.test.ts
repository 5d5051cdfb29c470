/** A light directory that was cut off anywhere, or in which the disk turned a bit: no wrong answer, and a sync heals it. */
import { cpSync, mkdtempSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { openLightDirectory } from "../../src/lightnode/light-directory.ts";
import { JOURNAL, LIGHT_FILES } from "../../src/lightnode/light-files.ts";
import { syncLight } from "../../src/lightnode/light-sync.ts";
import type { OperationLog } from "../../src/verify/op-log.ts";
import { sourceOf, tileChain } from "../support/tile-chain.ts";

const BEFORE = 280;
const AFTER = 300;
const chain = tileChain(AFTER);
const { network } = chain;
const ALL_FILES = [JOURNAL, ...LIGHT_FILES];

const newDirectory = (): string => mkdtempSync(join(tmpdir(), "bsk-light-"));
const syncTo = (directory: string, height: number, repaired: (file: string) => void = () => undefined) =>
  syncLight({
    directory,
    network,
    pin: chain.pinAt(height),
    sources: [sourceOf(chain, "honest")],
    signal: new AbortController().signal,
    events: { repaired },
  });
const dataOf = (directory: string) => LIGHT_FILES.map((file) => readFileSync(join(directory, file)).toString("hex"));

let before: string;
let after: string;
let wanted: readonly string[];
const sizes = new Map<string, readonly [number, number]>();

beforeAll(async () => {
  before = newDirectory();
  await syncTo(before, BEFORE);
  after = newDirectory();
  cpSync(before, after, { recursive: true });
  await syncTo(after, AFTER);
  wanted = dataOf(after);
  for (const file of ALL_FILES) sizes.set(file, [statSync(join(before, file)).size, statSync(join(after, file)).size]);
});

function copied(): string {
  const directory = newDirectory();
  cpSync(after, directory, { recursive: true });
  return directory;
}

/** Compares some of what it says; "damaged" where it refuses to say it, "right" where all is right. */
function verdictOn(log: OperationLog): "right" | "damaged" {
  const height = log.spine.height();
  let verdict: "right" | "damaged" = "right";
  const compare = <T>(said: () => T, truth: T): void => {
    try {
      expect(said()).toEqual(truth);
    } catch (error) {
      if (!(error instanceof BskError) || error.rule !== "light-damaged") throw error;
      verdict = "damaged";
    }
  };
  for (const subject of chain.log.subjects()) {
    compare(() => log.latestOn(subject, height), chain.log.latestOn(subject, height));
  }
  for (let at = network.firstBlock; at <= height; at += 13) {
    compare(() => log.spine.consensusHashAt(at), chain.log.spine.consensusHashAt(at));
  }
  const subjects = [...chain.log.subjects()].filter((subject) => chain.log.latestOn(subject, height) !== null);
  compare(() => [...log.subjects()], subjects);
  const [owner] = subjects.flatMap((subject) => {
    const record = chain.log.latestOn(subject, height)?.record;
    return record !== undefined && "name" in record ? [record.address] : [];
  });
  const owned = [...chain.log.everOwnedBy(owner!)].filter((name) =>
    chain.log.operationsOn(name, height).some(({ record }) => "name" in record && record.address === owner),
  );
  compare(() => [...log.everOwnedBy(owner!)].sort(), owned.sort());
  return verdict;
}

function readingOf(directory: string): { readonly verdict: string; readonly height: number | null } {
  try {
    const { log } = openLightDirectory(directory, network);
    return { verdict: log === null ? "nothing" : verdictOn(log), height: log?.spine.height() ?? null };
  } catch (error) {
    if (!(error instanceof BskError)) throw error;
    return { verdict: String(error.rule), height: null };
  }
}

async function expectHealed(directory: string): Promise<void> {
  await syncTo(directory, AFTER);
  expect(dataOf(directory)).toEqual(wanted);
  expect(readingOf(directory)).toEqual({ verdict: "right", height: AFTER });
}

describe("cut off in the middle of what was added last", () => {
  test("as a killed process leaves it: readers have the state before, and the next sync ends the same", async () => {
    // The process adds to one file after the other, and to the journal behind them.
    const order = [...LIGHT_FILES, JOURNAL];
    for (const [k, file] of order.entries()) {
      const [start, end] = sizes.get(file)!;
      for (let length = start; length < end; length += file === "texts" || file === "blocks" ? 97 : 61) {
        const directory = copied();
        truncateSync(join(directory, file), length);
        for (const later of order.slice(k + 1)) truncateSync(join(directory, later), sizes.get(later)![0]);
        expect([file, length, readingOf(directory)]).toEqual([file, length, { verdict: "right", height: BEFORE }]);
        await expectHealed(directory);
      }
    }
  });

  test("every byte of the journal's last lines", () => {
    const [start, end] = sizes.get(JOURNAL)!;
    const directory = copied();
    for (let length = end - 1; length >= start; length--) {
      truncateSync(join(directory, JOURNAL), length);
      expect([length, openLightDirectory(directory, network).pin?.height]).toEqual([length, BEFORE]);
    }
    expect(readingOf(directory)).toEqual({ verdict: "right", height: BEFORE });
  });

  test("as a loss of power may leave it: nothing wrong is said, and the next sync ends the same", async () => {
    for (const file of LIGHT_FILES) {
      const { size } = statSync(join(after, file));
      for (const length of [0, 1, Math.floor(size / 2), size - 1]) {
        const directory = copied();
        truncateSync(join(directory, file), length);
        expect(["right", "damaged"]).toContain(readingOf(directory).verdict);
        await expectHealed(directory);
      }
    }
  });
});

describe("one bit turned", () => {
  test.each(ALL_FILES)("in %s: noticed by whoever reads it, and repaired by a sync, which says so", async (file) => {
    const { size } = statSync(join(after, file));
    let noticed = 0;
    for (let at = file === JOURNAL ? size - 400 : 0; at < size; at += Math.ceil(size / 12)) {
      const directory = copied();
      const bytes = readFileSync(join(directory, file));
      bytes[at]! ^= 1 << (at % 8);
      writeFileSync(join(directory, file), bytes);
      const { verdict, height } = readingOf(directory);
      expect(["right", "damaged", "light-damaged", "nothing"]).toContain(verdict);
      if (verdict === "right" && height === AFTER && file !== "blocks") throw new Error(`not noticed at ${at}`);
      if (verdict !== "right") noticed++;
      const repaired: string[] = [];
      await syncTo(directory, AFTER, (name) => repaired.push(name));
      expect([at, repaired]).toEqual([at, [file]]);
      await expectHealed(directory);
    }
    expect(noticed).toBeGreaterThan(0);
  });

  test("in the middle of the journal: nobody needs that line, and the next sync puts it right", async () => {
    const directory = copied();
    const bytes = readFileSync(join(directory, JOURNAL));
    bytes[40]! ^= 1;
    writeFileSync(join(directory, JOURNAL), bytes);
    expect(readingOf(directory)).toEqual({ verdict: "right", height: AFTER });
    await expectHealed(directory);
  });
});

test("a file that is gone", async () => {
  for (const file of ALL_FILES) {
    const directory = newDirectory();
    cpSync(after, directory, { recursive: true, filter: (path) => !path.endsWith(file) });
    const { verdict } = readingOf(directory);
    expect([file, file === JOURNAL ? "nothing" : "damaged"]).toEqual([file, verdict]);
    await expectHealed(directory);
  }
});
