/** The pins of a network, with those that were given up: `pins.json` (docs/protocol/pins.md). */
import * as v from "valibot";
import { parsedBy } from "../chain/parsed-by.ts";
import { BskError } from "../errors.ts";
import { consensusHash, networkId, type NetworkId, txid } from "../primitives/hash.ts";
import { blockHeight } from "../primitives/units.ts";
import type { Anchor } from "../verify/anchor.ts";
import { bestOf, contradiction, type Pin, type PinSource, saysMore } from "./pin.ts";

export interface PinBook {
  readonly network: NetworkId;
  /** The pin that answers rest on: an attested one before one that is not, then the highest; null: none is held. */
  current(): Pin | null;
  /** Those in force, one for a height, ascending. */
  list(): readonly Pin[];
  /** All that ever were, in the order in which they came. */
  history(): readonly PinEntry[];
  /** A pin of this network that is not stored. */
  make(anchor: Anchor, source: PinSource): Pin;
  /**
   * Stores it, and gives the pin now in force: a pair that is held already keeps the source that says more.
   * @throws BskError `refuted`, rule `pin-contradiction`, where another hash is held for its height
   */
  add(pin: Pin): Promise<Pin>;
  /** Ends one; its history stays. @throws BskError `usage`, rule `no-such-pin` */
  remove(height: number): Promise<Pin>;
}

export interface PinEntry extends Pin {
  /** When it was removed, or replaced by the same pair of a better source; null: in force. */
  readonly ended: string | null;
}

/** Where the book is kept. */
export interface PinStore {
  /** For messages. */
  readonly path: string;
  /** null: nothing was ever kept. */
  read(): Promise<string | null>;
  /** Whole or not at all. */
  write(text: string): Promise<void>;
  /** Keeps other processes from writing while the work lasts. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** @throws BskError `machine`, rule `pins-damaged`, where what is kept cannot be read */
export async function openPinBook(store: PinStore, network: NetworkId, now: () => Date): Promise<PinBook> {
  let entries = await load(store);
  const ours = (): PinEntry[] => entries.filter((entry) => entry.network === network);
  const inForce = (): PinEntry[] => ours().filter(({ ended }) => ended === null);
  const heldAt = (height: number): PinEntry | undefined => inForce().find((entry) => entry.height === height);
  const timeNow = (): string => now().toISOString();
  const change = <T>(work: () => { readonly entries: readonly PinEntry[]; readonly result: T }): Promise<T> =>
    store.exclusively(async () => {
      entries = await load(store);
      const changed = work();
      if (changed.entries !== entries)
        await store.write(`${JSON.stringify({ v: 1, pins: changed.entries }, null, 2)}\n`);
      entries = changed.entries;
      return changed.result;
    });
  const ending = (entry: PinEntry | undefined): PinEntry[] =>
    entries.map((each) => (each === entry ? { ...each, ended: timeNow() } : each));
  return {
    network,
    current: () => bestOf(inForce().map(withoutEnd)),
    list: () =>
      inForce()
        .map(withoutEnd)
        .sort((a, b) => a.height - b.height),
    history: ours,
    make: ({ height, consensusHash: hash }, source) => ({
      network,
      height,
      consensusHash: hash,
      source,
      since: timeNow(),
    }),
    add: (pin) =>
      change(() => {
        const held = heldAt(pin.height);
        if (held !== undefined && held.consensusHash !== pin.consensusHash) {
          throw contradiction(held, pin, `the new one (${pin.source.kind})`);
        }
        if (held !== undefined && !saysMore(pin.source, held.source)) return { entries, result: withoutEnd(held) };
        return { entries: [...ending(held), { ...pin, ended: null }], result: pin };
      }),
    remove: (height) =>
      change(() => {
        const held = heldAt(height);
        if (held === undefined) {
          throw new BskError("usage", `no pin of block ${height} is held`, {
            rule: "no-such-pin",
            hint: "bsk pin list shows those that are",
          });
        }
        return { entries: ending(held), result: withoutEnd(held) };
      }),
  };
}

function withoutEnd({ ended: _, ...pin }: PinEntry): Pin {
  return pin;
}

const height = v.pipe(v.number(), parsedBy(blockHeight));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const url = v.pipe(v.string(), v.url());
const evidenceSchema = v.variant("by", [
  v.strictObject({
    by: v.literal("tally"),
    from: height,
    to: height,
    operations: count,
    senders: count,
    burnt: count,
  }),
  v.strictObject({ by: v.literal("transaction"), txid: v.pipe(v.string(), parsedBy(txid)), height }),
]);
const sourceSchema = v.variant("kind", [
  v.strictObject({ kind: v.literal("hand") }),
  v.strictObject({ kind: v.literal("own-node"), url }),
  v.strictObject({ kind: v.literal("agreeing"), urls: v.pipe(v.array(url), v.minLength(2)) }),
  v.strictObject({ kind: v.literal("chain"), evidence: evidenceSchema }),
  v.strictObject({ kind: v.literal("unattested"), url }),
]);
const time = v.pipe(v.string(), v.isoTimestamp());
const fileSchema = v.strictObject({
  v: v.literal(1),
  pins: v.array(
    v.strictObject({
      network: v.pipe(v.string(), parsedBy(networkId)),
      height,
      consensusHash: v.pipe(v.string(), parsedBy(consensusHash)),
      source: sourceSchema,
      since: time,
      ended: v.nullable(time),
    }),
  ),
});

async function load(store: PinStore): Promise<readonly PinEntry[]> {
  const text = await store.read();
  if (text === null) return [];
  try {
    return v.parse(fileSchema, JSON.parse(text)).pins;
  } catch (cause) {
    throw new BskError("machine", `the pins in "${store.path}" cannot be read`, {
      rule: "pins-damaged",
      hint: "correct or remove the file; without it no pin is held",
      cause,
    });
  }
}
