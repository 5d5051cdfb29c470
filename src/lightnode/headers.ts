/** The headers of Bitcoin that a reader holds, checked once and remembered to be. */
import { createHash } from "node:crypto";
import {
  decodeHeaderFile,
  encodeHeaderFile,
  faultOfHeaders,
  hashAt,
  headerAt,
  type HeaderFile,
  lastHeight,
} from "../bitcoin/header-file.ts";
import { HEADER_SIZE, parseHeader } from "../bitcoin/header.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import type { KnownBlocks } from "../chain/checked-headers.ts";
import { BskError, ParseError } from "../errors.ts";
import type { BlockHash } from "../primitives/hash.ts";

/** Checked: linked, with proof of work and the right difficulty, from a block that the chain is known by. */
export interface Headers {
  readonly file: HeaderFile;
  readonly last: { readonly height: number; readonly hash: BlockHash; readonly time: Date };
  /** null outside of them. */
  readonly hashAt: (height: number) => BlockHash | null;
  /** null outside of them. */
  readonly timeAt: (height: number) => Date | null;
}

/** Which files were checked before: the SHA-256 of their headers up to a height. */
export interface CheckedHeadersMemory {
  list(): Promise<readonly CheckedRun[]>;
  remember(run: CheckedRun): Promise<void>;
}

export interface CheckedRun {
  readonly height: number;
  readonly digest: string;
}

/** Headers that need no check: just checked, or made by us. */
export function headersOf(file: HeaderFile): Headers {
  const height = lastHeight(file);
  const { hash, time } = parseHeader(headerAt(file, height) as Uint8Array);
  return {
    file,
    last: { height, hash, time: new Date(time * 1000) },
    hashAt: (at) => hashAt(file, at),
    timeAt: (at) => {
      const header = headerAt(file, at);
      return header === null ? null : new Date(parseHeader(header).time * 1000);
    },
  };
}

/** As a source that checks what it is told knows its blocks. */
export function knownBlocks({ last, hashAt: at }: Headers): KnownBlocks {
  return { tip: () => last, blockHashAt: at };
}

export function encodeHeaders({ file }: Pick<Headers, "file">): Uint8Array {
  return encodeHeaderFile(file);
}

/**
 * Opens and checks a file; what was checked before is not checked again. `progress` is told how far it is.
 * @throws BskError `refuted` with the fault as its rule; rule `not-headers` for another kind of file
 */
export async function openHeaders(
  bytes: Uint8Array,
  name: string,
  parameters: BitcoinParameters,
  memory: CheckedHeadersMemory,
  progress: (height: number) => void,
): Promise<Headers> {
  const file = parsed(bytes, name);
  const checked = Math.max(
    -1,
    ...(await memory.list()).filter((run) => isRunOf(run, file)).map(({ height }) => height),
  );
  const wrong = checked === lastHeight(file) ? null : faultOfHeaders(file, parameters, Math.max(0, checked), progress);
  if (wrong !== null) {
    throw new BskError("refuted", `"${name}" has a header at ${wrong.height} that cannot be: ${wrong.fault}`, {
      rule: wrong.fault,
      hint: "headers of another chain, or damaged; get your own: bsk light headers",
    });
  }
  if (checked < lastHeight(file)) await memory.remember(runOf(file));
  return headersOf(file);
}

function parsed(bytes: Uint8Array, name: string): HeaderFile {
  try {
    return decodeHeaderFile(bytes);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new BskError("refuted", `"${name}" holds no headers: ${error.message}`, { rule: "not-headers" });
  }
}

/** What to remember of headers that were checked. */
export function runOf(file: HeaderFile): CheckedRun {
  return { height: lastHeight(file), digest: digestOf(file, lastHeight(file)) };
}

function isRunOf({ height, digest }: CheckedRun, file: HeaderFile): boolean {
  return height >= file.first && height <= lastHeight(file) && digestOf(file, height) === digest;
}

/** Of the height of the first header and the headers up to one. */
function digestOf({ first, headers }: HeaderFile, height: number): string {
  const upTo = headers.subarray(0, (height - first + 1) * HEADER_SIZE);
  return createHash("sha256").update(`${first}\n`).update(upTo).digest("hex");
}
