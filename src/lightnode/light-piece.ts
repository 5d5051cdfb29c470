/** Verified operations of some blocks as they are added to the files of a light directory. */
import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";
import type { HashedSubject } from "../ops/hashed-subject.ts";
import { encodeLogTile } from "../verify/tile.ts";
import { CHUNK_ROW, FINGERPRINT_ROW, fingerprint, type LightFile } from "./light-files.ts";

/** Characters of a chunk: reading one operation inflates as much. */
const CHUNK_CHARACTERS = 48 * 1024;
const deflate = promisify(deflateRaw);

/** The operations of a block, and whom each of them is about. */
export interface VerifiedBlock {
  readonly texts: readonly string[];
  readonly subjects: readonly HashedSubject[];
}

export interface LoggedPiece {
  readonly first: number;
  readonly last: number;
  /** What to add to each file, where `texts` has so many bytes. */
  bytes(textsBefore: number): Partial<Record<LightFile, Uint8Array>>;
}

interface Chunk {
  readonly first: number;
  readonly last: number;
  readonly deflated: Uint8Array;
}

/** The same blocks always come to the same bytes. */
export async function loggedPiece(first: number, blocks: readonly VerifiedBlock[]): Promise<LoggedPiece> {
  const chunks = await Promise.all(chunkRanges(first, blocks).map((range) => chunkOf(range, first, blocks)));
  const indexed = blocks.flatMap(({ subjects }, i) => subjects.map((of) => ({ ...of, height: first + i })));
  const subjects = rowsOf(indexed.map(({ subject, height }) => [subject, height]));
  const owners = rowsOf(indexed.map(({ owner, height }) => [owner, height]));
  return {
    first,
    last: first + blocks.length - 1,
    bytes: (textsBefore) => ({
      texts: Buffer.concat(chunks.map(({ deflated }) => deflated)),
      chunks: chunkRows(chunks, textsBefore),
      subjects,
      owners,
    }),
  };
}

/** Blocks without operations are in no chunk, or between others. */
function chunkRanges(
  first: number,
  blocks: readonly VerifiedBlock[],
): { readonly first: number; readonly last: number }[] {
  const ranges: { first: number; last: number }[] = [];
  let characters = CHUNK_CHARACTERS;
  for (const [i, { texts }] of blocks.entries()) {
    if (texts.length === 0) continue;
    const last = ranges.at(-1);
    if (last === undefined || characters >= CHUNK_CHARACTERS) {
      ranges.push({ first: first + i, last: first + i });
      characters = 0;
    } else last.last = first + i;
    for (const { length } of texts) characters += length;
  }
  return ranges;
}

async function chunkOf(
  range: { readonly first: number; readonly last: number },
  first: number,
  blocks: readonly VerifiedBlock[],
): Promise<Chunk> {
  const within = blocks.slice(range.first - first, range.last - first + 1).map(({ texts }) => texts);
  return { ...range, deflated: await deflate(encodeLogTile({ first: range.first, blocks: within })) };
}

function chunkRows(chunks: readonly Chunk[], textsBefore: number): Uint8Array {
  const rows = Buffer.alloc(chunks.length * CHUNK_ROW);
  let offset = textsBefore;
  for (const [i, { first, last, deflated }] of chunks.entries()) {
    const at = i * CHUNK_ROW;
    rows.writeUInt32BE(first, at);
    rows.writeUInt32BE(last, at + 4);
    rows.writeBigUInt64BE(BigInt(offset), at + 8);
    rows.writeUInt32BE(deflated.length, at + 16);
    rows.writeUInt32BE(crc32(deflated), at + 20);
    offset += deflated.length;
  }
  return rows;
}

function rowsOf(found: readonly (readonly [text: string | null, height: number])[]): Uint8Array {
  const known = new Map<string, number>();
  const wanted = found.filter((each): each is [string, number] => each[0] !== null);
  const rows = Buffer.alloc(wanted.length * FINGERPRINT_ROW);
  for (const [i, [text, height]] of wanted.entries()) {
    const print = known.get(text) ?? fingerprint(text);
    known.set(text, print);
    rows.writeUInt32BE(print, i * FINGERPRINT_ROW);
    rows.writeUInt32BE(height, i * FINGERPRINT_ROW + 4);
  }
  return rows;
}
