/** Finding out, before anything is added, how much of a light directory is what was written. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { BskError } from "../errors.ts";
import {
  type Commit,
  commitsIn,
  type Extent,
  JOURNAL,
  journalLine,
  LIGHT_FILES,
  type LightFile,
} from "./light-files.ts";

/** Bytes that are read at once. */
const PART = 4 * 1024 * 1024;
/** More commits than this are thinned out; the older, the fewer are needed to go back to. */
const MOST_COMMITS = 2000;
const RECENT_COMMITS = 200;
const ONE_OF = 8;

export interface Checked {
  /** The commits that hold, in order; the last one says how far the files are whole. */
  readonly commits: readonly Commit[];
  readonly last: Commit;
  /** Does the journal say exactly this? */
  readonly exact: boolean;
  /** A file that is not what was written; null: none. What a killed process left behind is no damage. */
  readonly damaged: string | null;
}

/**
 * Reads every file once and compares it with all that the journal says of it. Of the spine and of the operations each as
 * much is kept as holds. `empty`: what stands where nothing does. @throws BskError `machine`, rule `disk-failed`
 */
export function checkFiles(directory: string, empty: Commit): Checked {
  const text = readJournal(join(directory, JOURNAL));
  const written = commitsIn(text);
  const whole = new Map(
    LIGHT_FILES.map((file) => [
      file,
      wholeAt(
        join(directory, file),
        written.map(({ extents }) => extents[file]),
      ),
    ]),
  );
  const holds = (file: LightFile, { extents }: Commit): boolean => whole.get(file)?.(extents[file]) === true;
  const spine = written.findLast((commit) => holds("blocks", commit)) ?? empty;
  const log =
    written.findLast(
      (commit) => commit.log <= spine.spine && LIGHT_FILES.every((file) => file === "blocks" || holds(file, commit)),
    ) ?? empty;
  const kept = written.filter((commit) => commit.spine <= spine.spine && commit.log <= log.log);
  const last = joined(spine, log, kept);
  const isSaid =
    kept.length > 0 ? journalLine(kept[kept.length - 1] ?? last) === journalLine(last) : last.spine === empty.spine;
  const commits = thinned(isSaid ? kept : [...kept, last]);
  const newest = written.at(-1) ?? empty;
  const broken = LIGHT_FILES.find((file) => !holds(file, newest));
  const lines = text.split("\n").slice(0, -1).length;
  return {
    commits,
    last,
    exact: commits.map(journalLine).join("") === text,
    damaged: broken ?? (lines > written.length ? JOURNAL : null),
  };
}

/** The spine of one commit, the operations of another that has no more blocks. */
function joined(spine: Commit, log: Commit, kept: readonly Commit[]): Commit {
  const complete = kept.findLast(
    (each) => each.complete !== null && each.complete.pin.height <= Math.min(spine.proven, log.log),
  )?.complete;
  return {
    network: spine.network,
    spine: spine.spine,
    proven: spine.proven,
    log: log.log,
    extents: { ...log.extents, blocks: spine.extents.blocks },
    complete: complete ?? null,
  };
}

function thinned(commits: readonly Commit[]): readonly Commit[] {
  if (commits.length <= MOST_COMMITS) return commits;
  return commits.filter((_, i) => i % ONE_OF === 0 || i >= commits.length - RECENT_COMMITS);
}

/** Which of the extents are what the file begins with. */
function wholeAt(path: string, extents: readonly Extent[]): (extent: Extent) => boolean {
  const ends = [...new Set(extents.map(({ bytes }) => bytes))].filter((bytes) => bytes > 0).sort((a, b) => a - b);
  const sums = new Map<number, number>([[0, 0]]);
  let sum = 0;
  let at = 0;
  const file = openIfThere(path);
  try {
    for (const end of file === null ? [] : ends) {
      while (file !== null && at < end) {
        const part = Buffer.allocUnsafe(Math.min(PART, end - at));
        const read = readSync(file, part, 0, part.length, at);
        if (read === 0) break;
        sum = crc32(part.subarray(0, read), sum);
        at += read;
      }
      if (at < end) break;
      sums.set(end, sum);
    }
  } catch (cause) {
    throw new BskError("machine", `cannot read "${path}"`, { rule: "disk-failed", cause });
  } finally {
    if (file !== null) closeSync(file);
  }
  return ({ bytes, crc }) => sums.get(bytes) === crc;
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function readJournal(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new BskError("machine", `cannot read "${path}"`, { rule: "disk-failed", cause: error });
  }
}
