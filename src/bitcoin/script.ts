/** Output scripts as the original indexer read them (spec 01 §2): templates by pattern, tokens without judgement. */

/** `null`: no known template. */
export type ScriptTemplate = "p2pkh" | "p2sh" | "p2wpkh" | "p2wsh" | "nulldata" | "multisig" | "p2pk";

/** A push of bytes, or an opcode's number; OP_0 is null and OP_1 to OP_16 are "small" values, which are not data. */
export type Token =
  | { readonly kind: "data"; readonly data: Uint8Array }
  | { readonly kind: "opcode"; readonly opcode: number }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "empty" };

const OP_PUSHDATA1 = 0x4c;
const OP_PUSHDATA4 = 0x4e;
const OP_16 = 0x60;
/** The number that an opcode from 0x4f to 0x60 stands for is its distance from here (0x50 is 0, 0x4f is -1). */
const OP_SMALL_BASE = 0x50;
const OP_RETURN = 0x6a;
const OP_CHECKSIG = 0xac;
const OP_CHECKMULTISIG = 0xae;

/**
 * Splits a script into tokens. Never fails: a push that runs past the end holds what is there, as in the original;
 * the consensus rules of Bitcoin do not look into outputs either.
 */
export function decodeScript(script: Uint8Array): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < script.length) {
    const code = script[at] ?? 0;
    at += 1;
    if (code === 0) {
      tokens.push({ kind: "empty" });
    } else if (code <= OP_PUSHDATA4) {
      let length = code;
      if (code >= OP_PUSHDATA1) {
        const width = 2 ** (code - OP_PUSHDATA1);
        length = 0;
        for (let i = width - 1; i >= 0; i--) length = length * 0x100 + (script[at + i] ?? 0);
        at += width;
      }
      tokens.push({ kind: "data", data: script.subarray(at, at + length) });
      at += length;
    } else if (code <= OP_16) {
      tokens.push({ kind: "number", value: code - OP_SMALL_BASE });
    } else {
      tokens.push({ kind: "opcode", opcode: code });
    }
  }
  return tokens;
}

/** Do these bytes have the length, the head and the tail of a template? */
function matches(script: Uint8Array, length: number, head: readonly number[], tail: readonly number[]): boolean {
  return (
    script.length === length &&
    head.every((byte, i) => script[i] === byte) &&
    tail.every((byte, i) => script[length - tail.length + i] === byte)
  );
}

function isOpcode(token: Token | undefined, opcode: number): boolean {
  return token?.kind === "opcode" && token.opcode === opcode;
}

const P2PKH = { length: 25, head: [0x76, 0xa9, 0x14], tail: [0x88, 0xac] } as const;
const P2SH = { length: 23, head: [0xa9, 0x14], tail: [0x87] } as const;

export function p2pkhScript(publicKeyHash: Uint8Array): Uint8Array {
  return Uint8Array.of(...P2PKH.head, ...publicKeyHash, ...P2PKH.tail);
}

export function p2shScript(redeemScriptHash: Uint8Array): Uint8Array {
  return Uint8Array.of(...P2SH.head, ...redeemScriptHash, ...P2SH.tail);
}

/** The hash in a p2pkh or p2sh script, null for any other script. */
export function scriptKindAndHash(
  script: Uint8Array,
): { readonly kind: "p2pkh" | "p2sh"; readonly hash: Uint8Array } | null {
  const kind = classifyScript(script);
  if (kind !== "p2pkh" && kind !== "p2sh") return null;
  const { head, tail } = kind === "p2pkh" ? P2PKH : P2SH;
  return { kind, hash: script.subarray(head.length, script.length - tail.length) };
}

/**
 * The bytes that a script of nothing but pushes leaves on top; null for any other script, and for numbers. Such a scriptSig
 * spends p2pkh or p2sh of exactly their hash160: the public key or the redeem script.
 */
export function lastPush(script: Uint8Array): Uint8Array | null {
  const tokens = decodeScript(script);
  const last = tokens.at(-1);
  if (last?.kind !== "data" || tokens.some(({ kind }) => kind === "opcode")) return null;
  return last.data;
}

/** The template of an output script, in the original's order of tests; null for anything else. */
export function classifyScript(script: Uint8Array): ScriptTemplate | null {
  if (matches(script, P2PKH.length, P2PKH.head, P2PKH.tail)) return "p2pkh";
  if (matches(script, P2SH.length, P2SH.head, P2SH.tail)) return "p2sh";
  if (matches(script, 22, [0x00, 0x14], [])) return "p2wpkh";
  if (matches(script, 34, [0x00, 0x20], [])) return "p2wsh";
  if (script[0] === OP_RETURN) return "nulldata";
  const tokens = decodeScript(script);
  if (isOpcode(tokens.at(-1), OP_CHECKMULTISIG)) return "multisig";
  if (tokens.length === 2 && isOpcode(tokens[1], OP_CHECKSIG)) return "p2pk";
  return null;
}

/** The data of a nulldata script: null unless it is OP_RETURN and exactly one push of bytes. */
export function nulldataOf(script: Uint8Array): Uint8Array | null {
  if (script[0] !== OP_RETURN) return null;
  const tokens = decodeScript(script);
  const push = tokens[1];
  return tokens.length === 2 && push?.kind === "data" ? push.data : null;
}

/**
 * The data that decides what a transaction says: that of its *last* nulldata output. Null where there is none, or where
 * that output holds no single push; such an output silences every earlier one (spec 01 §2.1).
 */
export function decidingNulldata(scripts: Iterable<Uint8Array>): Uint8Array | null {
  let decided: Uint8Array | null = null;
  for (const script of scripts) {
    if (script[0] === OP_RETURN) decided = nulldataOf(script);
  }
  return decided;
}
