/** Sources of tiles that lie, fail or stall: named, not asked again, and of no effect while one of them is honest. */
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { openLightDirectory } from "../../src/lightnode/light-directory.ts";
import { type SyncOptions, syncLight } from "../../src/lightnode/light-sync.ts";
import type { Pin } from "../../src/lightnode/pin.ts";
import type { TileSource } from "../../src/lightnode/tile-source.ts";
import { concat } from "../../src/primitives/bytes.ts";
import { consensusHash, networkId } from "../../src/primitives/hash.ts";
import { type Lies, sourceOf, type TileChain, tileChain } from "../support/tile-chain.ts";

const chain = tileChain();
const short = tileChain(300);
const { network, tip } = chain;

interface Outcome {
  readonly end: string;
  readonly message: string;
  readonly refused: readonly string[];
  readonly failed: readonly string[];
  /** The last block that a reader sees now. */
  readonly height: number | null;
}

async function outcome(
  sources: readonly TileSource[],
  pin: Pin = chain.pinAt(tip),
  options: Partial<SyncOptions> = {},
): Promise<Outcome> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), "bsk-light-"));
  const refused: string[] = [];
  const failed: string[] = [];
  const events = {
    refused: (source: string) => refused.push(source),
    failed: (source: string) => failed.push(source),
    ...options.events,
  };
  const signal = new AbortController().signal;
  const { end, message } = await syncLight({ directory, network, pin, sources, signal, ...options, events }).then(
    () => ({ end: "done", message: "" }),
    (error: unknown) => {
      if (!(error instanceof BskError)) throw error;
      return { end: `${error.kind} ${error.rule}`, message: error.message };
    },
  );
  const { log } = openLightDirectory(directory, network);
  return { end, message, refused, failed, height: log?.spine.height() ?? null };
}

const flipped = (bytes: Uint8Array, at: number, bit: number): Uint8Array => {
  const changed = bytes.slice();
  changed[at]! ^= bit;
  return changed;
};
/** Lies about one tile only. */
const about = (path: string, lie: (bytes: Uint8Array) => Uint8Array | null): Lies => ({
  tile: (bytes, asked) => (asked === path ? lie(bytes) : bytes),
});
const otherHash = consensusHash("ab".repeat(16));

describe("one bit of a tile", () => {
  test.each(["spine", "oplog"] as const)(
    "of a %s tile, anywhere: the honest source makes up for it",
    async (format) => {
      const path = `${format}/1-300.gz`;
      const { length } = short.tile(format, 1, 300);
      const step = Math.ceil(length / 16);
      for (let at = 0; at < length; at += at < 60 ? 7 : step) {
        const liar = sourceOf(
          short,
          "liar",
          about(path, (bytes) => flipped(bytes, at, 1 << (at % 8))),
        );
        const found = await outcome([liar, sourceOf(short, "honest")], short.pinAt(300));
        expect([at, found.end, found.height, found.refused]).toEqual([at, "done", 300, ["liar"]]);
      }
    },
  );

  test.each(["spine", "oplog"] as const)("of the only %s tile there is: nothing is believed", async (format) => {
    for (const at of [3, 15, 25, 200]) {
      const lie = about(`${format}/1-300.gz`, (bytes) => flipped(bytes, at, 4));
      const found = await outcome([sourceOf(short, "liar", lie)], short.pinAt(300));
      expect(found.end).toMatch(/^refuted (pin-refuted|tiles-refuted)$/u);
      expect([found.height, found.refused.length <= 1]).toEqual([null, true]);
    }
  });
});

