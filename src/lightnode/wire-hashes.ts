/** Hashes of the chain, and the texts that were hashed. Parsed as in wire.ts; what they prove is for `verify` to say. */
import * as v from "valibot";
import { consensusHash, opsHash } from "../primitives/hash.ts";
import type { WalkProof } from "../verify/name-walk.ts";
import { read, text } from "./wire-fields.ts";

/** As tiles have it (verify/tile.ts). */
const operationTextsSchema = v.object({
  texts: v.pipe(v.array(v.pipe(v.string(), v.maxLength(4096))), v.maxLength(16_384)),
});

/** The texts that were hashed of a block. @throws ParseError */
export function readOperationTexts(value: unknown): readonly string[] {
  return read(operationTextsSchema, value, "the operations of a block").texts;
}

/** More than a stretch of two weeks commits to (verify/reach.ts). */
const MAX_HASHES = 50_000;
const walkSchema = v.object({
  opsHashes: v.pipe(v.array(text(opsHash)), v.maxLength(MAX_HASHES)),
  consensusHashes: v.pipe(v.array(text(consensusHash)), v.maxLength(MAX_HASHES)),
});

/** Hashes from one block down to another. @throws ParseError */
export function readWalk(value: unknown): WalkProof {
  return read(walkSchema, value, "a walk");
}
