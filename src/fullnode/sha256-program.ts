/**
 * SHA-256 of four messages at once, as a WebAssembly program: each 32-bit word of the algorithm is a vector with one lane
 * for each message (FIPS 180-4). The program is written here instruction by instruction, so that what runs can be read.
 *
 *   blocks(state, m0, m1, m2, m3, count)   takes `count` blocks of 64 bytes of each message into the state
 *   digests(state, d0, d1, d2, d3)         writes the four digests, 32 bytes each
 *
 * All are addresses in the program's memory, behind its constants; a state is 8 words of 4 lanes. Source of the encoding: WebAssembly core
 * specification 2.0, chapter 5.
 */
import { SHA256_CONSTANTS } from "../primitives/sha256.ts";

/** A program that runs. */
export interface Sha256Program {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly blocks: (state: number, m0: number, m1: number, m2: number, m3: number, count: number) => void;
  readonly digests: (state: number, d0: number, d1: number, d2: number, d3: number) => void;
}

/** As far as it is used here: without a browser's library TypeScript does not know it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const I32 = 0x7f;
const V128 = 0x7b;
const BLOCK_SIZE = 64;
/** Lanes are 4 words, 16 bytes. */
const VECTOR_SIZE = 16;
const LANES = 4;
/** The memory starts with the 64 constants of the algorithm, each in all lanes: loading is faster than making them. */
export const CONSTANTS_SIZE = 64 * VECTOR_SIZE;

const localGet = (local: number): number[] => [0x20, ...unsigned(local)];
const localSet = (local: number): number[] => [0x21, ...unsigned(local)];
const localTee = (local: number): number[] => [0x22, ...unsigned(local)];
const i32Const = (value: number): number[] => [0x41, ...signed(value)];
const I32_ADD = [0x6a];
const I32_SUB = [0x6b];
const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
/** Unaligned, at an offset from the address on the stack. */
const v128Load = (offset: number): number[] => [...simd(0x00), 0, ...unsigned(offset)];
const v128Store = (offset: number): number[] => [...simd(0x0b), 0, ...unsigned(offset)];
const shuffle = (bytes: readonly number[]): number[] => [...simd(0x0d), ...bytes];
const AND = simd(0x4e);
const XOR = simd(0x51);
const SHIFT_LEFT = simd(0xab);
const SHIFT_RIGHT = simd(0xad);
const ADD = simd(0xae);

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest < -0x40 || rest >= 0x40; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest & 0x7f];
}

const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];
const text = (value: string): number[] => vector(Array.from(value, (character) => [character.charCodeAt(0)]));

/** Byte order of each word turned round. */
const TURN_WORDS = shuffle(Array.from({ length: VECTOR_SIZE }, (_, i) => i ^ 3));
/** Words of two vectors: 0 to 3 of the first, 4 to 7 of the second. */
const words = (...picked: readonly number[]): number[] =>
  shuffle(picked.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte)));
const LOW_WORDS = words(0, 4, 1, 5);
const HIGH_WORDS = words(2, 6, 3, 7);
const LOW_HALVES = words(0, 1, 4, 5);
const HIGH_HALVES = words(2, 3, 6, 7);

/** Turns four vectors in locals, rows, into columns, in the locals `to`; uses the locals `spare`. */
function transpose(from: readonly number[], to: readonly number[], spare: readonly number[]): number[] {
  const [r0 = 0, r1 = 0, r2 = 0, r3 = 0] = from;
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = spare;
  const join = (a: number, b: number, how: readonly number[], into: number) => [
    ...localGet(a),
    ...localGet(b),
    ...how,
    ...localSet(into),
  ];
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = to;
  return [
    ...join(r0, r1, LOW_WORDS, s0),
    ...join(r2, r3, LOW_WORDS, s1),
    ...join(r0, r1, HIGH_WORDS, s2),
    ...join(r2, r3, HIGH_WORDS, s3),
    ...join(s0, s1, LOW_HALVES, c0),
    ...join(s0, s1, HIGH_HALVES, c1),
    ...join(s2, s3, LOW_HALVES, c2),
    ...join(s2, s3, HIGH_HALVES, c3),
  ];
}

const shifted = (local: number, by: number): number[] => [...localGet(local), ...i32Const(by), ...SHIFT_RIGHT];
/** The exclusive or of a word turned right by each of these. */
function turned(local: number, ...by: readonly number[]): number[] {
  return by.flatMap((bits, i) => [
    ...shifted(local, bits),
    ...localGet(local),
    ...i32Const(32 - bits),
    ...SHIFT_LEFT,
    ...XOR,
    ...(i === 0 ? [] : XOR),
  ]);
}

/** Locals of `blocks`: its parameters, the message schedule as a ring of 16, the working words, and room. */
const PARAMETERS = 6;
const W = PARAMETERS;
const WORKING = W + 16;
const T = WORKING + 8;
const AB = T + 1;
const BC = T + 2;
const LOCALS = 16 + 8 + 3;
const STATE = 0;
const COUNT = 5;

