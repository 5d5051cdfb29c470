/**
 * A data directory as Bitcoin Core leaves it, made cheaply: blocks of real size from a few templates, each with operations
 * of the chain of names and a header of its own, obfuscated, not quite in order; then as many empty blocks as wanted.
 */
import { mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { walkTransactions } from "../../src/bitcoin/block.ts";
import { HEADER_SIZE, parseHeader } from "../../src/bitcoin/header.ts";
import { merkleRootOf } from "../../src/bitcoin/merkle.ts";
import { parseTransactionAt, serializeTransaction, transactionId } from "../../src/bitcoin/transaction.ts";
import { deobfuscate } from "../../src/chain/block-files/obfuscated-file.ts";
import { concat, fromHex, fromLatin1, reversed } from "../../src/primitives/bytes.ts";
import { sha256d } from "../../src/primitives/digest.ts";
import type { CandidateBlock } from "../../src/virtualchain/index-block.ts";
import { coinbase, GENESIS } from "../../test/support/linked-chain.ts";
import { compactSize, undoOfInput } from "../../test/support/undo-writer.ts";
import { rawBlock } from "./blocks.ts";
import { buildChain } from "./built-chain.ts";
import { CHAIN_NETWORK } from "./name-chain.ts";
import { SeededRandom } from "./random.ts";

export interface DirectorySize {
  /** Blocks with operations, */
  readonly blocks: number;
  /** and transactions in each. */
  readonly transactions: number;
  /** Empty blocks behind them. */
  readonly empty: number;
}

export interface WrittenDirectory {
  readonly path: string;
  /** Files with blocks. */
  readonly files: readonly string[];
  readonly key: Uint8Array;
  /** Bytes in them. */
  readonly bytes: number;
  readonly height: number;
  readonly operations: number;
  /** After the last block with operations. */
  readonly consensusHash: string;
  readonly lastBusyHeight: number;
}

/** One birth in a block makes 4.9 operations on average. */
const BIRTHS = 1;
/** No block has more operations. */
const MOST_OPERATIONS = 8;
const TEMPLATES = 6;
/** Blocks that come in another order than that of the chain. */
const SHUFFLED = 8;
const FILE_SIZE = 128 * 1024 * 1024;
/** Empty blocks come in files of so many, that they be many files as on mainnet. */
const FILE_BLOCKS = 5000;
/** More than so many blocks that wait have. */
const LARGEST = 32 * 1024 * 1024;
const KEY = fromHex("8f3a10c75b9d26e4");
/** Undo data is about a tenth of the blocks; the database is small. */
const SPACE = 1.5;

interface Piece {
  readonly raw: Uint8Array;
  /** Hash in wire byte order. */
  readonly id: Uint8Array;
  readonly undo: Uint8Array;
}

const idOf = (txid: string): Uint8Array => reversed(fromHex(txid));

/** A script that a usual input spends. */
function spentScript(random: SeededRandom): Uint8Array {
  const kind = random.below(4);
  const hash = random.bytes(20);
  if (kind < 2) return concat(fromHex("76a914"), hash, fromHex("88ac"));
  return kind === 2 ? concat(fromHex("a914"), hash, fromHex("87")) : concat(fromHex("0014"), hash);
}

const undoOf = (scripts: readonly Uint8Array[], random: SeededRandom): Uint8Array =>
  concat(
    compactSize(scripts.length),
    ...scripts.map((script) =>
      undoOfInput({ value: BigInt(random.uint32() >>> 0), script, height: 1 + random.below(600_000), coinbase: false }),
    ),
  );

function template(transactions: number, random: SeededRandom): Piece[] {
  const block = rawBlock(transactions, [], random);
  const pieces: Piece[] = [];
  walkTransactions(block, (index, start, end) => {
    const { transaction } = parseTransactionAt(block, start);
    const scripts = index === 0 ? [] : transaction.inputs.map(() => spentScript(random));
    pieces.push({
      raw: Uint8Array.from(block.subarray(start, end)),
      id: idOf(transactionId(transaction)),
      undo: index === 0 ? new Uint8Array() : undoOf(scripts, random),
    });
    return true;
  });
  return pieces;
}

/** Collects records and writes them as files. */
class Records {
  readonly files: string[] = [];
  bytes = 0;
  readonly #directory: string;
  readonly #kind: string;
  readonly #buffer = new Uint8Array(FILE_SIZE + LARGEST);
  #size = 0;
  #count = 0;

  constructor(directory: string, kind: "blk" | "rev") {
    this.#directory = directory;
    this.#kind = kind;
  }

  /** True when the file is full. */
  add(data: Uint8Array, ...behind: readonly Uint8Array[]): boolean {
    const frame = new Uint8Array(8);
    frame.set(fromHex(CHAIN_NETWORK.bitcoin.messageStart));
    new DataView(frame.buffer).setUint32(4, data.length, true);
    for (const part of [frame, data, ...behind]) {
      this.#buffer.set(part, this.#size);
      this.#size += part.length;
    }
    this.#count++;
    return this.#size >= FILE_SIZE || this.#count >= FILE_BLOCKS;
  }

  end(): void {
    const bytes = this.#buffer.subarray(0, this.#size);
    deobfuscate(bytes, 0, KEY);
    const file = join(this.#directory, `${this.#kind}${String(this.files.length).padStart(5, "0")}.dat`);
    writeFileSync(file, bytes);
    this.files.push(file);
    this.bytes += bytes.length;
    this.#size = 0;
    this.#count = 0;
  }
}

/** A header with a proof of work, which on regtest every second one is. */
function headerBehind(
  previous: Uint8Array,
  merkleRoot: Uint8Array,
  time: number,
): { header: Uint8Array; hash: Uint8Array } {
  const header = new Uint8Array(HEADER_SIZE);
  const view = new DataView(header.buffer);
  header[0] = 1;
  header.set(previous, 4);
  header.set(merkleRoot, 36);
  view.setUint32(68, time, true);
  view.setUint32(72, CHAIN_NETWORK.bitcoin.easiestBits, true);
  for (let nonce = 0; ; nonce++) {
    view.setUint32(76, nonce, true);
    const hash = sha256d(header);
    if ((hash[31] ?? 0) < 0x7f) return { header, hash };
  }
}

/** @throws Error where the disk has too little room */
export function writeBlockDirectory(path: string, { blocks, transactions, empty }: DirectorySize): WrittenDirectory {
  const random = new SeededRandom(700);
  const directory = join(path, "regtest", "blocks");
  mkdirSync(directory, { recursive: true });
  const templates = Array.from({ length: TEMPLATES }, () => template(transactions, random));
  const average = templates.flat().reduce((sum, { raw }) => sum + raw.length, 0) / TEMPLATES;
  const { bavail, bsize } = statfsSync(path);
  if (bavail * bsize < SPACE * average * blocks) throw new Error(`too little room for a data directory in "${path}"`);
  writeFileSync(join(directory, "xor.dat"), KEY);

  const places = (operation: number) => Math.floor(((operation + 0.5) * transactions) / MOST_OPERATIONS);
  const chain = buildChain({ blocks, births: BIRTHS, places });
  const blk = new Records(directory, "blk");
  const rev = new Records(directory, "rev");
  const waiting: Uint8Array[] = [GENESIS];
  let previous = idOf(parseHeader(GENESIS).hash);
  const flush = (): boolean =>
    waiting
      .splice(0)
      .reverse()
      .reduce((full, raw) => blk.add(raw) || full, false);
  const add = (raw: Uint8Array, undo: Uint8Array, hash: Uint8Array): void => {
    waiting.push(raw);
    rev.add(undo, sha256d(concat(previous, undo)));
    previous = hash;
    if (waiting.length >= SHUFFLED && flush()) {
      blk.end();
      rev.end();
    }
  };
  chain.blocks.forEach((block, i) => {
    const pieces = withOperations(templates[i % TEMPLATES] ?? [], block, random);
    const { root } = merkleRootOf(pieces.map(({ id }) => id));
    const { header, hash } = headerBehind(previous, root, block.time);
    const raw = concat(header, compactSize(pieces.length), ...pieces.map((piece) => piece.raw));
    add(raw, concat(compactSize(pieces.length - 1), ...pieces.map(({ undo }) => undo)), hash);
  });
  const only = serializeTransaction(coinbase(0, fromLatin1("Q")));
  const [root, none] = [sha256d(only), Uint8Array.of(0)];
  for (let i = 0; i < empty; i++) {
    const { header, hash } = headerBehind(previous, root, 1_600_000_000 + i);
    add(concat(header, Uint8Array.of(1), only), none, hash);
  }
  flush();
  blk.end();
  rev.end();
  const tip = chain.store.queries.tip();
  const operations = chain.blocks.reduce((sum, { candidates }) => sum + candidates.length, 0);
  chain.store.close();
  if (tip === null) throw new Error("a chain of blocks has a tip");
  return {
    path,
    files: blk.files,
    key: KEY,
    bytes: blk.bytes,
    height: blocks + empty,
    operations,
    consensusHash: tip.consensusHash,
    lastBusyHeight: tip.height,
  };
}

/** The template with a block's operations in their places. */
function withOperations(pieces: readonly Piece[], block: CandidateBlock, random: SeededRandom): Piece[] {
  const mixed = [...pieces];
  for (const { vtxindex, txid, transaction, spentScripts } of block.candidates) {
    mixed[vtxindex] = { raw: serializeTransaction(transaction), id: idOf(txid), undo: undoOf(spentScripts, random) };
  }
  return mixed;
}
