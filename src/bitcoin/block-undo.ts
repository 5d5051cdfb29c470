/**
 * Undo data: for each input of a block, the output that it spends. Bitcoin Core keeps it in rev*.dat.
 *
 *   transactions but for the coinbase (CompactSize), for each of them
 *     inputs (CompactSize), for each of them
 *       2 * height + 1 if it is a coinbase's   VARINT
 *       version of the transaction, now 0      VARINT, only where the height is not 0
 *       compressed amount                      VARINT
 *       script kind, or 6 + its length         VARINT
 *       hash (20), x of a key (32), or script
 *
 * Versions before 0.15 wrote height 0 for all but the last spent output of a transaction.
 * Source: Bitcoin Core undo.h, compressor.cpp, serialize.h (VARINT).
 */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ParseError } from "../errors.ts";
import { concat } from "../primitives/bytes.ts";
import { ByteReader } from "./reader.ts";

/** Kinds below this are templates with a hash or key; above, a script of so many bytes less. */
const PLAIN_SCRIPT = 6;
/** Longer scripts cannot be spent, and Bitcoin Core reads them as a lone OP_RETURN. */
const MAX_SCRIPT_SIZE = 10_000;
const UNSPENDABLE = Uint8Array.of(0x6a);

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] as number;

/** Position behind a VARINT: the last byte has its high bit clear, and past the end there are no bits. */
function behindVarInt(bytes: Uint8Array, from: number): number {
  let at = from;
  while (byteAt(bytes, at) >= 0x80) at++;
  return at + 1;
}

/** Bytes of a script behind its kind. */
function scriptSize(kind: number): number {
  if (kind < 2) return 20;
  return kind < PLAIN_SCRIPT ? 32 : kind - PLAIN_SCRIPT;
}

/** A VARINT: base 128, most significant first, each digit but the last counted from 1 on. */
function varIntAt(bytes: Uint8Array, from: number): number {
  let value = 0;
  for (let at = from; ; at++) {
    const byte = bytes[at];
    if (byte === undefined || value > 0xffff_ffff) throw new ParseError(`no number at byte ${from} of undo data`);
    if (byte < 0x80) return value * 128 + byte;
    value = value * 128 + (byte & 0x7f) + 1;
  }
}

/** Where an input's script kind stands. */
function scriptOf(bytes: Uint8Array, input: number): number {
  const hasHeight = byteAt(bytes, input) > 1;
  const amount = hasHeight ? behindVarInt(bytes, behindVarInt(bytes, input)) : input + 1;
  return behindVarInt(bytes, amount);
}

/** Position behind an input. */
function behindInput(bytes: Uint8Array, input: number): number {
  const script = scriptOf(bytes, input);
  const first = byteAt(bytes, script);
  return first < 0x80
    ? script + 1 + scriptSize(first)
    : behindVarInt(bytes, script) + scriptSize(varIntAt(bytes, script));
}

function publicKey(prefix: number, x: Uint8Array): Uint8Array {
  const compressed = concat(Uint8Array.of(prefix), x);
  try {
    return secp256k1.Point.fromBytes(compressed).toBytes(false);
  } catch {
    throw new ParseError("undo data holds a public key that is not on the curve");
  }
}

/** The output script whose kind stands at a position. @throws ParseError */
function scriptAt(bytes: Uint8Array, at: number): Uint8Array {
  const kind = varIntAt(bytes, at);
  const data = new ByteReader(bytes, behindVarInt(bytes, at)).take(scriptSize(kind));
  switch (kind) {
    case 0:
      return concat(Uint8Array.of(0x76, 0xa9, 20), data, Uint8Array.of(0x88, 0xac));
    case 1:
      return concat(Uint8Array.of(0xa9, 20), data, Uint8Array.of(0x87));
    case 2:
    case 3:
      return concat(Uint8Array.of(33, kind), data, Uint8Array.of(0xac));
    case 4:
    case 5:
      return concat(Uint8Array.of(65), publicKey(kind - 2, data), Uint8Array.of(0xac));
    default:
      return kind - PLAIN_SCRIPT > MAX_SCRIPT_SIZE ? UNSPENDABLE : new Uint8Array(data);
  }
}

/**
 * The scripts that transactions of a block spend, in the order of their inputs. `wanted` are indexes in the block,
 * ascending, the coinbase (0) not among them. Other transactions are only stepped over.
 * @throws ParseError where the bytes are no undo data, or not of a block that has these transactions.
 */
export function spentScriptsIn(undo: Uint8Array, wanted: readonly number[]): Uint8Array[][] {
  const reader = new ByteReader(undo);
  const count = reader.compactSize();
  const scripts: Uint8Array[][] = [];
  for (let index = 1; index <= count && scripts.length < wanted.length; index++) {
    const inputs = reader.compactSize();
    const isWanted = index === wanted[scripts.length];
    const found: Uint8Array[] = [];
    for (let i = 0; i < inputs && reader.offset < undo.length; i++) {
      if (isWanted) found.push(scriptAt(undo, scriptOf(undo, reader.offset)));
      reader.offset = behindInput(undo, reader.offset);
    }
    if (!(reader.offset <= undo.length)) throw new ParseError(`undo data ends inside of transaction ${index}`);
    if (isWanted && found.length !== inputs) throw new ParseError(`undo data ends inside of transaction ${index}`);
    if (isWanted) scripts.push(found);
  }
  if (scripts.length < wanted.length) throw new ParseError(`undo data of a block with other transactions`);
  return scripts;
}
