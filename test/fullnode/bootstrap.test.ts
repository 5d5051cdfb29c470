/** A full node out of tiles: equal to one that indexed the chain, and out of nothing that is not true. */
import * as fc from "fast-check";
import { env } from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import type { BlockSource } from "../../src/chain/source.ts";
import { BskError } from "../../src/errors.ts";
import { bootstrap, type BootstrapOptions } from "../../src/fullnode/bootstrap.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { readTransaction } from "../../src/lightnode/wire.ts";
import { consensusHash, type NetworkId } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import type { Allocation } from "../../src/tokens/allocation.ts";
import type { Anchor } from "../../src/verify/anchor.ts";
import { decodeRawTile, encodeRawTile, type RawOperation } from "../../src/verify/raw-tile.ts";
import { decodeSpineTile, encodeSpineTile } from "../../src/verify/tile.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import { getFrom } from "../support/api-node.ts";
import { headersOf, lateImport, twoPayers } from "../support/hand-made-chain.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { type Lies, shelfOf } from "../support/shelf.ts";
import { Stream, wishes } from "../support/stream.ts";
import { STREAM_ALLOCATION, STREAM_NETWORK } from "../support/stream-world.ts";
import { vectorFiles } from "../support/vector.ts";

interface World {
  /** Of a node that indexed the chain. */
  readonly store: NodeStore;
  readonly allocation: Allocation | null;
  readonly source: BlockSource;
  readonly pin: Anchor;
}

const pinAt = (store: NodeStore, height: number): Anchor => ({
  height: blockHeight(height),
  consensusHash: store.consensusHashAt(height)!,
});

function worldOf(store: NodeStore, allocation: Allocation | null, source: BlockSource): World {
  return { store, allocation, source, pin: pinAt(store, store.tip()!.height) };
}

async function replayed(path: string): Promise<World> {
  const { network, announcers, allocation, source }: ReplayFile = await readReplayFile(path);
  const store = NodeStore.open(":memory:", network, allocation);
  for await (const _ of replayFile({ network, announcers, allocation, source }, store));
  return worldOf(store, allocation, source);
}

const fresh = ({ store: { network }, allocation }: World): NodeStore => NodeStore.open(":memory:", network, allocation);

const run = ({ store, allocation, source, pin }: World, into: NodeStore, options: Partial<BootstrapOptions> = {}) =>
  bootstrap({
    store: into,
    machine: bnsMachine(store.network, [], allocation),
    source,
    shelves: [shelfOf(store)],
    pin,
    signal: new AbortController().signal,
    clock: () => 0,
    events: { spine: () => undefined, progress: () => undefined, passedOver: () => undefined },
    ...options,
  });

/** Bootstraps afresh and compares with the node that indexed the chain. */
async function expectEqual(of: World, options: Partial<BootstrapOptions> = {}): Promise<void> {
  const into = fresh(of);
  expect(await run(of, into, options)).toEqual({ kind: "at-pin" });
  expect(into.digest()).toBe(of.store.digest());
  expect(into.rows("rejections")).toEqual([]);
  into.close();
}

/** Bootstraps from tiles that lie; the error. What is stored then is true, and honest tiles lead on from there. */
async function refusal(of: World, lies: Lies, options: Partial<BootstrapOptions> = {}): Promise<BskError> {
  const into = fresh(of);
  const error = await run(of, into, { shelves: [shelfOf(of.store, lies)], ...options }).then(
    () => new Error("the lie was believed"),
    (error: unknown) => error,
  );
  if (!(error instanceof BskError)) throw error;
  await run(of, into);
  expect(into.digest()).toBe(of.store.digest());
  into.close();
  return error;
}

/** `BSK_LONG=1` takes all of them. */
const long = env["BSK_LONG"] === "1";
const vectors = vectorFiles().filter((_, i) => long || i % 6 === 0);