describe("a whole tile", () => {
  const lies: readonly [string, (bytes: Uint8Array, format: "spine" | "oplog") => Uint8Array | null][] = [
    ["of other blocks", (_, format) => chain.tile(format, 1, 2016)],
    [
      "of other blocks under the right heights",
      (_, format) => {
        const bytes = chain.tile(format, 1, 2016);
        new DataView(bytes.buffer, bytes.byteOffset).setUint32(12, 2017);
        return bytes;
      },
    ],
    ["cut short by a byte", (bytes) => bytes.slice(0, -1)],
    ["cut short by a block", (_, format) => chain.tile(format, 2017, 4031)],
    ["with a byte too many", (bytes) => concat(bytes, Uint8Array.of(0))],
    ["said twice", (bytes) => concat(bytes, bytes)],
    ["of nothing", () => new Uint8Array()],
  ];
  test.each(lies)("%s is refused", async (_, lie) => {
    for (const format of ["spine", "oplog"] as const) {
      const path = `${format}/2017-4032.gz`;
      const lying = about(path, (bytes) => lie(bytes, format));
      // Alone, so that it is the one that is asked.
      const alone = await outcome([sourceOf(chain, "liar", lying)]);
      expect([format, alone.end.split(" ")[0], alone.height]).toEqual([format, "refuted", null]);
      const liar = sourceOf(chain, "liar", lying);
      const two = await outcome([liar, sourceOf(chain, "honest")]);
      expect([format, two.end, two.height]).toEqual([format, "done", tip]);
      expect(two.refused).toEqual(liar.asked.includes(path) ? ["liar"] : []);
    }
  });

  test("that is missing is fetched from another source, and nobody is named", async () => {
    const gap = sourceOf(
      chain,
      "gap",
      about("oplog/2017-4032.gz", () => null),
    );
    expect(await outcome([gap])).toMatchObject({ end: "unproven tiles-missing", refused: [], height: null });
    expect(await outcome([gap, sourceOf(chain, "honest")])).toMatchObject({ end: "done", refused: [], height: tip });
  });

  test("each source lies about another one: together they make it, and who was asked is named", async () => {
    const liars = ["1-2016", "2017-4032"].map((range) =>
      sourceOf(
        chain,
        `liar about ${range}`,
        about(`spine/${range}.gz`, (bytes) => flipped(bytes, bytes.length - 1, 1)),
      ),
    );
    const poor = sourceOf(chain, "poor", { tile: (bytes, path) => (/spine.[12]/u.test(path) ? null : bytes) });
    const found = await outcome([...liars, poor]);
    expect([found.end, found.height]).toEqual(["done", tip]);
    const caught = liars.filter(({ asked }, k) => asked.includes(`spine/${["1-2016", "2017-4032"][k]!}.gz`));
    expect([...found.refused].sort()).toEqual(caught.map(({ description }) => description));
    expect(caught.length).toBeGreaterThan(0);
  });
});

describe("a made-up history", () => {
  /** From a height on some operations are left out. */
  const forked = (from: number): TileChain =>
    tileChain(undefined, (texts, height) => (height < from ? texts : texts.slice(1)));
  const early = forked(100);
  const late = forked(3000);

  test("told by all but one: the one is believed, and the others are named", async () => {
    const liars = [1, 2, 3].map((i) => sourceOf(early, `liar ${i}`));
    const found = await outcome([...liars, sourceOf(chain, "honest")]);
    expect([found.end, found.height, [...found.refused].sort()]).toEqual(["done", tip, ["liar 1", "liar 2", "liar 3"]]);
  });

  test("two different ones, told by more", async () => {
    const liars = [
      sourceOf(early, "early 1"),
      sourceOf(late, "late 1"),
      sourceOf(early, "early 2"),
      sourceOf(late, "late 2"),
    ];
    const found = await outcome([...liars, sourceOf(chain, "honest")]);
    expect([found.end, found.height, found.refused.length]).toEqual(["done", tip, 4]);
  });

  test("told by everybody: refuted, and nothing is stored that could be believed", async () => {
    const directory = mkdtempSync(join(tmpdir(), "bsk-light-"));
    const found = await outcome([sourceOf(early, "a"), sourceOf(late, "b")], chain.pinAt(tip), { directory });
    expect([found.end, found.height]).toEqual(["refuted pin-refuted", null]);
    expect(found.message).toContain(`${tip}:${chain.log.spine.consensusHashAt(tip)}`);
    expect(found.message).toContain(early.log.spine.consensusHashAt(tip));
    expect(found.message).toContain(late.log.spine.consensusHashAt(tip));
    // What a liar left behind does not stand in the way of the truth.
    expect(await outcome([sourceOf(chain, "honest")], chain.pinAt(tip), { directory })).toMatchObject({
      end: "done",
      height: tip,
    });
  });

  test("that goes on behind the pin: up to the pin it is the chain's, and no further is kept", async () => {
    const found = await outcome([sourceOf(late, "ahead")], chain.pinAt(2990));
    expect([found.end, found.height, found.refused]).toEqual(["done", 2990, []]);
  });

  test("after an older pin came out: what was verified stays as it was", async () => {
    const directory = mkdtempSync(join(tmpdir(), "bsk-light-"));
    await outcome([sourceOf(chain, "honest")], chain.pinAt(2500), { directory });
    const found = await outcome([sourceOf(late, "liar")], chain.pinAt(tip), { directory });
    expect([found.end, found.height]).toEqual(["refuted pin-refuted", 2500]);
    const { log } = openLightDirectory(directory, network);
    for (const subject of chain.log.subjects()) {
      expect(log!.operationsOn(subject, 2500)).toEqual(chain.log.operationsOn(subject, 2500));
    }
    const healed = await outcome([sourceOf(late, "liar"), sourceOf(chain, "honest")], chain.pinAt(tip), { directory });
    expect([healed.end, healed.height, healed.refused]).toEqual(["done", tip, ["liar"]]);
  });

  test("whose pin the user trusted before: the new pin replaces what rested on it, with a warning", async () => {
    const directory = mkdtempSync(join(tmpdir(), "bsk-light-"));
    await outcome([sourceOf(late, "old")], late.pinAt(3500), { directory });
    const contradicted: number[] = [];
    const events = { contradicted: ({ height }: Pin) => contradicted.push(height) };
    const found = await outcome([sourceOf(chain, "honest")], chain.pinAt(tip), { directory, events });
    expect([found.end, found.height, contradicted]).toEqual(["done", tip, [3500]]);
    const { log } = openLightDirectory(directory, network);
    for (const subject of chain.log.subjects()) {
      expect(log!.operationsOn(subject, tip)).toEqual(chain.log.operationsOn(subject, tip));
    }
  });
});

