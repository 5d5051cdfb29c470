/**
 * The operation log: the texts of all operations, block by block, as they were hashed. Hashed forward until it equals the
 * pin it is a whole name database whose only trust is the pin: nothing can be changed, left out or added (level `complete`).
 */
import { ParseError } from "../errors.ts";
import { fromHex } from "../primitives/bytes.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { blockHeight } from "../primitives/units.ts";
import { parseHashedRecord, type HashedRecord } from "../ops/hashed-record.ts";
import { type HashedSubject, subjectOf } from "../ops/hashed-subject.ts";
import type { Anchor } from "./anchor.ts";
import { opsHashOf } from "./ops-hash.ts";
import { type Outcome, proven } from "./outcome.ts";
import { type HashedSpine, startSpine, verifySpine } from "./spine.ts";

/** Where the texts are kept: in memory, in a file. They come in order and are asked for by their number from 0. */
export interface TextStore {
  add(text: string): void;
  at(number: number): string;
}

/** An operation, and the block that holds it. */
export interface LoggedOperation {
  readonly height: BlockHeight;
  readonly record: HashedRecord;
}

/** Wherever it is kept. What it answers is worth what `verifyLog` said of it. */
export interface OperationLog {
  readonly spine: HashedSpine;
  /** Texts of a block's operations, in the order of the log. */
  textsAt(height: number): readonly string[];
  /** Operations on a name or namespace up to a height, oldest first. */
  operationsOn(subject: string, upTo: number): readonly LoggedOperation[];
  /** The last operation on a name or namespace up to a height, null where there is none. */
  latestOn(subject: string, upTo: number): LoggedOperation | null;
  /** Every name and namespace that an operation ever named, in the order of their first. */
  subjects(): Iterable<string>;
  /** Names that an address ever came to own. */
  everOwnedBy(address: string): Iterable<string>;
}

/** Grows at its end only. */
export interface GrowingLog extends OperationLog {
  /** Hashes the next block's operations, in block order. @throws ParseError as `subjectsOf`; the log is as before then */
  append(texts: readonly string[]): void;
}

/**
 * Whom the operations of a block are about.
 * @throws ParseError on a text that no record was hashed as, and on one that is there twice, which the tree does not show
 * (spec 04 §7.8)
 */
export function subjectsOf(texts: readonly string[]): HashedSubject[] {
  if (new Set(texts).size < texts.length) throw new ParseError("one operation stands twice in a block");
  return texts.map(subjectOf);
}

/** Texts in memory. */
export function textsInMemory(): TextStore {
  const texts: string[] = [];
  return {
    add: (text) => texts.push(text),
    at: (number) => texts[number] ?? "",
  };
}

export function startLog(firstBlock: number, texts: TextStore = textsInMemory()): GrowingLog {
  const spine = startSpine(firstBlock);
  const heights: number[] = [];
  const bySubject = new Map<string, number[]>();
  const byOwner = new Map<string, Set<string>>();

  const operation = (number: number): LoggedOperation => ({
    height: blockHeight(heights[number] ?? 0),
    record: parseHashedRecord(texts.at(number)),
  });
  /** How many of a subject's operations stand up to a height: they are in order, so half of them is left at each look. */
  const countUpTo = (numbers: readonly number[], upTo: number): number => {
    let [low, high] = [0, numbers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((heights[numbers[middle] ?? 0] ?? 0) <= upTo) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    spine,
    append(given) {
      const found = subjectsOf(given);
      spine.append(given.length === 0 ? null : fromHex(opsHashOf(given)));
      for (const [i, { subject, owner }] of found.entries()) {
        const number = heights.push(spine.height()) - 1;
        texts.add(given[i] ?? "");
        if (subject === null) continue;
        const known = bySubject.get(subject);
        if (known === undefined) bySubject.set(subject, [number]);
        else known.push(number);
        if (owner === null) continue;
        const owned = byOwner.get(owner);
        if (owned === undefined) byOwner.set(owner, new Set([subject]));
        else owned.add(subject);
      }
    },
    textsAt(height) {
      const behind = (of: number): number => {
        let [low, high] = [0, heights.length];
        while (low < high) {
          const middle = (low + high) >> 1;
          if ((heights[middle] ?? 0) <= of) low = middle + 1;
          else high = middle;
        }
        return low;
      };
      const first = behind(height - 1);
      return Array.from({ length: behind(height) - first }, (_, i) => texts.at(first + i));
    },
    operationsOn(subject, upTo) {
      const numbers = bySubject.get(subject) ?? [];
      return inBlockOrder(numbers.slice(0, countUpTo(numbers, upTo)).map(operation));
    },
    latestOn(subject, upTo) {
      const numbers = bySubject.get(subject) ?? [];
      const count = countUpTo(numbers, upTo);
      const height = heights[numbers[count - 1] ?? -1];
      if (height === undefined) return null;
      const inThatBlock = numbers.slice(countUpTo(numbers, height - 1), count);
      return inBlockOrder(inThatBlock.map(operation)).at(-1) ?? null;
    },
    subjects: () => bySubject.keys(),
    everOwnedBy: (address) => byOwner.get(address) ?? [],
  };
}

/** The index in the block is hashed, the order of a log is not: whoever sent it may have turned two of them round. */
export function inBlockOrder(operations: readonly LoggedOperation[]): LoggedOperation[] {
  return operations.toSorted((a, b) => a.height - b.height || a.record.vtxindex - b.record.vtxindex);
}

/** Does the log come out at the pin? Then what it answers up to the pin's height is complete. */
export function verifyLog(pin: Anchor, log: OperationLog): Outcome<OperationLog> {
  const outcome = verifySpine(pin, log.spine);
  return outcome.kind === "proven" ? proven(log) : outcome;
}
