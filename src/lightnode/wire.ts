/**
 * What untrusted nodes send -> domain values: the one door. Field names are the original's (spec 10 A2, A3).
 *
 * Fields that we do not use may be there, those that we use must be right. Every list has a limit.
 */
import * as v from "valibot";
import { address } from "../bitcoin/address.ts";
import { blockHash, consensusHash, txid, zonefileHash } from "../primitives/hash.ts";
import { name, namespaceId } from "../primitives/name.ts";
import { blockHeight, satoshi } from "../primitives/units.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { parsedBy } from "../chain/parsed-by.ts";
import {
  text,
  words,
  height,
  heightOrNever,
  count,
  opcode,
  publicKey,
  script,
  hashOrNull,
  read,
} from "./wire-fields.ts";
import type { FullName, FullNamespace, HistoryEntry, NameStatus, PriceAnswer } from "./answers.ts";

const consensusSchema = v.object({ consensus_hash: v.nullable(text(consensusHash)) });

/** @throws ParseError */
export function readConsensusHash(value: unknown) {
  return read(consensusSchema, value, "a consensus hash").consensus_hash;
}

/** The answer of `/v1/names/NAME` with status 200. @throws ParseError */
export function readNameStatus(value: unknown, on: BitcoinParameters): NameStatus {
  const schema = v.object({
    status: v.picklist(["registered", "revoked"]),
    address: text((from) => address(from, on)),
    zonefile_hash: hashOrNull,
    last_txid: text(txid),
    expire_block: heightOrNever,
    renewal_deadline: heightOrNever,
    grace_period: v.boolean(),
  });
  const of = read(schema, value, "the state of a name");
  return {
    kind: of.status,
    address: of.address,
    zonefileHash: of.zonefile_hash,
    lastTxid: of.last_txid,
    expires: of.expire_block,
    renewalDeadline: of.renewal_deadline,
    inGrace: of.grace_period,
  };
}

/** The full record of a name. @throws ParseError, also for the record of another name. */
export function readName(value: unknown, asked: string, on: BitcoinParameters): FullName {
  const party = text((from) => address(from, on));
  const schema = v.object({
    name: v.pipe(
      text(name),
      v.check((given) => given === asked, `not "${asked}"`),
    ),
    namespace_id: text(namespaceId),
    address: party,
    sender: script,
    value_hash: hashOrNull,
    revoked: v.boolean(),
    expired: v.boolean(),
    grace_period: v.boolean(),
    expire_block: heightOrNever,
    renewal_deadline: heightOrNever,
    block_number: height,
    preorder_block_number: height,
    first_registered: height,
    last_renewed: height,
    importer_address: v.nullable(party),
    opcode,
    txid: text(txid),
  });
  const of = read(schema, value, "the record of a name");
  return {
    name: of.name,
    namespaceId: of.namespace_id,
    address: of.address,
    sender: of.sender,
    zonefileHash: of.value_hash,
    revoked: of.revoked,
    expired: of.expired,
    inGrace: of.grace_period,
    expires: of.expire_block,
    renewalDeadline: of.renewal_deadline,
    firstSeen: of.block_number,
    preordered: of.preorder_block_number,
    registered: of.first_registered,
    renewed: of.last_renewed,
    importer: of.importer_address,
    lastOperation: { opcode: of.opcode, txid: of.txid },
  };
}

/** Operations of one block, and blocks of one page; the original's pages grow. */
const MAX_ENTRIES = 10_000;

/** One page of a history: entries by the height of their block, oldest first. @throws ParseError */
export function readHistory(value: unknown, on: BitcoinParameters): HistoryEntry[] {
  const entry = v.object({
    opcode,
    txid: text(txid),
    vtxindex: count(0xffff_ffff),
    address: text((from) => address(from, on)),
    value_hash: v.optional(hashOrNull, null),
    revoked: v.optional(v.boolean(), false),
    sender_pubkey: v.optional(v.nullable(publicKey), null),
  });
  const heightKey = v.pipe(
    v.string(),
    v.regex(/^(0|[1-9][0-9]{0,9})$/u, "not a height"),
    v.transform(Number),
    parsedBy(blockHeight),
  );
  const schema = v.pipe(
    v.record(v.string(), v.pipe(v.array(entry), v.maxLength(MAX_ENTRIES))),
    v.check((blocks) => Object.keys(blocks).length <= MAX_ENTRIES, "too many blocks"),
  );
  return Object.entries(read(schema, value, "a history")).flatMap(([key, entries]) => {
    const at = read(heightKey, key, "a history");
    return entries.map(({ value_hash, sender_pubkey, ...rest }) => ({
      height: at,
      ...rest,
      zonefileHash: value_hash,
      publicKey: sender_pubkey,
    }));
  });
}

