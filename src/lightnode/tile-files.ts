/** The files that tiles are kept in, wherever that is: read with a cap, and never believed. */
import { BskError } from "../errors.ts";

/** Files under one root: `path` is "index.json" or "FORMAT/FIRST-LAST.gz". */
export interface TileFiles {
  /** "the tiles at http://…", "the tiles in DIR": for messages. */
  readonly description: string;
  /**
   * At most so many bytes; null where there is no such file.
   * @throws BskError `machine` for outages; `refuted`, rule `bad-tile`, for what is larger
   */
  read(path: string, maxBytes: number): Promise<Uint8Array | null>;
}

export interface TileSourceOptions {
  /** Proxy to go through, see `parseSocksProxy`. */
  readonly socks?: string | undefined;
  /** For one answer, until all of it is here; default one minute. */
  readonly timeoutMs?: number | undefined;
  /** Ends what is under way: its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Told of the bytes that came, as they came. */
  readonly received?: ((bytes: number) => void) | undefined;
}

/** A source gave something that no honest source would. */
export function badTile(description: string, path: string, because: string): BskError {
  return new BskError("refuted", `${description} gave a bad ${path}: ${because}`, { rule: "bad-tile" });
}
