/** Evidence as a file: JSON with one spelling, made of answers as they are written (docs/protocol/evidence.md). */
import { ParseError } from "../errors.ts";
import { consensusHash, networkId } from "../primitives/hash.ts";
import { blockHeight } from "../primitives/units.ts";
import { ancestryOf, answerOf, fieldsOfAncestry, fieldsOfAnswer, LONGEST_ANSWER } from "./answer-file.ts";
import type { Evidence, Transcript } from "./evidence.ts";
import { type Fields, fieldsOf, jsonText } from "./json-fields.ts";

export const EVIDENCE_FORMAT = "bsk evidence";
const VERSION = 1;
/** Two answers, the spaces before their lines, and some words. */
export const LONGEST_EVIDENCE = 3 * LONGEST_ANSWER;

const { object, string, number, perhaps, file } = fieldsOf("evidence");

/** The text of evidence, with a line feed at its end. */
export function writeEvidence({ network, pin, at, said, shown, ancestry }: Evidence): string {
  const transcript = ({ node, answer }: Transcript): Fields => ({ node, answer: fieldsOfAnswer(answer) });
  return jsonText({
    format: EVIDENCE_FORMAT,
    version: VERSION,
    network,
    pin: { height: pin.height, consensusHash: pin.consensusHash },
    at,
    said: transcript(said),
    shown: shown === null ? null : transcript(shown),
    ancestry: ancestry === null ? null : fieldsOfAncestry(ancestry),
  });
}

/** @throws ParseError unless `writeEvidence` of the result is exactly this text */
export function readEvidence(text: string): Evidence {
  const form = { format: EVIDENCE_FORMAT, version: VERSION, longest: LONGEST_EVIDENCE };
  return file(text, form, { parse: evidenceOf, write: writeEvidence });
}

function evidenceOf(from: Fields): Evidence {
  const pin = object(from["pin"], "pin");
  return {
    network: networkId(string(from["network"], "network")),
    pin: {
      height: blockHeight(number(pin["height"], "pin.height")),
      consensusHash: consensusHash(string(pin["consensusHash"], "pin.consensusHash")),
    },
    at: timeOf(string(from["at"], "at")),
    said: transcriptOf(from["said"], "said"),
    shown: perhaps(from["shown"], (value) => transcriptOf(value, "shown")),
    ancestry: perhaps(from["ancestry"], (value) => ancestryOf(object(value, "ancestry"))),
  };
}

function transcriptOf(value: unknown, where: string): Transcript {
  const from = object(value, where);
  return { node: urlOf(string(from["node"], where)), answer: answerOf(object(from["answer"], where)) };
}

/** Shown to people: one line of visible characters. */
function urlOf(text: string): string {
  if (/^https?:\/\/[\u0021-\u007e]{1,500}$/u.test(text)) return text;
  throw new ParseError("not the URL of a node");
}

function timeOf(text: string): string {
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/u.test(text)) return text;
  throw new ParseError("not a time");
}
