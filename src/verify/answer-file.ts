/**
 * Answers and proofs of ancestry as bytes: JSON with one spelling, made of proofs as they are written
 * (docs/protocol/answer.md). As with a proof, what is read is written again, and refused unless both are the same.
 */
import { ParseError } from "../errors.ts";
import { consensusHash, networkId, opsHash } from "../primitives/hash.ts";
import { name } from "../primitives/name.ts";
import { blockHeight } from "../primitives/units.ts";
import type { AncestryProof } from "./ancestry.ts";
import type { NameAnswer, ToldBlock } from "./answer.ts";
import { type Fields, fieldsOf, jsonText } from "./json-fields.ts";
import { fieldsOfProof, LONGEST_PROOF, proofOf } from "./proof-file.ts";

/** Two proofs, and some words. */
export const LONGEST_ANSWER = 2 * LONGEST_PROOF + 4096;
const ANSWER = { format: "bsk answer", version: 1, longest: LONGEST_ANSWER };

/** Some 300 hashes. */
export const LONGEST_ANCESTRY = 64 * 1024;
const ANCESTRY = { format: "bsk ancestry", version: 1, longest: LONGEST_ANCESTRY };

const { object, string, number, perhaps, file } = fieldsOf("an answer");
const ancestry = fieldsOf("a proof of ancestry");

/** The text of an answer, with a line feed at its end. */
export function writeAnswer(answer: NameAnswer): string {
  return jsonText(fieldsOfAnswer(answer));
}

/** As `writeAnswer` spells them, for files that hold an answer. */
export function fieldsOfAnswer({ network, name, tip, upTo, operation, namespace, later }: NameAnswer): Fields {
  const block = ({ height, consensusHash, time }: ToldBlock): object => ({ height, consensusHash, time });
  return {
    format: ANSWER.format,
    version: ANSWER.version,
    network,
    name,
    tip: block(tip),
    upTo: upTo === null ? null : block(upTo),
    operation: operation === null ? null : fieldsOfProof(operation),
    namespace: namespace === null ? null : fieldsOfProof(namespace),
    later,
  };
}

/** @throws ParseError unless `writeAnswer` of the result is exactly this text */
export function readAnswer(text: string): NameAnswer {
  return file(text, ANSWER, { parse: answerOf, write: writeAnswer });
}

/** The answer whose fields these are, if it is spelled so. @throws ParseError */
export function answerOf(from: Fields): NameAnswer {
  return {
    network: networkId(string(from["network"], "network")),
    name: name(string(from["name"], "name")),
    tip: toldBlock(from["tip"], "tip"),
    upTo: perhaps(from["upTo"], (value) => toldBlock(value, "upTo")),
    operation: perhaps(from["operation"], (value) => proofOf(object(value, "operation"))),
    namespace: perhaps(from["namespace"], (value) => proofOf(object(value, "namespace"))),
    later: perhaps(from["later"], (value) => blockHeight(number(value, "later"))),
  };
}

function toldBlock(value: unknown, where: string): ToldBlock {
  const from = object(value, where);
  return {
    height: blockHeight(number(from["height"], where)),
    consensusHash: consensusHash(string(from["consensusHash"], where)),
    time: seconds(number(from["time"], where)),
  };
}

function seconds(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff) return value;
  throw new ParseError(`not the time of a header: ${value}`);
}

export function writeAncestry(proof: AncestryProof): string {
  return jsonText(fieldsOfAncestry(proof));
}

/** As `writeAncestry` spells them. */
export function fieldsOfAncestry({ network, later, earlier, walk }: AncestryProof): Fields {
  const { opsHashes, consensusHashes } = walk;
  const { format, version } = ANCESTRY;
  return { format, version, network, later, earlier, opsHashes, consensusHashes };
}

/** @throws ParseError unless `writeAncestry` of the result is exactly this text */
export function readAncestry(text: string): AncestryProof {
  return ancestry.file(text, ANCESTRY, { parse: ancestryOf, write: writeAncestry });
}

/** @throws ParseError */
export function ancestryOf(from: Fields): AncestryProof {
  const texts = (field: string): string[] =>
    ancestry.list(from[field], field).map((value) => ancestry.string(value, field));
  return {
    network: networkId(ancestry.string(from["network"], "network")),
    later: blockHeight(ancestry.number(from["later"], "later")),
    earlier: blockHeight(ancestry.number(from["earlier"], "earlier")),
    walk: {
      opsHashes: texts("opsHashes").map((hash) => opsHash(hash)),
      consensusHashes: texts("consensusHashes").map((hash) => consensusHash(hash)),
    },
  };
}
