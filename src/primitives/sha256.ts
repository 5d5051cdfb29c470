/**
 * SHA-256 (FIPS 180-4). Ours, because nearly all that is hashed here is short, and for short inputs a library that builds
 * an object for each hash takes more than twice as long; a first sync spends a quarter of its rules hashing. It runs on
 * one state that it owns: no call is ever in the middle of another. Public data only: nothing here is wiped.
 */

/** Fractional parts of the cube roots of the first 64 primes. */
// prettier-ignore
export const SHA256_CONSTANTS = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);

/** Fractional parts of the square roots of the first 8 primes. */
// prettier-ignore
export const SHA256_INITIAL = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
);

const BLOCK_SIZE = 64;
/** Bytes of a last block that are left for the message when the length stands behind it. */
const LENGTH_OFFSET = 56;

const state = new Int32Array(8);
const schedule = new Int32Array(64);
const tail = new Uint8Array(2 * BLOCK_SIZE);

/** Reads that the loops keep inside of the arrays. */
const word = (words: Int32Array, i: number): number => words[i] as number;
const byte = (bytes: Uint8Array, i: number): number => bytes[i] as number;

const rotate = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

/** Takes one block of 64 bytes into the state. */
function compress(bytes: Uint8Array, from: number): void {
  for (let i = 0, at = from; i < 16; i++, at += 4) {
    schedule[i] =
      (byte(bytes, at) << 24) | (byte(bytes, at + 1) << 16) | (byte(bytes, at + 2) << 8) | byte(bytes, at + 3);
  }
  for (let i = 16; i < 64; i++) {
    const x = word(schedule, i - 15);
    const y = word(schedule, i - 2);
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    schedule[i] = s0 + s1 + word(schedule, i - 7) + word(schedule, i - 16);
  }
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  let f = word(state, 5);
  let g = word(state, 6);
  let h = word(state, 7);
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const t1 =
      (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + word(SHA256_CONSTANTS, i) + word(schedule, i)) | 0;
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = word(state, 0) + a;
  state[1] = word(state, 1) + b;
  state[2] = word(state, 2) + c;
  state[3] = word(state, 3) + d;
  state[4] = word(state, 4) + e;
  state[5] = word(state, 5) + f;
  state[6] = word(state, 6) + g;
  state[7] = word(state, 7) + h;
}

/** 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  state.set(SHA256_INITIAL);
  const { length } = bytes;
  let at = 0;
  for (; at + BLOCK_SIZE <= length; at += BLOCK_SIZE) compress(bytes, at);
  // The rest, a one bit, zeros, and the length in bits as 64 bits, big-endian: one more block, or two.
  const rest = length - at;
  const end = rest < LENGTH_OFFSET ? BLOCK_SIZE : 2 * BLOCK_SIZE;
  for (let i = 0; i < rest; i++) tail[i] = byte(bytes, at + i);
  tail[rest] = 0x80;
  tail.fill(0, rest + 1, end);
  const high = Math.floor(length / 2 ** 29);
  const low = length << 3;
  for (let i = 0; i < 4; i++) {
    tail[end - 8 + i] = high >>> (24 - 8 * i);
    tail[end - 4 + i] = low >>> (24 - 8 * i);
  }
  for (let from = 0; from < end; from += BLOCK_SIZE) compress(tail, from);
  const digest = new Uint8Array(32);
  for (let i = 0; i < 32; i++) digest[i] = word(state, i >> 2) >>> (24 - 8 * (i & 3));
  return digest;
}
