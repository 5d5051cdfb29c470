/**
 * The verified operation log out of the files of a light directory, without reading all of it: what is found is hashed
 * again and compared with the spine, and what it was found by is checked against its checksum.
 */
import { join } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import { BskError, ParseError } from "../errors.ts";
import { parseHashedRecord } from "../ops/hashed-record.ts";
import { type HashedSubject, subjectOf } from "../ops/hashed-subject.ts";
import { consensusHash, opsHash } from "../primitives/hash.ts";
import { blockHeight } from "../primitives/units.ts";
import { inBlockOrder, type LoggedOperation, type OperationLog } from "../verify/op-log.ts";
import { EMPTY_OPS_HASH, opsHashOf } from "../verify/ops-hash.ts";
import type { HashedSpine } from "../verify/spine.ts";
import { decodeLogTile } from "../verify/tile.ts";
import { MOST_TILE_BYTES } from "../verify/tile-index.ts";
import { BLOCK_ROW, CHUNK_ROW, damaged, type Extents, fingerprint, type LightFile, readRange } from "./light-files.ts";
import { LightIndex } from "./light-index.ts";

/** Chunks that are kept inflated: some megabytes. */
const KEPT_CHUNKS = 32;

interface Chunk {
  readonly first: number;
  readonly last: number;
  readonly blocks: readonly (readonly string[])[];
  /** Heights whose texts were compared with the spine. */
  readonly verified: Set<number>;
}

/** The log up to a height. Every method throws BskError `machine`, rule `light-damaged`, where the files are. */
export function lightLog(directory: string, firstBlock: number, height: number, extents: Extents): OperationLog {
  const pathOf = (file: LightFile): string => join(directory, file);
  const whole = (file: LightFile): Buffer => {
    const { bytes, crc } = extents[file];
    const content = readRange(pathOf(file), 0, bytes);
    if (crc32(content) !== crc) throw damaged(pathOf(file));
    return content;
  };
  const spine = lightSpine(pathOf("blocks"), firstBlock, height);
  const bySubject = lazily(() => new LightIndex(whole("subjects")));
  const byOwner = lazily(() => new LightIndex(whole("owners")));
  const chunkRows = lazily(() => whole("chunks"));
  const kept = new Map<number, Chunk>();

  const readChunk = (row: number): Chunk => {
    const rows = chunkRows();
    const at = row * CHUNK_ROW;
    const bytes = readRange(pathOf("texts"), Number(rows.readBigUInt64BE(at + 8)), rows.readUInt32BE(at + 16));
    if (crc32(bytes) !== rows.readUInt32BE(at + 20)) throw damaged(pathOf("texts"));
    const { first, blocks } = decoded(bytes, pathOf("texts"));
    return { first, last: first + blocks.length - 1, blocks, verified: new Set() };
  };
  const chunkAt = (row: number): Chunk => {
    const chunk = kept.get(row) ?? readChunk(row);
    kept.delete(row);
    kept.set(row, chunk);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_CHUNKS) break;
      kept.delete(oldest);
    }
    return chunk;
  };
  /** The last chunk that begins at or before a height; -1: none. */
  const rowOf = (at: number): number => {
    const rows = chunkRows();
    let [low, high] = [0, rows.length / CHUNK_ROW];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows.readUInt32BE(middle * CHUNK_ROW) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  /** The texts of a block, which hash to what the spine says. */
  const textsAt = (at: number): readonly string[] => {
    const row = rowOf(at);
    const chunk = row < 0 ? null : chunkAt(row);
    const texts = chunk?.blocks[at - chunk.first] ?? [];
    if (chunk?.verified.has(at) === true) return texts;
    if (spine.opsHashAt(at) !== (texts.length === 0 ? EMPTY_OPS_HASH : opsHashOf(texts)))
      throw damaged(pathOf("texts"));
    chunk?.verified.add(at);
    return texts;
  };
  const operationsAt = (at: number, isWanted: (of: HashedSubject) => boolean): LoggedOperation[] =>
    textsAt(at)
      .filter((text) => isWanted(subjectOf(text)))
      .map((text) => ({ height: blockHeight(at), record: parseHashedRecord(text) }));

  return {
    spine,
    textsAt,
    operationsOn: (subject, upTo) =>
      bySubject()
        .heightsOf(fingerprint(subject), Math.min(upTo, height))
        .toReversed()
        .flatMap((at) => inBlockOrder(operationsAt(at, (of) => of.subject === subject))),
    latestOn: (subject, upTo) => {
      for (const at of bySubject().heightsOf(fingerprint(subject), Math.min(upTo, height))) {
        const last = inBlockOrder(operationsAt(at, (of) => of.subject === subject)).at(-1);
        if (last !== undefined) return last;
      }
      return null;
    },
    subjects: function* () {
      const seen = new Set<string>();
      for (let row = 0; row < chunkRows().length / CHUNK_ROW; row++) {
        for (const text of readChunk(row).blocks.flat()) {
          const { subject } = subjectOf(text);
          if (subject === null || seen.has(subject)) continue;
          seen.add(subject);
          yield subject;
        }
      }
    },
    everOwnedBy: (address) => {
      const heights = byOwner().heightsOf(fingerprint(address), height).toReversed();
      const owned = heights.flatMap((at) =>
        textsAt(at)
          .map(subjectOf)
          .filter(({ owner }) => owner === address),
      );
      return new Set(owned.flatMap(({ subject }) => subject ?? []));
    },
  };
}

function lightSpine(path: string, firstBlock: number, last: number): HashedSpine {
  const rowAt = (height: number): Buffer => {
    if (!Number.isInteger(height) || height < firstBlock || height > last)
      throw new RangeError(`no block ${height} in the spine`);
    const row = readRange(path, (height - firstBlock) * BLOCK_ROW, BLOCK_ROW);
    if (crc32(row.subarray(0, 48)) !== row.readUInt32BE(48)) throw damaged(path);
    return row;
  };
  return {
    firstBlock,
    height: () => last,
    opsHashAt: (height) => opsHash.of(rowAt(height).subarray(0, 32)),
    consensusHashAt: (height) => consensusHash.of(rowAt(height).subarray(32, 48)),
  };
}

function decoded(bytes: Uint8Array, path: string) {
  try {
    return decodeLogTile(inflateRawSync(bytes, { maxOutputLength: MOST_TILE_BYTES.oplog }));
  } catch (error) {
    if (error instanceof BskError) throw error;
    // Its checksum is right: it was written so.
    if (error instanceof ParseError || error instanceof RangeError) throw damaged(path);
    throw error;
  }
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