describe("an index", () => {
  test("of another network, or another first block", async () => {
    const other = sourceOf(chain, "other", { index: (index) => ({ ...index, network: networkId("00".repeat(32)) }) });
    const shifted = sourceOf(chain, "shifted", { index: (index) => ({ ...index, firstBlock: index.firstBlock + 1 }) });
    expect(await outcome([other])).toMatchObject({ end: "usage wrong-network" });
    expect((await outcome([shifted])).end).toBe("refuted bad-tile");
    expect(await outcome([other, shifted, sourceOf(chain, "honest")])).toMatchObject({
      end: "done",
      refused: ["other", "shifted"],
    });
  });

  test("that promises more than there is", async () => {
    const boaster = sourceOf(chain, "boaster", {
      index: (index) => ({
        ...index,
        height: tip + 5 * 2016,
        consensusHashes: [...index.consensusHashes, ...Array.from({ length: 5 }, () => otherHash)],
      }),
    });
    expect(await outcome([boaster])).toMatchObject({ height: null });
    expect(await outcome([boaster, sourceOf(chain, "honest")])).toMatchObject({ end: "done", height: tip });
  });

  test("that does not reach the pin: it is said how far it goes, and it still helps", async () => {
    const behind = sourceOf(chain, "behind", {}, 4032);
    const found = await outcome([behind, sourceOf(chain, "further behind", {}, 2500)]);
    expect([found.end, found.failed]).toEqual(["unproven tiles-missing", []]);
    expect(found.message).toContain("behind go up to block 4032");
    const both = await outcome([behind, sourceOf(chain, "honest")]);
    expect([both.end, both.height, both.refused]).toEqual(["done", tip, []]);
    expect(behind.asked.length).toBeGreaterThan(0);
  });

  test("with false claims and true tiles: used as far as it goes, and named", async () => {
    for (const k of [0, 1]) {
      const liar = sourceOf(chain, "liar", {
        index: (index) => ({
          ...index,
          consensusHashes: index.consensusHashes.map((hash, i) => (i === k ? otherHash : hash)),
        }),
      });
      expect((await outcome([liar])).end).toBe("refuted pin-refuted");
      expect(await outcome([liar, sourceOf(chain, "honest")])).toMatchObject({
        end: "done",
        height: tip,
        refused: ["liar"],
      });
    }
  });

  test("without log tiles is of no use here", async () => {
    const bare = sourceOf(chain, "bare", { index: (index) => ({ ...index, formats: ["spine"] }) });
    expect(await outcome([bare])).toMatchObject({ end: "unproven tiles-missing" });
  });
});

describe("a pin", () => {
  test("of another chain: everybody is refuted, with what they come to", async () => {
    const wrong = { ...chain.pinAt(tip), consensusHash: otherHash };
    const found = await outcome([sourceOf(chain, "a"), sourceOf(chain, "b")], wrong);
    expect([found.end, found.height]).toEqual(["refuted pin-refuted", null]);
    expect(found.message).toContain(chain.log.spine.consensusHashAt(tip));
  });

  test("before the first block", async () => {
    const early = { ...chain.pinAt(tip), height: network.firstBlock - 1 } as Pin;
    expect((await outcome([sourceOf(chain, "honest")], early)).end).toBe("usage bad-pin");
  });
});

