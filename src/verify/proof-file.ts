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
import { type Fields, fieldsOf, jsonText } from "./json-fields.ts";
import type { OperationProof } from "./operation-proof.ts";
import type { NameProof } from "./proof.ts";

const FORMAT = "bsk proof";
const VERSION = 1;
const { object, list, string, number, perhaps, file } = fieldsOf("a proof");

/** Far more than any proof has: a walk holds some 300 hashes, a zone file 40 960 bytes. */
export const LONGEST_PROOF = 512 * 1024;

/** The text of a proof, with a line feed at its end. */
export function writeProof(proof: NameProof): string {
  return jsonText(fieldsOfProof(proof));
}

/** As `writeProof` spells them, for files that hold a proof. */
export function fieldsOfProof({ network, subject, pin, height, operation, walk, date, zonefile }: NameProof): Fields {
  const ofOperation = ({ text, path: { index, neighbours } }: OperationProof) => ({ text, index, neighbours });
  return {
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
  };
}

/** @throws ParseError unless `writeProof` of the answer is exactly this text */
export function readProof(text: string): NameProof {
  return file(
    text,
    { format: FORMAT, version: VERSION, longest: LONGEST_PROOF },
    { parse: proofOf, write: writeProof },
  );
}

/** The proof whose fields these are, if it is spelled so. @throws ParseError */
export function proofOf(from: Fields): NameProof {
  const pin = object(from["pin"], "pin");
  return {
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
    date: perhaps(from["date"], (value) => operationOf(value, "date")),
    zonefile: perhaps(from["zonefile"], (value) => fromHex(string(value, "zonefile"))),
  };
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
