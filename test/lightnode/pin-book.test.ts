import { describe, expect, test } from "vitest";
import { openPinBook, type PinStore } from "../../src/lightnode/pin-book.ts";
import { isAttested, pinOf, type PinSource, requiredPin } from "../../src/lightnode/pin.ts";
import { consensusHash, networkId } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";

const NETWORK = networkId("11".repeat(32));
const HAND: PinSource = { kind: "hand" };
const STRANGER: PinSource = { kind: "unattested", url: "https://stranger.example" };

/** A store in memory that shows what is kept. */
function kept(text: string | null = null): PinStore & { readonly text: () => string | null } {
  let now = text;
  return {
    path: "pins.json",
    read: () => Promise.resolve(now),
    write: (next) => {
      now = next;
      return Promise.resolve();
    },
    exclusively: (work) => work(),
    text: () => now,
  };
}

const opened = (store = kept(), network = NETWORK) =>
  openPinBook(store, network, () => new Date("2026-11-21T00:00:00Z"));
const pair = (height: number, digit: string) => ({
  height: blockHeight(height),
  consensusHash: consensusHash(digit.repeat(32)),
});

describe("a book of pins", () => {
  test("rests on the highest attested pin, whatever strangers say above it", async () => {
    const book = await opened();
    expect(book.current()).toBeNull();
    await book.add(book.make(pair(900, "9"), STRANGER));
    expect(book.current()).toMatchObject({ height: 900, source: STRANGER });
    await book.add(book.make(pair(100, "1"), HAND));
    await book.add(book.make(pair(200, "2"), { kind: "own-node", url: "http://127.0.0.1:6270" }));
    expect(book.current()).toMatchObject({ height: 200 });
    expect(book.list().map(({ height }) => height)).toEqual([100, 200, 900]);
    expect(book.list().map(isAttested)).toEqual([true, true, false]);
  });

  test("refuses another hash for a block, and stores nothing", async () => {
    const store = kept();
    const book = await opened(store);
    await book.add(book.make(pair(100, "1"), HAND));
    const before = store.text();
    const refused = book.add(book.make(pair(100, "2"), { kind: "own-node", url: "http://127.0.0.1:1" }));
    await expect(refused).rejects.toMatchObject({
      kind: "refuted",
      rule: "pin-contradiction",
      message: expect.stringMatching(/1{32}.*2{32}/u) as string,
    });
    expect(store.text()).toBe(before);
  });

  test("keeps the source that says more, and the history of the other", async () => {
    const book = await opened();
    await book.add(book.make(pair(100, "1"), STRANGER));
    expect(await book.add(book.make(pair(100, "1"), HAND))).toMatchObject({ source: HAND });
    expect(await book.add(book.make(pair(100, "1"), STRANGER))).toMatchObject({ source: HAND });
    expect(book.list()).toHaveLength(1);
    expect(book.history().map(({ source, ended }) => [source.kind, ended === null])).toEqual([
      ["unattested", false],
      ["hand", true],
    ]);
  });

  test("what was removed is no longer trusted, and stays in the history on disk", async () => {
    const store = kept();
    const book = await opened(store);
    await book.add(book.make(pair(100, "1"), HAND));
    expect(await book.remove(100)).toMatchObject(pair(100, "1"));
    expect(book.current()).toBeNull();
    await expect(book.remove(100)).rejects.toMatchObject({ kind: "usage", rule: "no-such-pin" });
    await book.add(book.make(pair(100, "2"), HAND));
    const again = await opened(store);
    expect(again.list()).toMatchObject([pair(100, "2")]);
    expect(again.history()).toHaveLength(2);
  });

  test("another network's pins are neither seen nor lost", async () => {
    const store = kept();
    const ours = await opened(store);
    await ours.add(ours.make(pair(100, "1"), HAND));
    const theirs = await opened(store, networkId("22".repeat(32)));
    expect(theirs.history()).toEqual([]);
    await theirs.add(theirs.make(pair(100, "2"), HAND));
    expect((await opened(store)).list()).toMatchObject([pair(100, "1")]);
  });

  test("sees what another process wrote before it writes itself", async () => {
    const store = kept();
    const [one, two] = [await opened(store), await opened(store)];
    await one.add(one.make(pair(100, "1"), HAND));
    await two.add(two.make(pair(200, "2"), HAND));
    expect(two.list().map(({ height }) => height)).toEqual([100, 200]);
  });

  test.each([
    ["no JSON", "pins"],
    ["another version", '{"v":2,"pins":[]}'],
    ["one agreeing node", file({ kind: "agreeing", urls: ["https://one.example"] })],
    ["an unknown source", file({ kind: "oracle" })],
    ["a field too many", file({ kind: "hand", because: "so" })],
  ])("a damaged file is the machine's fault: %s", async (_what, text) => {
    await expect(opened(kept(text))).rejects.toMatchObject({ kind: "machine", rule: "pins-damaged" });
  });

  function file(source: object): string {
    const since = "2026-11-21T00:00:00.000Z";
    return JSON.stringify({ v: 1, pins: [{ network: NETWORK, ...pair(1, "1"), source, since, ended: null }] });
  }
});

describe("the pin of a call", () => {
  test("is the one given, else the book's, else there is none", async () => {
    const book = await opened();
    expect(pinOf(undefined, book)).toBeNull();
    expect(() => requiredPin(undefined, book)).toThrow(expect.objectContaining({ kind: "unproven", rule: "no-pin" }));
    expect(pinOf(pair(100, "1"), book)).toMatchObject({ ...pair(100, "1"), source: HAND });
    expect(book.list()).toEqual([]);
    await book.add(book.make(pair(200, "2"), STRANGER));
    expect(pinOf(undefined, book)).toMatchObject({ height: 200, source: STRANGER });
    expect(pinOf(pair(200, "2"), book)).toMatchObject({ source: HAND });
    expect(requiredPin(pair(300, "3"), book)).toMatchObject({ height: 300 });
  });

  test("never stands beside another hash for its block", async () => {
    const book = await opened();
    await book.add(book.make(pair(200, "2"), STRANGER));
    expect(() => pinOf(pair(200, "3"), book)).toThrow(
      expect.objectContaining({ kind: "refuted", rule: "pin-contradiction" }),
    );
  });
});