describe("an outage", () => {
  const down = (name: string): TileSource => {
    const fail = () => Promise.reject(new BskError("machine", `${name} is down`, { rule: "unreachable" }));
    return { description: name, index: fail, tile: fail };
  };

  test("of all is an outage; of some is none", async () => {
    expect((await outcome([down("a"), down("b")])).end).toBe("machine unreachable");
    expect(await outcome([down("a"), sourceOf(chain, "honest")])).toMatchObject({
      end: "done",
      failed: ["a"],
      refused: [],
    });
  });

  test("in the middle: what came before it is kept, and the next sync goes on from there", async () => {
    const directory = mkdtempSync(join(tmpdir(), "bsk-light-"));
    const source = sourceOf(chain, "fails", {
      tile: (bytes, path) => {
        if (path === "oplog/4033-4532.gz") throw new BskError("machine", "gone", { rule: "timeout" });
        return bytes;
      },
    });
    expect(await outcome([source], chain.pinAt(tip), { directory })).toMatchObject({
      end: "machine timeout",
      height: null,
    });
    expect(openLightDirectory(directory, network).unfinished).toEqual({ spine: tip, log: 4032 - 2016 });
    const next = sourceOf(chain, "honest");
    expect(await outcome([next], chain.pinAt(tip), { directory })).toMatchObject({ end: "done", height: tip });
    expect(next.asked).toEqual(["oplog/2017-4032.gz", "oplog/4033-4532.gz"]);
  });

  test("a source that stalls is passed over", async () => {
    const stalls = sourceOf(chain, "stalls", { tile: () => new Promise(() => undefined) });
    const found = await outcome([stalls, sourceOf(chain, "honest")], undefined, { patienceMs: 5 });
    expect([found.end, found.height, found.refused]).toEqual(["done", tip, []]);
  });

  test("a source that never says what it holds is not waited for", async () => {
    const mute: TileSource = { ...sourceOf(chain, "mute"), index: () => new Promise(() => undefined) };
    const found = await outcome([mute, sourceOf(chain, "honest")], undefined, { patienceMs: 5 });
    expect([found.end, found.height, found.failed, found.refused]).toEqual(["done", tip, ["mute"], []]);
  });

  test("a source whose last tile grew meanwhile is asked for the new one", async () => {
    let height = 4400;
    const growing: TileSource = {
      description: "growing",
      index: () => Promise.resolve(chain.index(height)),
      tile: (format, first, last) => {
        if (last === 4400) height = tip;
        return Promise.resolve(last === 4400 ? null : chain.tile(format, first, last));
      },
    };
    expect(await outcome([growing], chain.pinAt(4400))).toMatchObject({ end: "done", height: 4400 });
  });

  test("the user stops it: nothing is lost", async () => {
    const stop = new AbortController();
    const directory = mkdtempSync(join(tmpdir(), "bsk-light-"));
    const source = sourceOf(chain, "honest", {
      tile: (bytes, path) => {
        if (path.startsWith("oplog/4033")) stop.abort(new BskError("cancelled", "stopped", { rule: "stopped" }));
        return bytes;
      },
    });
    const found = await outcome([source], chain.pinAt(tip), { directory, signal: stop.signal });
    expect([found.end, found.height]).toEqual(["cancelled stopped", null]);
    expect(await outcome([sourceOf(chain, "honest")], chain.pinAt(tip), { directory })).toMatchObject({ end: "done" });
  });

  test("a directory of another network is not touched", async () => {
    const directory = mkdtempSync(join(tmpdir(), "bsk-light-"));
    await outcome([sourceOf(short, "honest")], short.pinAt(300), { directory });
    const files = readdirSync(directory);
    const other = { ...network, id: networkId("11".repeat(32)) };
    expect(await failureOf(() => openLightDirectory(directory, other))).toBe("usage wrong-network");
    const sync = () =>
      syncLight({
        directory,
        network: other,
        pin: short.pinAt(300),
        sources: [],
        signal: new AbortController().signal,
      });
    expect(await failureOf(sync)).toBe("usage wrong-network");
    expect(readdirSync(directory)).toEqual(files);
    expect(openLightDirectory(directory, network).pin?.height).toBe(300);
  });
});

async function failureOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return "no failure";
  } catch (error) {
    return error instanceof BskError ? `${error.kind} ${error.rule}` : String(error);
  }
}