describe("comes to what indexing comes to", () => {
  test.each(vectors)("$name", async ({ path }) => {
    const of = await replayed(path);
    await expectEqual(of, { source: headersOf(of.store) }); // no block is read, and no spent script
    of.store.close();
  });

  test("random streams of operations in every epoch, tokens included", async () => {
    const machine = bnsMachine(STREAM_NETWORK, [], STREAM_ALLOCATION);
    await fc.assert(
      fc.asyncProperty(wishes, async (wanted) => {
        const memory = new MemoryStore(STREAM_NETWORK);
        const stream = new Stream(memory, machine);
        const store = NodeStore.open(":memory:", STREAM_NETWORK, STREAM_ALLOCATION);
        for (const wish of wanted) {
          const block = stream.block(wish);
          appendBlock(machine, memory, block, STREAM_NETWORK.firstBlock);
          appendBlock(machine, store, block, STREAM_NETWORK.firstBlock);
        }
        await expectEqual(worldOf(store, STREAM_ALLOCATION, headersOf(store)));
        store.close();
      }),
      { numRuns: long ? 100 : 3 },
    );
  });
});

/** Sixteen blocks with a row in every table. */
let small: World;
beforeAll(async () => {
  const { path } = vectorFiles().find(
    ({ name }) => name === "integration/name_import_nextepoch_preorder_epoch3_expire_grace",
  )!;
  small = await replayed(path);
});
afterAll(() => small.store.close());

describe("from where it was", () => {
  test("at every height, whichever way the blocks below came", async () => {
    const { firstBlock } = small.store.network;
    for (let height = firstBlock; height < small.pin.height; height++) {
      const into = fresh(small);
      await run(small, into, { pin: pinAt(small.store, height) });
      expect(into.tip()?.height).toBe(height);
      await run(small, into);
      expect(into.digest()).toBe(small.store.digest());
      into.close();
    }
  });

  test("at the pin or beyond: nothing is asked, and what is stored is held against the pin", async () => {
    const into = fresh(small);
    await run(small, into);
    const nobody = { description: "nobody", index: () => Promise.reject(new Error("asked")) } as never;
    for (const height of [small.pin.height, small.pin.height - 3]) {
      expect(await run(small, into, { shelves: [nobody], pin: pinAt(small.store, height) })).toEqual({
        kind: "at-pin",
      });
    }
    const wrong = { ...pinAt(small.store, small.pin.height - 3), consensusHash: small.pin.consensusHash };
    await expect(run(small, into, { shelves: [nobody], pin: wrong })).rejects.toMatchObject({ rule: "pin-refuted" });
    into.close();
  });

  test("what is stored of another history refuses the pin", async () => {
    const into = fresh(small);
    await run(small, into, { pin: pinAt(small.store, small.pin.height - 2) });
    // Somebody else's store, which says otherwise of its last block.
    const stored = Object.create(into, {
      consensusHashAt: { value: () => consensusHash("00".repeat(16)) },
      tip: { value: () => into.tip() },
      network: { value: into.network },
    }) as NodeStore;
    await expect(run(small, stored)).rejects.toMatchObject({ kind: "refuted", rule: "pin-refuted" });
    into.close();
  });

  test("stopped between two batches, it gives the reason", async () => {
    const into = fresh(small);
    const stop = new AbortController();
    const reason = new BskError("cancelled", "enough");
    stop.abort(reason);
    await expect(run(small, into, { signal: stop.signal })).rejects.toBe(reason);
    expect(into.tip()).toBeNull();
    into.close();
  });
});

describe("a pin", () => {
  test("of another history refutes the tiles, before anything is stored", async () => {
    const into = fresh(small);
    const pin = { ...small.pin, consensusHash: consensusHash("00".repeat(16)) };
    await expect(run(small, into, { pin })).rejects.toMatchObject({ kind: "refuted", rule: "tile-refuted" });
    expect(into.tip()).toBeNull();
    into.close();
  });

  test("before the first block is a mistake", async () => {
    const pin = { ...small.pin, height: blockHeight(small.store.network.firstBlock - 1) };
    const into = fresh(small);
    await expect(run(small, into, { pin })).rejects.toMatchObject({ kind: "usage" });
    into.close();
  });
});

