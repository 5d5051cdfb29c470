/**
 * A proof as a file: JSON with one spelling, so that the same proof is the same bytes (docs/protocol/proof.md).
 *
 * A reader parses the text, writes it again, and refuses it unless both are the same: no field can be left out, added,
 * repeated or spelled otherwise.
 */
import { ParseError } from "../errors.ts";
import { fromHex, toHex } from "../primitives/bytes.ts";
import { consensusHash, networkId, opsHash } from "../primitives/hash.ts";
import { blockHeight } from "../primitives/units.ts";
import type { OperationProof } from "./operation-proof.ts";
import type { NameProof } from "./proof.ts";

const FORMAT = "bsk proof";
const VERSION = 1;
/** Far more than any proof has: a walk holds some 300 hashes, a zone file 40 960 bytes. */
export const LONGEST_PROOF = 512 * 1024;

/** The text of a proof, with a line feed at its end. */
export function writeProof(proof: NameProof): string {
  const { network, subject, pin, height, operation, walk, date, zonefile } = proof;
  const ofOperation = ({ text, path: { index, neighbours } }: OperationProof) => ({ text, index, neighbours });
  return `${JSON.stringify(
    {
      format: FORMAT,
      version: VERSION,
      network,
      subject,
      pin: { height: pin.height, consensusHash: pin.consensusHash },
      height,
      operation: ofOperation(operation),
      opsHashes: walk.opsHashes,
      consensusHashes: walk.consensusHashes,
      date: date === null ? null : ofOperation(date),
      zonefile: zonefile === null ? null : toHex(zonefile),
    },
    null,
    1,
  )}\n`;
}

/** @throws ParseError unless `writeProof` of the answer is exactly this text */
export function readProof(text: string): NameProof {
  if (text.length > LONGEST_PROOF) throw new ParseError(`a proof of ${text.length} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ParseError("not a proof: no JSON");
  }
  const from = object(value, "the file");
  if (from["format"] !== FORMAT) throw new ParseError(`not a proof: its format is not "${FORMAT}"`);
  if (from["version"] !== VERSION)
    throw new ParseError(`a proof of version ${String(from["version"])}, not ${VERSION}`);
  const pin = object(from["pin"], "pin");
  const proof: NameProof = {
    network: networkId(string(from["network"], "network")),
    subject: string(from["subject"], "subject"),
    pin: {
      height: blockHeight(number(pin["height"], "pin.height")),
      consensusHash: consensusHash(string(pin["consensusHash"], "pin.consensusHash")),
    },
    height: blockHeight(number(from["height"], "height")),
    operation: operationOf(from["operation"], "operation"),
    walk: {
      opsHashes: list(from["opsHashes"], "opsHashes").map((hash) => opsHash(string(hash, "opsHashes"))),
      consensusHashes: list(from["consensusHashes"], "consensusHashes").map((hash) =>
        consensusHash(string(hash, "consensusHashes")),
      ),
    },
    date: from["date"] === null ? null : operationOf(from["date"], "date"),
    zonefile: from["zonefile"] === null ? null : fromHex(string(from["zonefile"], "zonefile")),
  };
  if (writeProof(proof) !== text) throw new ParseError("not a proof: not as a proof is written");
  return proof;
}

function operationOf(value: unknown, where: string): OperationProof {
  const from = object(value, where);
  const neighbours = list(from["neighbours"], where).map((hash) => opsHash(string(hash, where)));
  return { text: latin1(from["text"], where), path: { index: number(from["index"], where), neighbours } };
}

function latin1(value: unknown, where: string): string {
  const text = string(value, where);
  if (!/^[\u0000-\u00ff]*$/u.test(text)) throw new ParseError(`not a proof: ${where} has characters that are no bytes`);
  return text;
}

function object(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(where);
  return value as Record<string, unknown>;
}

function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(where);
  return value;
}

function string(value: unknown, where: string): string {
  if (typeof value !== "string") throw wrong(where);
  return value;
}

function number(value: unknown, where: string): number {
  if (typeof value !== "number") throw wrong(where);
  return value;
}

const wrong = (where: string): ParseError => new ParseError(`not a proof: ${where} is missing or of another kind`);
