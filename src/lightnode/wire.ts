/**
 * What untrusted nodes send -> domain values: the one door. Field names are the original's (spec 10 A2, A3).
 *
 * Fields that we do not use may be there, those that we use must be right. Every list has a limit.
 */
import * as v from "valibot";
import { address } from "../bitcoin/address.ts";
import { blockHash, consensusHash, networkId, opsHash, txid, zonefileHash } from "../primitives/hash.ts";
import { decodeBase64 } from "../encoding/base64.ts";
import { name, namespaceId, type SubdomainName } from "../primitives/name.ts";
import { MAX_ZONEFILE_BYTES } from "../zonefile/size.ts";
import { blockHeight, satoshi } from "../primitives/units.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { parsedBy } from "../chain/parsed-by.ts";
import type { WalkProof } from "../verify/name-walk.ts";
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
import type {
  FullName,
  FullNamespace,
  FullSubdomain,
  HistoryEntry,
  NameStatus,
  NodeInfo,
  PriceAnswer,
} from "./answers.ts";

/** Characters of the largest zone file. */
const MOST_BASE64 = 4 * Math.ceil(MAX_ZONEFILE_BYTES / 3);

/** Verdicts of a node's fork watch, as it names them. */
const verdict = v.picklist(["agrees", "behind", "fork", "rules", "silent"]);
const forkWatch = v.object({
  lastReorg: v.nullable(
    v.object({ forkHeight: v.pipe(v.number(), v.integer()), depth: count(0xffff_ffff), at: count(0xffff_ffff) }),
  ),
  deepestReorg: count(0xffff_ffff),
  witnesses: v.pipe(
    v.array(
      v.object({
        source: words,
        verdict,
        height: v.nullable(v.pipe(v.number(), v.integer())),
        depth: count(0xffff_ffff),
      }),
    ),
    v.maxLength(100),
  ),
});

const lightSchema = v.object({
  pin: v.object({
    height,
    consensusHash: text(consensusHash),
    source: v.picklist(["hand", "own-node", "agreeing", "chain", "unattested"]),
    attested: v.boolean(),
  }),
  time: v.nullable(count(0xffff_ffff)),
});

const infoSchema = v.object({
  version: words,
  network: v.object({ id: text(networkId), name: words, firstBlock: height }),
  tip: v.nullable(
    v.object({ height, hash: text(blockHash), consensusHash: text(consensusHash), time: count(0xffff_ffff) }),
  ),
  indexing: v.boolean(),
  exactThrough: v.exactOptional(v.nullable(v.object({ epoch: count(1000), height }))),
  source: v.object({
    description: words,
    height: v.nullable(height),
    spentScripts: v.optional(v.nullable(words), null),
    trouble: v.nullable(words),
  }),
  light: v.exactOptional(lightSchema),
  forkWatch: v.optional(forkWatch, { lastReorg: null, deepestReorg: 0, witnesses: [] }),
});

/** The answer of `/v2/info`. @throws ParseError */
export function readInfo(value: unknown): NodeInfo {
  const { network, tip, light, ...rest } = read(infoSchema, value, "the information of a node");
  const dated = (time: number | null): Date | null => (time === null ? null : new Date(time * 1000));
  return {
    ...rest,
    ...(light === undefined ? {} : { light: { ...light, time: dated(light.time) } }),
    networkId: network.id,
    networkName: network.name,
    firstBlock: network.firstBlock,
    tip: tip === null ? null : { ...tip, time: new Date(tip.time * 1000) },
  };
}

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

/** The full record of a subdomain; its zone file is not compared with its hash yet. @throws ParseError */
export function readSubdomain(value: unknown, asked: SubdomainName): FullSubdomain {
  const schema = v.object({
    name: v.literal(asked),
    address: v.pipe(words, v.maxLength(256)),
    domain: text(name),
    block_number: height,
    sequence: count(Number.MAX_SAFE_INTEGER),
    txid: text(txid),
    value_hash: text(zonefileHash),
    zonefile: v.pipe(v.string(), v.maxLength(MOST_BASE64), parsedBy(decodeBase64)),
    pending: v.boolean(),
  });
  const of = read(schema, value, "the record of a subdomain");
  return {
    name: asked,
    owner: of.address,
    domain: of.domain,
    sequence: of.sequence,
    zonefileHash: of.value_hash,
    zonefile: of.zonefile,
    height: of.block_number,
    txid: of.txid,
    pending: of.pending,
  };
}

const redirectSchema = v.object({ resolver: words });

/** Who may know a subdomain that the node does not; null where it names nobody. */
export function readResolver(value: unknown): string | null {
  const result = v.safeParse(redirectSchema, value);
  return result.success ? result.output.resolver : null;
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