/** One round; `at` are the locals of a to h. The new a is left in h's local, the new e in d's. */
function round(i: number, at: readonly number[]): number[] {
  const [a = 0, b = 0, , d = 0, e = 0, f = 0, g = 0, h = 0] = at;
  return [
    ...localGet(h),
    ...turned(e, 6, 11, 25),
    ...ADD,
    ...[...localGet(f), ...localGet(g), ...XOR, ...localGet(e), ...AND, ...localGet(g), ...XOR], // choice
    ...ADD,
    ...i32Const(0),
    ...v128Load(VECTOR_SIZE * i),
    ...localGet(W + (i & 15)),
    ...ADD,
    ...ADD,
    ...localTee(T),
    ...localGet(d),
    ...ADD,
    ...localSet(d),
    ...turned(a, 2, 13, 22),
    // Majority of a, b and c as ((a ^ b) & (b ^ c)) ^ b, where b ^ c was the a ^ b of the round before.
    ...[...localGet(a), ...localGet(b), ...XOR, ...localTee(i % 2 === 0 ? AB : BC)],
    ...[...localGet(i % 2 === 0 ? BC : AB), ...AND, ...localGet(b), ...XOR],
    ...ADD,
    ...localGet(T),
    ...ADD,
    ...localSet(h),
  ];
}

/** The next word of the schedule, in place of the one 16 before. */
function scheduled(i: number): number[] {
  const at = (distance: number) => W + ((i - distance) & 15);
  return [
    ...localGet(at(16)),
    ...localGet(at(7)),
    ...ADD,
    ...[...turned(at(15), 7, 18), ...shifted(at(15), 3), ...XOR],
    ...ADD,
    ...[...turned(at(2), 17, 19), ...shifted(at(2), 10), ...XOR],
    ...ADD,
    ...localSet(at(16)),
  ];
}

function blocks(): number[] {
  const code: number[] = [];
  const emit = (...part: readonly number[]): void => {
    for (const byte of part) code.push(byte);
  };
  emit(0x03, 0x40); // loop
  for (let four = 0; four < 4; four++) {
    const rows = [0, 1, 2, 3].map((row) => WORKING + row);
    rows.forEach((row, message) => {
      emit(...localGet(1 + message), ...v128Load(VECTOR_SIZE * four), ...localTee(row), ...localGet(row));
      emit(...TURN_WORDS, ...localSet(row));
    });
    const columns = [0, 1, 2, 3].map((word) => W + 4 * four + word);
    emit(
      ...transpose(
        rows,
        columns,
        [4, 5, 6, 7].map((row) => WORKING + row),
      ),
    );
  }
  for (let i = 0; i < 8; i++) emit(...localGet(STATE), ...v128Load(VECTOR_SIZE * i), ...localSet(WORKING + i));
  emit(...localGet(WORKING + 1), ...localGet(WORKING + 2), ...XOR, ...localSet(BC));
  let at = Array.from({ length: 8 }, (_, i) => WORKING + i);
  for (let i = 0; i < BLOCK_SIZE; i++) {
    if (i >= 16) emit(...scheduled(i));
    emit(...round(i, at));
    at = [...at.slice(7), ...at.slice(0, 7)];
  }
  at.forEach((local, i) => {
    emit(...localGet(STATE), ...localGet(STATE), ...v128Load(VECTOR_SIZE * i), ...localGet(local), ...ADD);
    emit(...v128Store(VECTOR_SIZE * i));
  });
  for (let message = 1; message <= 4; message++) {
    emit(...localGet(message), ...i32Const(BLOCK_SIZE), ...I32_ADD, ...localSet(message));
  }
  emit(...localGet(COUNT), ...i32Const(1), ...I32_SUB, ...localTee(COUNT), 0x0d, 0, 0x0b); // br_if, end of loop
  return functionOf(LOCALS, code);
}

function digests(): number[] {
  const first = 5;
  const locals = Array.from({ length: 12 }, (_, i) => first + i);
  const code = [0, 1].flatMap((half) => [
    ...[0, 1, 2, 3].flatMap((i) => [
      ...localGet(STATE),
      ...v128Load(VECTOR_SIZE * (4 * half + i)),
      ...localSet(first + i),
    ]),
    ...transpose(locals.slice(0, 4), locals.slice(8), locals.slice(4, 8)),
    ...[0, 1, 2, 3].flatMap((message) => [
      ...localGet(1 + message),
      ...localGet(first + 8 + message),
      ...localGet(first + 8 + message),
      ...TURN_WORDS,
      ...v128Store(VECTOR_SIZE * half),
    ]),
  ]);
  return functionOf(locals.length, code);
}

function functionOf(vectors: number, code: readonly number[]): number[] {
  const body = [...vector([[...unsigned(vectors), V128]]), ...code, 0x0b];
  return [...unsigned(body.length), ...body];
}

/** Starts the program, with a memory of so many pages of 64 KiB. */
export function sha256Program(pages: number): Sha256Program {
  const type = (parameters: number) => [0x60, ...vector(Array.from({ length: parameters }, () => [I32])), 0];
  const exported = (name: string, kind: number, index: number) => [...text(name), kind, index];
  const code = [blocks(), digests()];
  const parts = [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, vector([type(6), type(5)])),
    section(3, vector([[0], [1]])),
    section(5, vector([[0, ...unsigned(pages)]])),
    section(7, vector([exported("memory", 2, 0), exported("blocks", 0, 0), exported("digests", 0, 1)])),
    section(10, [...unsigned(code.length), ...code.flat()]),
  ];
  const module = new WebAssembly.Module(Uint8Array.from(parts.flat()));
  const program = new WebAssembly.Instance(module).exports as Sha256Program;
  const constants = new Int32Array(program.memory.buffer);
  SHA256_CONSTANTS.forEach((constant, i) => constants.fill(constant, LANES * i, LANES * (i + 1)));
  return program;
}