/** The raw tile with one block's operations changed. */
const raw = (change: (operations: readonly RawOperation[], block: number) => readonly RawOperation[]): Lies => ({
  tile: (bytes, format) => {
    if (format !== "raw") return bytes;
    const { first, blocks } = decodeRawTile(bytes);
    return encodeRawTile({ first, blocks: blocks.map(change) });
  },
});

/** The first operation for which something holds, changed. */
function once(is: (operation: RawOperation) => boolean, lie: (of: RawOperation) => readonly RawOperation[]): Lies {
  let done = false;
  return raw((operations) =>
    operations.flatMap((operation) => {
      if (done || !is(operation)) return [operation];
      done = true;
      return [...lie(operation)];
    }),
  );
}

const flipped = (bytes: Uint8Array, at: number, bit = 1): Uint8Array => {
  const copy = bytes.slice();
  copy[at]! ^= bit;
  return copy;
};

describe("a raw tile that lies is refused and named:", () => {
  test("any byte changed", async () => {
    const { firstBlock } = small.store.network;
    const { height } = small.pin;
    const tile = (await shelfOf(small.store).tile("raw", firstBlock, height))!;
    const step = long ? 1 : Math.ceil(tile.length / 50);
    for (let at = 0; at < tile.length; at += at < 40 ? 1 : step) {
      const error = await refusal(small, {
        tile: (bytes, format) => (format === "raw" ? flipped(bytes, at, 1 << (at % 8)) : bytes),
      });
      expect(error, `byte ${at}`).toMatchObject({ kind: "refuted", rule: "tile-refuted" });
      expect(error.message).toContain(`raw/${firstBlock}-${height}.gz of the tiles of a test`);
    }
  });

  const any = (): boolean => true;
  const isPayer = ({ rawTransaction }: RawOperation): boolean =>
    Buffer.from(rawTransaction).includes(Buffer.from("id:", "latin1"));
  const cases: Readonly<Record<string, () => Lies>> = {
    "an operation left out": () => once(any, () => []),
    "all operations left out": () => raw(() => []),
    "an operation twice": () => once(any, (of) => [of, { ...of, vtxindex: of.vtxindex + 1 }]),
    "at another index of its block": () => once(any, (of) => [{ ...of, vtxindex: of.vtxindex + 1 }]),
    "the payer of a registration is another": () =>
      once(isPayer, (of) => [{ ...of, senderScript: flipped(of.senderScript, 6) }]),
    "the payer's script is of the other kind": () =>
      once(isPayer, (of) => [
        { ...of, senderScript: Uint8Array.of(0xa9, 0x14, ...of.senderScript.subarray(3, 23), 0x87) },
      ]),
    "operations of one block in another": () => {
      let before: readonly RawOperation[] = [];
      return raw((operations) => {
        const late = before;
        before = operations;
        return late;
      });
    },
    "a transaction that is no operation": () =>
      once(any, (of) => [of, { ...of, vtxindex: of.vtxindex + 1, rawTransaction: flipped(of.rawTransaction, 4) }]),
    "one block too few": () => ({
      tile: (bytes, format) => {
        if (format !== "raw") return bytes;
        const { first, blocks } = decodeRawTile(bytes);
        return encodeRawTile({ first, blocks: blocks.slice(0, -1) });
      },
    }),
    "blocks of another range": () => ({
      tile: (bytes, format) => {
        if (format !== "raw") return bytes;
        const { first, blocks } = decodeRawTile(bytes);
        return encodeRawTile({ first: first + 1, blocks });
      },
    }),
  };
  test.each(Object.keys(cases))("%s", async (name) => {
    const error = await refusal(small, cases[name]!());
    expect(error).toMatchObject({ kind: "refuted", rule: "tile-refuted" });
    expect(error.message).toContain("of the tiles of a test");
  });

  test("a transaction beside the operations, which the network refused, in its very place", async () => {
    const { path } = vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!;
    const of = await replayed(path);
    const [refused] = of.store.rows("rejections").map((row) => ({
      height: row["height"] as number,
      operation: {
        vtxindex: row["vtxindex"] as number,
        senderScript: row["sender_script"] as Uint8Array,
        rawTransaction: row["raw_transaction"] as Uint8Array,
      },
    }));
    const { height, operation } = refused!;
    const lies = raw((operations, block) =>
      block + of.store.network.firstBlock === height
        ? [...operations, operation].sort((a, b) => a.vtxindex - b.vtxindex)
        : operations,
    );
    const error = await refusal(of, lies);
    expect(error.message).toContain(`block ${height}: it holds a transaction that the network did not take`);
    of.store.close();
  });
});

