/** Files that users name: plans, PSBTs, bundles, zone files, passphrases. Sizes are capped before reading. */
import { createReadStream } from "node:fs";
import { type FileHandle, link, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import { BskError } from "../errors.ts";
import { makeDirectory } from "./make-directory.ts";

/** 16 MiB: more than any file that a person hands over. */
const MAX_BYTES = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;

export interface WriteOptions {
  /** Mode 0600 instead of 0644. */
  readonly secret?: boolean;
  /** Replace a file that exists; without it that is an error. */
  readonly overwrite?: boolean;
}

/** Every method throws `BskError` of kind usage (no such file, too large, exists) or machine (the disk says no). */
export interface Files {
  /** `-` is standard input. */
  readBytes(path: string, maxBytes?: number): Promise<Uint8Array>;
  /** UTF-8, a byte order mark is dropped. @throws BskError usage if it is not UTF-8. */
  readText(path: string, maxBytes?: number): Promise<string>;
  /**
   * Lines of UTF-8 text without their line feeds, as they are read; `-` is standard input.
   * @throws BskError usage if one is longer than so many bytes, or is not UTF-8
   */
  lines(path: string, longest: number): AsyncIterable<string>;
  readDescriptor(fd: number): Promise<string>;
  /** Whole or not at all: written beside, synced, renamed. Directories on the way are made with mode 0700. */
  write(path: string, data: Uint8Array | string, options?: WriteOptions): Promise<void>;
  /** A new directory of mode 0700 where the system keeps what is temporary. */
  temporaryDirectory(prefix: string): Promise<string>;
  /** Names of the entries, sorted; empty if there is no such directory. */
  list(directory: string): Promise<readonly string[]>;
}

/** Files of one call: its abort signal ends every read, also of an input that nobody writes to. */
export function filesOf(signal: AbortSignal): Files {
  const readBytes: Files["readBytes"] = (path, maxBytes = MAX_BYTES) =>
    path === "-" ? readStream(process.stdin, maxBytes, signal) : readFile(path, maxBytes, signal);
  return {
    readBytes,
    readText: async (path, maxBytes = MAX_BYTES) => decode(await readBytes(path, maxBytes), path),
    lines: (path, longest) => linesOf(path, longest, signal),
    readDescriptor: (fd) => readDescriptor(fd, signal),
    write: writeFile,
    temporaryDirectory,
    list,
  };
}

async function* linesOf(path: string, longest: number, signal: AbortSignal): AsyncGenerator<string> {
  const handle = path === "-" ? null : await openFile(path);
  const stream: Readable = handle === null ? process.stdin : handle.createReadStream({ autoClose: false });
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const part of addAbortSignal(signal, stream)) {
      rest = Buffer.concat([rest, part as Uint8Array]);
      let start = 0;
      for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED, start)) {
        yield decode(rest.subarray(start, end), path);
        start = end + 1;
      }
      rest = rest.subarray(start);
      if (rest.length > longest) throw new BskError("usage", `"${path}" has a line of more than ${longest} bytes`);
    }
    if (rest.length > 0) yield decode(rest, path);
  } catch (error) {
    if (error instanceof BskError) throw error;
    if (signal.aborted) throw signal.reason;
    throw new BskError("machine", `cannot read "${path}"`, { cause: error });
  } finally {
    await handle?.close();
  }
}

async function readDescriptor(fd: number, signal: AbortSignal): Promise<string> {
  const what = `file descriptor ${fd}`;
  try {
    return decode(await readStream(createReadStream("", { fd, autoClose: false }), 64 * 1024, signal, what), what);
  } catch (error) {
    if (error instanceof BskError) throw error;
    throw new BskError("usage", `cannot read ${what}`, { cause: error });
  }
}

async function temporaryDirectory(prefix: string): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), prefix));
  } catch (error) {
    throw new BskError("machine", `cannot make a directory in "${tmpdir()}"`, { cause: error });
  }
}

async function list(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw new BskError("machine", `cannot list "${directory}"`, { cause: error });
  }
}

function openFile(path: string): Promise<FileHandle> {
  return open(path, "r").catch((error: unknown) => {
    if (isMissing(error)) throw new BskError("usage", `no such file: "${path}"`);
    throw new BskError("machine", `cannot open "${path}"`, { cause: error });
  });
}

async function readFile(path: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const handle = await openFile(path);
  try {
    return await readStream(handle.createReadStream({ autoClose: false, end: maxBytes }), maxBytes, signal, path);
  } catch (error) {
    if (error instanceof BskError || signal.aborted) throw error;
    if (isCode(error, "EISDIR")) throw new BskError("usage", `a directory, not a file: "${path}"`);
    throw new BskError("machine", `cannot read "${path}"`, { cause: error });
  } finally {
    await handle.close();
  }
}

async function readStream(
  stream: Readable,
  maxBytes: number,
  signal: AbortSignal,
  path = "standard input",
): Promise<Uint8Array> {
  signal.throwIfAborted();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of addAbortSignal(signal, stream)) {
      const bytes = part as Uint8Array;
      size += bytes.length;
      if (size > maxBytes) throw new BskError("usage", `"${path}" is larger than ${maxBytes} bytes`);
      parts.push(bytes);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  return Buffer.concat(parts);
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new BskError("usage", `"${what}" is not UTF-8 text`);
  }
}

/** Not from node:crypto, which takes longer to load than reading a file. */
function randomSuffix(): string {
  return Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(4))).toString("hex");
}

async function writeFile(path: string, data: Uint8Array | string, options: WriteOptions = {}): Promise<void> {
  const next = join(dirname(path), `.${basename(path)}.${randomSuffix()}.new`);
  makeDirectory(dirname(path));
  try {
    const handle = await open(next, "wx", options.secret === true ? 0o600 : 0o644);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (options.overwrite === true) await rename(next, path);
    else await link(next, path);
  } catch (error) {
    if (isCode(error, "EEXIST") && "syscall" in error && error.syscall === "link")
      throw new BskError("usage", `"${path}" exists already`, { hint: "choose another name" });
    throw new BskError("machine", `cannot write "${path}"`, { cause: error });
  } finally {
    // Best effort: where the draft could not be made, it cannot be removed either.
    await rm(next, { force: true }).catch(() => undefined);
  }
}

function isMissing(error: unknown): boolean {
  return isCode(error, "ENOENT") || isCode(error, "ENOTDIR");
}

function isCode(error: unknown, code: string): error is Error {
  return error instanceof Error && "code" in error && error.code === code;
}
