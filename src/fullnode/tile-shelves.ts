/** Several holders of tiles, asked in turn. None is believed: one that was caught with a lie is not asked again. */
import { BskError } from "../errors.ts";
import type { Network } from "../protocol/network-definition.ts";
import { type TileFormat, type TileIndex, tilePath, type TileRange, tileRanges } from "../verify/tile-index.ts";

/** Who holds tiles: a server, a directory. Errors are `BskError`s: `machine` for outages, `refuted` for what is no tile. */
export interface TileShelf {
  /** "the tiles at http://…": for messages. */
  readonly description: string;
  /** What it says that it holds. */
  index(): Promise<TileIndex>;
  /** The bytes of a tile, no longer compressed; null: not held. */
  tile(format: TileFormat, first: number, last: number): Promise<Uint8Array | null>;
}

/** What a shelf could not give, or should not have given. */
export interface ShelfFailure {
  readonly kind: "failed";
  readonly error: BskError;
}

export const failed = (error: BskError): ShelfFailure => ({ kind: "failed", error });

export function isFailure(value: unknown): value is ShelfFailure {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "failed";
}

/** What a shelf answers; its errors as a value, so that they are not taken for somebody else's. */
async function answerOf<T>(ask: () => Promise<T>): Promise<T | ShelfFailure> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BskError && error.kind !== "cancelled") return failed(error);
    throw error;
  }
}

/** A tile of a shelf, with the name that it goes by in messages. */
export interface ShelvedTile {
  readonly name: string;
  readonly range: TileRange;
  readonly bytes: Uint8Array;
}

/** One shelf, whose index was looked at. */
export class OpenShelf {
  readonly description: string;
  readonly index: TileIndex;
  readonly #shelf: TileShelf;

  private constructor(shelf: TileShelf, index: TileIndex) {
    this.description = shelf.description;
    this.index = index;
    this.#shelf = shelf;
  }

  /** Fails unless it says that it holds the network's raw tiles up to a height. */
  static async open(shelf: TileShelf, network: Network, upTo: number): Promise<OpenShelf | ShelfFailure> {
    const index = await answerOf(() => shelf.index());
    if (isFailure(index)) return index;
    const { description } = shelf;
    if (index.network !== network.id || index.firstBlock !== network.firstBlock) {
      return failed(
        new BskError("refuted", `${description} are of another network than "${network.name}"`, {
          rule: "wrong-network",
        }),
      );
    }
    if (index.formats.includes("raw") && index.height >= upTo) return new OpenShelf(shelf, index);
    const lack = index.height < upTo ? `end at block ${index.height}, before the pin` : "have no raw ones among them";
    return failed(new BskError("unproven", `${description} ${lack}`, { rule: "tile-missing" }));
  }

  /** The tile that holds a block, as far as this shelf has come. */
  async tileWith(format: TileFormat, height: number): Promise<ShelvedTile | ShelfFailure> {
    const range = tileRanges(this.index.firstBlock, this.index.height).find(({ last }) => last >= height);
    if (range === undefined) throw new Error("a shelf is asked for blocks that it said to hold");
    const name = tilePath(format, range);
    const bytes = await answerOf(() => this.#shelf.tile(format, range.first, range.last));
    if (isFailure(bytes)) return bytes;
    if (bytes !== null) return { name, range, bytes };
    return failed(new BskError("unproven", `${this.description} hold no ${name}`, { rule: "tile-missing" }));
  }

  /** It gave what cannot be true. */
  caught(name: string, because: string, hint?: string): ShelfFailure {
    return failed(
      new BskError("refuted", `${name} of ${this.description} is refuted: ${because}`, {
        rule: "tile-refuted",
        ...(hint === undefined ? {} : { hint }),
      }),
    );
  }
}

interface Member {
  readonly shelf: TileShelf;
  open: OpenShelf | null;
  lie: BskError | null;
}

export class TileShelves {
  readonly #members: readonly Member[];
  readonly #network: Network;
  readonly #upTo: number;
  readonly #passedOver: (error: BskError) => void;
  /** The one that answered last. */
  #current = 0;

  /** `upTo`: the last block that is wanted. `passedOver` hears why a shelf is not used, when it is not. */
  constructor(
    shelves: readonly [TileShelf, ...TileShelf[]],
    network: Network,
    upTo: number,
    passedOver: (error: BskError) => void,
  ) {
    this.#members = shelves.map((shelf) => ({ shelf, open: null, lie: null }));
    this.#network = network;
    this.#upTo = upTo;
    this.#passedOver = passedOver;
  }

  /**
   * Does something with the shelf that was good last, or where that fails with the others in turn.
   * @throws BskError what they failed with, where all do: a lie before an outage. What `work` throws is nobody's failure.
   */
  async with<T>(work: (shelf: OpenShelf) => Promise<T | ShelfFailure>): Promise<T> {
    const failures: BskError[] = [];
    for (let i = 0; i < this.#members.length; i++) {
      const at = (this.#current + i) % this.#members.length;
      const member = this.#members[at];
      if (member === undefined || member.lie !== null) continue;
      const came = await this.#try(member, work);
      if (!isFailure(came)) {
        this.#current = at;
        return came;
      }
      failures.push(came.error);
      if (came.error.kind === "refuted") member.lie = came.error;
      this.#passedOver(came.error);
    }
    throw this.#noneLeft(failures);
  }

  async #try<T>(member: Member, work: (shelf: OpenShelf) => Promise<T | ShelfFailure>): Promise<T | ShelfFailure> {
    if (member.open === null) {
      const opened = await OpenShelf.open(member.shelf, this.#network, this.#upTo);
      if (isFailure(opened)) return opened;
      member.open = opened;
    }
    return work(member.open);
  }

  #noneLeft(failures: readonly BskError[]): BskError {
    const all = [...new Set([...this.#members.flatMap(({ lie }) => (lie === null ? [] : [lie])), ...failures])];
    const worst = all.find(({ kind }) => kind === "refuted") ?? all.find(({ kind }) => kind === "machine") ?? all[0];
    if (worst === undefined) throw new Error("there is a shelf at least");
    if (all.length === 1) return worst;
    return new BskError(worst.kind, `none of the tiles can be used: ${all.map(({ message }) => message).join("; ")}`, {
      ...(worst.rule === undefined ? {} : { rule: worst.rule }),
      ...(worst.hint === undefined ? {} : { hint: worst.hint }),
    });
  }
}