describe("a spine that lies is refused, and nothing is stored:", () => {
  test.each([
    ["an ops hash changed", (hashes: readonly (Uint8Array | null)[]) => hashes.map((of) => of && flipped(of, 0))],
    ["an empty block for another", (hashes: readonly (Uint8Array | null)[]) => hashes.map(() => null)],
    ["a block too few", (hashes: readonly (Uint8Array | null)[]) => hashes.slice(0, -1)],
  ])("%s", async (_, lie) => {
    const tile: Lies["tile"] = (bytes, format) => {
      if (format !== "spine") return bytes;
      const { first, opsHashes } = decodeSpineTile(bytes);
      return encodeSpineTile({ first, opsHashes: lie(opsHashes) });
    };
    expect(await refusal(small, { tile })).toMatchObject({ kind: "refuted", rule: "tile-refuted" });
  });
});

describe("several holders of tiles", () => {
  const lying = () =>
    shelfOf(small.store, { tile: (bytes, format) => (format === "raw" ? flipped(bytes, 60) : bytes) });
  const lacking = () => shelfOf(small.store, { tile: (bytes, format) => (format === "raw" ? null : bytes) });
  const out = () => shelfOf(small.store, { index: () => { throw new BskError("machine", "no answer"); } }); // prettier-ignore

  test("the next is asked, and each that is passed over is named", async () => {
    const passed: string[] = [];
    const into = fresh(small);
    await run(small, into, {
      shelves: [out(), lacking(), lying(), shelfOf(small.store)],
      events: {
        spine: () => undefined,
        progress: () => undefined,
        passedOver: ({ kind, rule }) => passed.push(`${kind} ${String(rule)}`),
      },
    });
    expect(into.digest()).toBe(small.store.digest());
    expect(passed).toEqual(["machine undefined", "unproven tile-missing", "refuted tile-refuted"]);
    into.close();
  });

  test.each([
    ["that lack a tile", [lacking], { kind: "unproven", rule: "tile-missing" }],
    ["that do not answer", [out], { kind: "machine" }],
    ["a lie counts before an outage", [out, lacking, lying], { kind: "refuted", rule: "tile-refuted" }],
    [
      "that end before the pin",
      [() => shelfOf(small.store, { index: (of) => ({ ...of, height: of.height - 1 }) })],
      { kind: "unproven", rule: "tile-missing" },
    ],
    [
      "without raw tiles",
      [() => shelfOf(small.store, { index: (of) => ({ ...of, formats: ["spine"] }) })],
      { kind: "unproven", rule: "tile-missing" },
    ],
    [
      "of another network",
      [() => shelfOf(small.store, { index: (of) => ({ ...of, network: "00".repeat(32) as NetworkId }) })],
      { kind: "refuted", rule: "wrong-network" },
    ],
  ])("%s", async (_, shelves, expected) => {
    const into = fresh(small);
    const [first, ...more] = shelves.map((make) => make());
    await expect(run(small, into, { shelves: [first!, ...more] })).rejects.toMatchObject(expected);
    into.close();
  });
});

