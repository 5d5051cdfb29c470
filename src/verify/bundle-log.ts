/** The operations that a bundle lists: a piece of the log, from some block to another. */
import { ParseError } from "../errors.ts";
import { type HashedRecord, isNameRecord, isNamespaceRecord, parseHashedRecord } from "../ops/hashed-record.ts";
import type { OpsHash } from "../primitives/hash.ts";
import type { LoggedBlock } from "./bundle.ts";
import { isInRun, type Run } from "./bundle-walk.ts";
import type { LoggedOperation } from "./op-log.ts";
import { EMPTY_OPS_HASH, opsHashOf } from "./ops-hash.ts";
import { type Outcome, proven, refuted } from "./outcome.ts";

export interface LogPiece {
  opsHashAt(height: number): OpsHash;
  /** Operations of a block; none where it holds none. */
  recordsAt(height: number): readonly HashedRecord[];
  /** The last operation on a name or namespace in the piece, up to a height. */
  latestOn(subject: string, upTo: number): LoggedOperation | null;
}

/** Reads a list; what it says is worth what its ops hashes are found to be. */
export function logPiece(blocks: readonly LoggedBlock[], run: Run): Outcome<LogPiece> {
  const texts = new Map<number, readonly string[]>();
  const records = new Map<number, readonly HashedRecord[]>();
  const bySubject = new Map<string, LoggedOperation[]>();
  let last = -1;
  for (const { height, texts: ofBlock } of blocks) {
    if (!isInRun(run, height) || height <= last)
      return refuted(`the list has block ${height} where it does not belong`);
    if (ofBlock.length === 0) return refuted(`the list has block ${height}, and no operation of it`);
    // The tree repeats the last leaf of an odd row and would not show one that is there twice.
    if (new Set(ofBlock).size < ofBlock.length) return refuted(`one operation stands twice in block ${height}`);
    const found = recordsOf(ofBlock);
    if (found === null) return refuted(`the list has a text of block ${height} that is no operation's`);
    last = height;
    texts.set(height, ofBlock);
    records.set(height, found);
    for (const record of found) addTo(bySubject, { height, record });
  }
  return proven({
    opsHashAt: (height) => {
      const ofBlock = texts.get(height);
      return ofBlock === undefined ? EMPTY_OPS_HASH : opsHashOf(ofBlock);
    },
    recordsAt: (height) => records.get(height) ?? [],
    latestOn: (subject, upTo) => bySubject.get(subject)?.findLast(({ height }) => height <= upTo) ?? null,
  });
}

/** In the order of their indices, which are hashed; null where one of the texts is no operation's. */
function recordsOf(texts: readonly string[]): HashedRecord[] | null {
  try {
    return texts.map(parseHashedRecord).sort((a, b) => a.vtxindex - b.vtxindex);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function addTo(bySubject: Map<string, LoggedOperation[]>, operation: LoggedOperation): void {
  const { record } = operation;
  const subject = isNameRecord(record) ? record.name : isNamespaceRecord(record) ? record.namespaceId : null;
  if (subject === null) return;
  const known = bySubject.get(subject);
  if (known === undefined) bySubject.set(subject, [operation]);
  else known.push(operation);
}
