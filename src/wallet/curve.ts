/** secp256k1 of @noble/curves in the shape that ecpair and bitcoinjs-lib ask for. */
import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";

/** What ecpair 3 and bitcoinjs-lib 7 ask of a curve (their `TinySecp256k1Interface`; ecpair's type file does not resolve). */
export interface Curve {
  isPoint(p: Uint8Array): boolean;
  isXOnlyPoint(p: Uint8Array): boolean;
  isPrivate(d: Uint8Array): boolean;
  pointCompress(p: Uint8Array, compressed?: boolean): Uint8Array;
  pointFromScalar(d: Uint8Array, compressed?: boolean): Uint8Array | null;
  privateAdd(d: Uint8Array, tweak: Uint8Array): Uint8Array | null;
  privateNegate(d: Uint8Array): Uint8Array;
  xOnlyPointAddTweak(p: Uint8Array, tweak: Uint8Array): { parity: 0 | 1; xOnlyPubkey: Uint8Array } | null;
  sign(hash: Uint8Array, d: Uint8Array, extraEntropy?: Uint8Array): Uint8Array;
  verify(hash: Uint8Array, publicKey: Uint8Array, signature: Uint8Array, strict?: boolean): boolean;
}

type Point = ReturnType<typeof schnorr.utils.lift_x>;

const { Point, utils } = secp256k1;
const ORDER = Point.Fn.ORDER;

/** Null instead of an exception: the interface answers so for a value that is not on the curve. */
function attempt<T>(compute: () => T): T | null {
  try {
    return compute();
  } catch {
    return null;
  }
}

const scalar = (bytes: Uint8Array): bigint => Point.Fn.fromBytes(bytes);

/** May throw for x = 0 or x not on the curve. */
const lift = (x: Uint8Array): Point => schnorr.utils.lift_x(Point.Fp.fromBytes(x));

export const curve: Curve = {
  isPoint: (p) => attempt(() => Point.fromBytes(p)) !== null,
  isXOnlyPoint: (p) => attempt(() => lift(p)) !== null,
  isPrivate: (d) => utils.isValidSecretKey(d),
  pointCompress: (p, compressed = true) => Point.fromBytes(p).toBytes(compressed),
  pointFromScalar: (d, compressed = true) => attempt(() => secp256k1.getPublicKey(d, compressed)),
  privateAdd(d, tweak) {
    const sum = Point.Fn.add(scalar(d), scalar(tweak));
    return sum === 0n ? null : Point.Fn.toBytes(sum);
  },
  privateNegate: (d) => Point.Fn.toBytes(Point.Fn.neg(scalar(d))),
  xOnlyPointAddTweak(p, tweak) {
    const sum = attempt(() => {
      const factor = scalar(tweak);
      const point = lift(p);
      const tweaked = factor % ORDER === 0n ? point : point.add(Point.BASE.multiply(factor));
      tweaked.assertValidity();
      return tweaked.toAffine();
    });
    if (sum === null) return null;
    return { parity: sum.y % 2n === 0n ? 0 : 1, xOnlyPubkey: Point.Fp.toBytes(sum.x) };
  },
  /** Deterministic (RFC 6979), low S. */
  sign: (hash, d, extraEntropy) =>
    secp256k1.sign(hash, d, {
      prehash: false,
      lowS: true,
      ...(extraEntropy === undefined ? {} : { extraEntropy }),
    }),
  verify: (hash, publicKey, signature, strict = false) =>
    attempt(() => secp256k1.verify(signature, hash, publicKey, { prehash: false, lowS: strict })) ?? false,
};