describe("the Bitcoin source", () => {
  const headers = () => headersOf(small.store);

  test("that has not come to the pin is waited for", async () => {
    const into = fresh(small);
    const source = { ...headers(), tip: () => Promise.resolve({ ...small.store.tip()!, height: blockHeight(1) }) };
    await expect(run(small, into, { source })).rejects.toMatchObject({ kind: "machine", rule: "source-behind" });
    into.close();
  });

  test("that changes its chain meanwhile ends it; what is stored stays", async () => {
    const into = fresh(small);
    const source: BlockSource = {
      ...headers(),
      headerAt: async (height) => {
        const place = await headers().headerAt!(height);
        return place && { ...place, ...(height === small.pin.height ? { previousHash: place.hash } : {}) };
      },
    };
    await expect(run(small, into, { source })).rejects.toMatchObject({ kind: "machine", rule: "chain-changed" });
    await run(small, into);
    expect(into.digest()).toBe(small.store.digest());
    into.close();
  });

  test("on another chain than the stored blocks: following sorts that out", async () => {
    const into = fresh(small);
    await run(small, into, { pin: pinAt(small.store, small.pin.height - 2) });
    const source = { ...headers(), blockHashAt: () => Promise.resolve("00".repeat(32) as never) };
    await expect(run(small, into, { source })).rejects.toMatchObject({ rule: "stored-block-not-on-chain" });
    into.close();
  });
});

test("import keys that a refused import had fixed are on neither side", async () => {
  const { store, source } = lateImport();
  expect(store.rows("rejections").map(({ rule }) => rule)).toEqual(["namespace-not-revealed"]);
  expect(store.rows("import_keys")).toEqual([]);
  await expectEqual(worldOf(store, null, source));
});

test("what was refused is not known of blocks that came from tiles, and the API says so", async () => {
  const { path } = vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!;
  const of = await replayed(path);
  const into = fresh(of);
  const [refused] = of.store.rows("rejections");
  const height = refused!["height"] as number;
  const asked = `/v1/blockchains/bitcoin/transactions/${String(refused!["txid"])}?height=${height}`;
  await run(of, into);
  expect(into.queries.lastFromTiles()).toBe(of.pin.height);
  expect(of.store.queries.lastFromTiles()).toBeNull();
  expect(readTransaction(getFrom(of.store)(asked).body).tx).toMatchObject({ status: "rejected" });
  expect(readTransaction(getFrom(into)(asked).body).tx).toMatchObject({ status: "ignored", rule: "refusals-unknown" });
  into.close();
});

describe("a registration whose payer no hash tells", () => {
  const { store, source } = twoPayers();
  const of = worldOf(store, null, source);
  const otherKind = once(
    ({ rawTransaction }) => Buffer.from(rawTransaction).includes(Buffer.from("id:", "latin1")),
    (registration) => {
      const hash = registration.senderScript.subarray(2, 22); // p2sh
      return [{ ...registration, senderScript: Uint8Array.of(0x76, 0xa9, 0x14, ...hash, 0x88, 0xac) }];
    },
  );

  test("is asked for", async () => {
    await expectEqual(of);
  });

  test("is refused where the tile lies", async () => {
    expect(await refusal(of, otherKind)).toMatchObject({
      kind: "refuted",
      rule: "tile-refuted",
      message: expect.stringContaining("has another sender"),
    });
  });

  test("is not proven where the Bitcoin node cannot tell, whatever the tile says", async () => {
    for (const lies of [{}, otherKind]) {
      const error = await refusal(of, lies, { source: headersOf(store) });
      expect(error).toMatchObject({ kind: "unproven", rule: "sender-unproven" });
    }
  });
});
