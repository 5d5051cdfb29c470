/**
 * Headers in a file, for readers without a Bitcoin node.
 *
 *   13  "bsk-headers/1"  then "\n"
 *    4  height of the first header, big-endian
 *   80  header, as often as there are
 *
 * The first is block 0, or the one that starts the period of the chain's checkpoint: the checkpoint's hash proves those up
 * to it, proof of work and difficulty those behind. Which of two valid files is of the chain with more work, no file says.
 */
import { ParseError } from "../errors.ts";
import { concat, equalBytes, fromLatin1 } from "../primitives/bytes.ts";
import { sha256d } from "../primitives/digest.ts";
import { type BlockHash, blockHash, blockHashOf } from "../primitives/hash.ts";
import { firstAncestorNeeded } from "./difficulty.ts";
import { HeaderChain, type HeaderFault } from "./header-chain.ts";
import { type BlockHeader, HEADER_SIZE, parseHeader } from "./header.ts";
import type { BitcoinParameters } from "./parameters.ts";

const MAGIC = fromLatin1("bsk-headers/1\n");
const HEIGHT_BYTES = 4;
const START = MAGIC.length + HEIGHT_BYTES;

export interface HeaderFile {
  /** Height of the first header. */
  readonly first: number;
  /** 80 bytes each. */
  readonly headers: Uint8Array;
}

export function encodeHeaderFile({ first, headers }: HeaderFile): Uint8Array {
  const height = new Uint8Array(HEIGHT_BYTES);
  new DataView(height.buffer).setUint32(0, first);
  return concat(MAGIC, height, headers);
}

/** Frames it; nothing of it is checked yet. The headers are a view. @throws ParseError */
export function decodeHeaderFile(bytes: Uint8Array): HeaderFile {
  if (bytes.length < START || !equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) {
    throw new ParseError("no file of headers");
  }
  const headers = bytes.subarray(START);
  if (headers.length === 0 || headers.length % HEADER_SIZE !== 0) {
    throw new ParseError(`${headers.length} bytes of headers, which are 80 bytes each`);
  }
  return { first: new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length), headers };
}

/** Height of the last header. */
export function lastHeight({ first, headers }: HeaderFile): number {
  return first + headers.length / HEADER_SIZE - 1;
}

/** 80 bytes, null outside of the file. */
export function headerAt(file: HeaderFile, height: number): Uint8Array | null {
  const at = (height - file.first) * HEADER_SIZE;
  return at < 0 || at >= file.headers.length ? null : file.headers.subarray(at, at + HEADER_SIZE);
}

/** Worth what `faultOfHeaders` said of the file. */
export function hashAt(file: HeaderFile, height: number): BlockHash | null {
  const header = headerAt(file, height);
  return header === null ? null : blockHashOf(sha256d(header));
}

/** The block that the chain is known by, and where a file that rests on it starts. */
export function landmarkOf(parameters: BitcoinParameters, first: number) {
  const { checkpoint, genesisHash } = parameters;
  const { height, hash } = checkpoint !== null && first > 0 ? checkpoint : { height: 0, hash: genesisHash };
  return { height, hash: blockHash(hash), starts: firstAncestorNeeded(height + 1) };
}

export type HeadersFault = HeaderFault | "wrong-start" | "wrong-chain";

/**
 * Why these are not headers of the chain, and at which height; null: they link, have their proof of work and the right
 * difficulty, from the landmark on. Headers up to `checked` were found so before.
 */
export function faultOfHeaders(
  file: HeaderFile,
  parameters: BitcoinParameters,
  checked = 0,
  progress: (height: number) => void = () => undefined,
): { readonly height: number; readonly fault: HeadersFault } | null {
  const { first } = file;
  const landmark = landmarkOf(parameters, first);
  if (first !== landmark.starts || lastHeight(file) < landmark.height) return { height: first, fault: "wrong-start" };
  if (hashAt(file, landmark.height) !== landmark.hash) return { height: landmark.height, fault: "wrong-chain" };
  const believed = Math.max(landmark.height, Math.min(checked, lastHeight(file)));
  const run = linked(file, Math.max(first, firstAncestorNeeded(believed + 1)), believed);
  if (typeof run === "number") return { height: run, fault: "not-linked" };
  const chain = new HeaderChain(parameters, believed - run.length + 1, run);
  for (let height = believed + 1; height <= lastHeight(file); height++) {
    const fault = chain.append(parseHeader(headerAt(file, height) as Uint8Array));
    if (fault !== null) return { height, fault };
    if (isOtherThanCheckpoint(chain, height, parameters)) return { height, fault: "wrong-chain" };
    if (height % PORTION === 0) {
      chain.forgetBelow(height);
      progress(height);
    }
  }
  return null;
}

const PORTION = 2016;

function isOtherThanCheckpoint(chain: HeaderChain, height: number, { checkpoint }: BitcoinParameters): boolean {
  return checkpoint?.height === height && chain.at(height)?.hash !== checkpoint.hash;
}

/** Headers of a range that is believed; the height of one that does not follow the one before. */
function linked(file: HeaderFile, from: number, to: number): readonly BlockHeader[] | number {
  const run: BlockHeader[] = [];
  for (let height = from; height <= to; height++) {
    const header = parseHeader(headerAt(file, height) as Uint8Array);
    const before = run.at(-1);
    if (before !== undefined && header.previousHash !== before.hash) return height;
    run.push(header);
  }
  return run;
}
