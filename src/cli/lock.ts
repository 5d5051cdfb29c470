/** One process per directory: a lock file that names its holder and does not outlive it. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { BskError } from "../errors.ts";
import { makeDirectory } from "./make-directory.ts";

/** Gives the directory back. */
export type Release = () => void;

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Start time of the process in clock ticks since boot, null where the system does not tell. */
  readonly started: string | null;
  readonly purpose: string;
}

/** How long a lock is waited for that others hold for moments only. */
const PATIENCE_MS = 10_000;
const STEP_MS = 50;

/**
 * Takes a directory for this process; creates it with mode 0700 if it is missing. `file`: the lock's, where one directory
 * holds several things that are taken one by one.
 *
 * A lock whose process is gone (killed, power loss) is taken over: the process id is looked up, and its start time too,
 * since ids are used again. A lock from another host cannot be checked and counts as held.
 * @throws BskError machine with rule `locked` while another process holds it.
 */
export function lockDirectory(directory: string, purpose: string, file = "lock"): Release {
  const path = join(directory, file);
  makeDirectory(directory);
  const mine: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid), purpose };
  const text = `${JSON.stringify(mine)}\n`;
  const draft = join(directory, `${file}.${process.pid}`);
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    // Twice: once for what may be there, once after a dead holder was cleared away.
    for (const mayClear of [true, false]) {
      if (tryLink(draft, path)) return () => release(path, text);
      const held = readIfThere(path);
      if (held === null) continue;
      const holder = parseHolder(held);
      if (!mayClear || isAlive(holder)) throw lockedBy(directory, holder);
      clear(path, held);
    }
    throw new BskError("machine", `"${directory}" is being locked by another process`, { rule: "locked" });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** As `lockDirectory`, but waits ten seconds for another process to let go. `sleep` takes milliseconds. */
export async function lockPatiently(
  sleep: (ms: number) => Promise<void>,
  ...what: Parameters<typeof lockDirectory>
): Promise<Release> {
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    try {
      return lockDirectory(...what);
    } catch (error) {
      if (waitedMs >= PATIENCE_MS || !(error instanceof BskError) || error.rule !== "locked") throw error;
    }
    await sleep(STEP_MS);
  }
}

/** link(2) is atomic and fails if the name is taken; the content is complete when the name appears. */
function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw new BskError("machine", `cannot lock "${path}"`, { cause: error });
  }
}

/** Takes the dead lock away, unless another process has replaced it meanwhile: then it is put back. */
function clear(path: string, dead: string): void {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Another process was faster; the second try finds its lock.
  }
  if (readIfThere(aside) !== dead) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function release(path: string, text: string): void {
  if (readIfThere(path) === text) rmSync(path, { force: true });
}

function lockedBy(directory: string, { pid, host, purpose }: Holder): BskError {
  return new BskError("machine", `"${directory}" is in use by process ${pid} on ${host} (${purpose})`, {
    rule: "locked",
    hint: "wait for it, stop it, or choose another directory with --dir",
  });
}

function parseHolder(text: string): Holder {
  try {
    const { pid, host, started, purpose } = JSON.parse(text) as Record<string, unknown>;
    if (typeof pid === "number" && typeof host === "string" && typeof purpose === "string")
      return { pid, host, started: typeof started === "string" ? started : null, purpose };
  } catch {
    // Not ours, or torn by a crash of the machine: nobody holds it.
  }
  return { pid: 0, host: hostname(), started: null, purpose: "unknown" };
}

function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid <= 0 || !exists(pid)) return false;
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to someone else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Field 22 of /proc/PID/stat (proc(5)); the command name before it may hold spaces and parentheses. */
function startOf(pid: number): string | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