/** The record of a namespace. @throws ParseError, also for the record of another namespace. */
export function readNamespace(value: unknown, asked: string, on: BitcoinParameters): FullNamespace {
  const party = text((from) => address(from, on));
  const schema = v.object({
    namespace_id: v.pipe(
      text(namespaceId),
      v.check((given) => given === asked, `not "${asked}"`),
    ),
    ready: v.boolean(),
    address: party,
    recipient_address: party,
    block_number: height,
    reveal_block: height,
    ready_block: height,
    version: count(0xffff),
    lifetime: count(0xffff_ffff),
    coeff: count(0xff),
    base: count(0xff),
    buckets: v.pipe(v.array(count(15)), v.length(16)),
    nonalpha_discount: count(15),
    no_vowel_discount: count(15),
    opcode,
    txid: text(txid),
  });
  const of = read(schema, value, "the record of a namespace");
  return {
    namespaceId: of.namespace_id,
    ready: of.ready,
    creator: of.address,
    revealer: of.recipient_address,
    preordered: of.block_number,
    revealed: of.reveal_block,
    opened: of.ready ? of.ready_block : null,
    version: of.version,
    lifetime: of.lifetime,
    coeff: of.coeff,
    base: of.base,
    buckets: of.buckets,
    nonalphaDiscount: of.nonalpha_discount,
    noVowelDiscount: of.no_vowel_discount,
    lastOperation: { opcode: of.opcode, txid: of.txid },
  };
}

const namesSchema = v.object({
  names: v.pipe(v.array(v.pipe(v.string(), v.maxLength(256))), v.maxLength(MAX_ENTRIES)),
});

/** Names of an address, and how many rows the list has: names below names, which have two dots, are left out. @throws ParseError */
export function readNames(value: unknown) {
  const { names } = read(namesSchema, value, "a list of names");
  return { names: names.filter((given) => given.split(".").length === 2).map(name), rows: names.length };
}

const price = v.object({
  amount: v.pipe(v.string(), v.regex(/^[0-9]{1,16}$/u, "not an amount")),
  units: v.pipe(v.string(), v.maxLength(32)),
  warning: v.optional(v.string()),
});
const namePriceSchema = v.object({ name_price: price });

function priceOf({ amount, units, warning }: v.InferOutput<typeof price>): PriceAnswer {
  if (units !== "BTC") return { kind: "no-price", because: "prices are in tokens at the node's height" };
  return { kind: "price", satoshis: satoshi(BigInt(amount)), exists: warning !== undefined };
}

/** @throws ParseError */
export function readNamePrice(value: unknown): PriceAnswer {
  return priceOf(read(namePriceSchema, value, "the price of a name").name_price);
}

/** @throws ParseError */
export function readNamespacePrice(value: unknown): PriceAnswer {
  return priceOf(read(price, value, "the price of a namespace"));
}

const refusalSchema = v.object({ error: words });

/** Why a node refused; "" where it gave no words. */
export function readRefusal(value: unknown): string {
  const result = v.safeParse(refusalSchema, value);
  return result.success ? result.output.error : "";
}

const place = { block_height: height };
const transactionSchema = v.object({
  lastblock: v.nullable(height),
  block_hash: v.optional(v.nullable(text(blockHash))),
  tx: v.variant("status", [
    v.object({ status: v.literal("accepted"), ...place, op: opcode }),
    v.object({ status: v.literal("rejected"), ...place, rule: v.pipe(words, v.maxLength(64)), because: words }),
    v.object({
      status: v.literal("ignored"),
      rule: v.optional(v.pipe(words, v.maxLength(64))),
      because: v.optional(words),
    }),
  ]),
});

/** What became of a transaction, the node's last block, and its block at the height asked for. @throws ParseError */
export function readTransaction(value: unknown) {
  const { lastblock, block_hash, tx } = read(transactionSchema, value, "what became of a transaction");
  return { lastHeight: lastblock, blockHash: block_hash ?? null, tx };
}

const keptSchema = v.object({ status: v.literal(true), zonefile_hash: v.optional(text(zonefileHash)) });

/** The answer to a zone file that was handed in. @throws ParseError */
export function readKept(value: unknown) {
  return read(keptSchema, value, "an answer to a zone file").zonefile_hash ?? null;
}
