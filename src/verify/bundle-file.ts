/**
 * A bundle as a file: JSON with one spelling, so that the same proof is the same bytes (docs/protocol/proof.md).
 *
 * A reader parses the text, writes it again, and refuses it unless both are the same: no field can be left out, added,
 * repeated or spelled otherwise.
 */
import { decodeBase64, encodeBase64 } from "../encoding/base64.ts";
import { ParseError } from "../errors.ts";
import { concat, fromHex } from "../primitives/bytes.ts";
import { consensusHash, networkId, opsHash } from "../primitives/hash.ts";
import { name } from "../primitives/name.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import { type BundleWalk, type HeldOperation, type LoggedBlock, PROOF_LEVELS, type ProofBundle } from "./bundle.ts";
import { CONSENSUS_HASH_BYTES } from "./consensus-hash.ts";
import type { Inclusion, TransactionInBlock } from "./inclusion.ts";
import { type Fields, fieldsOf, jsonText } from "./json-fields.ts";
import { OPS_HASH_BYTES } from "./spine.ts";

/** What the first field of the file says. */
export const BUNDLE_FORMAT = "bsk proof";
const VERSION = 2;
/** A list of operations is the most that a bundle has; a year of blocks with ten each has some twenty million characters. */
export const LONGEST_BUNDLE = 16 * 1024 * 1024;

const { object, list, string, number, perhaps, file } = fieldsOf("a proof");

/** The text of a bundle, with a line feed at its end. */
export function writeBundle(bundle: ProofBundle): string {
  const { network, name, pin, at, level, operation, namespace, dates, walk, log, inclusion, zonefile } = bundle;
  return jsonText({
    format: BUNDLE_FORMAT,
    version: VERSION,
    network,
    name,
    pin: { height: pin.height, consensusHash: pin.consensusHash },
    at,
    level,
    operation: operation === null ? null : fieldsOfHeld(operation),
    namespace: namespace === null ? null : fieldsOfHeld(namespace),
    dates: dates.map(fieldsOfHeld),
    walk: walk === null ? null : fieldsOfWalk(walk),
    log: log === null ? null : log.map(({ height, texts }) => ({ height, texts })),
    inclusion: inclusion === null ? null : fieldsOfInclusion(inclusion),
    zonefile: zonefile === null ? null : encodeBase64(zonefile),
  });
}

const packed = (hashes: readonly string[]): string => encodeBase64(concat(...hashes.map(fromHex)));

function fieldsOfHeld({ height, text, path: { index, neighbours } }: HeldOperation): Fields {
  return { height, text, index, neighbours: packed(neighbours) };
}

function fieldsOfWalk({ upper, lower, opsHashes, consensusHashes }: BundleWalk): Fields {
  return { upper, lower, opsHashes: packed(opsHashes), consensusHashes: packed(consensusHashes) };
}

function fieldsOfInclusion({ header, transaction, index, neighbours, coinbase }: Inclusion): Fields {
  const first = { transaction: coinbase.transaction, neighbours: coinbase.neighbours };
  return { header, transaction, index, neighbours, coinbase: first };
}

/** @throws ParseError unless `writeBundle` of the answer is exactly this text */
export function readBundle(text: string): ProofBundle {
  const format = { format: BUNDLE_FORMAT, version: VERSION, longest: LONGEST_BUNDLE };
  return file(text, format, { parse: bundleOf, write: writeBundle });
}

function bundleOf(from: Fields): ProofBundle {
  const pin = object(from["pin"], "pin");
  const level = PROOF_LEVELS.find((each) => each === from["level"]);
  if (level === undefined) throw new ParseError(`not a proof: no level is called ${JSON.stringify(from["level"])}`);
  return {
    network: networkId(string(from["network"], "network")),
    name: name(string(from["name"], "name")),
    pin: { height: heightOf(pin, "pin"), consensusHash: consensusHash(string(pin["consensusHash"], "pin")) },
    at: perhaps(from["at"], (value) => blockHeight(number(value, "at"))),
    level,
    operation: perhaps(from["operation"], (value) => heldOf(value, "operation")),
    namespace: perhaps(from["namespace"], (value) => heldOf(value, "namespace")),
    dates: list(from["dates"], "dates").map((value) => heldOf(value, "dates")),
    walk: perhaps(from["walk"], walkOf),
    log: perhaps(from["log"], (value) => list(value, "log").map(blockOf)),
    inclusion: perhaps(from["inclusion"], inclusionOf),
    zonefile: perhaps(from["zonefile"], (value) => decodeBase64(string(value, "zonefile"))),
  };
}

function heldOf(value: unknown, where: string): HeldOperation {
  const from = object(value, where);
  const neighbours = unpacked(from["neighbours"], OPS_HASH_BYTES, where).map((bytes) => opsHash.of(bytes));
  return {
    height: heightOf(from, where),
    text: latin1(from["text"], where),
    path: { index: number(from["index"], where), neighbours },
  };
}

function walkOf(value: unknown): BundleWalk {
  const from = object(value, "walk");
  return {
    upper: blockHeight(number(from["upper"], "walk")),
    lower: blockHeight(number(from["lower"], "walk")),
    opsHashes: unpacked(from["opsHashes"], OPS_HASH_BYTES, "walk").map((bytes) => opsHash.of(bytes)),
    consensusHashes: unpacked(from["consensusHashes"], CONSENSUS_HASH_BYTES, "walk").map((bytes) =>
      consensusHash.of(bytes),
    ),
  };
}

function blockOf(value: unknown): LoggedBlock {
  const from = object(value, "log");
  return {
    height: heightOf(from, "log"),
    texts: list(from["texts"], "log").map((text) => latin1(text, "log")),
  };
}

function inclusionOf(value: unknown): Inclusion {
  const from = object(value, "inclusion");
  return {
    header: hex(from["header"], "inclusion"),
    ...inBlockOf(from, "inclusion"),
    index: number(from["index"], "inclusion"),
    coinbase: inBlockOf(object(from["coinbase"], "coinbase"), "coinbase"),
  };
}

function inBlockOf(from: Fields, where: string): TransactionInBlock {
  return {
    transaction: hex(from["transaction"], where),
    neighbours: list(from["neighbours"], where).map((hash) => opsHash(string(hash, where))),
  };
}

function hex(value: unknown, where: string): string {
  const text = string(value, where);
  if (!/^(?:[0-9a-f]{2})*$/u.test(text)) throw new ParseError(`not a proof: ${where} is not in hex`);
  return text;
}

function heightOf(from: Fields, where: string): BlockHeight {
  return blockHeight(number(from["height"], where));
}

/** Hashes of one size, one behind the other. */
function unpacked(value: unknown, size: number, where: string): Uint8Array[] {
  const bytes = decodeBase64(string(value, where));
  if (bytes.length % size !== 0) throw new ParseError(`not a proof: ${where} ends within a hash`);
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

function latin1(value: unknown, where: string): string {
  const text = string(value, where);
  if (!/^[\u0000-\u00ff]*$/u.test(text)) throw new ParseError(`not a proof: ${where} has characters that are no bytes`);
  return text;
}
