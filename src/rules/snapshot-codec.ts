/** Snapshots from strangers: parsed strictly, every field through the parser of its type. */
import * as v from "valibot";
import { address, type ScriptHex } from "../bitcoin/address.ts";
import { ParseError } from "../errors.ts";
import {
  type ConsensusHash,
  consensusHash,
  nameHash,
  networkId,
  preorderHash,
  txid,
  zonefileHash,
} from "../primitives/hash.ts";
import { name, namespaceId } from "../primitives/name.ts";
import { parseTokenAmount, tokenType } from "../primitives/token-amount.ts";
import { blockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Snapshot } from "./snapshot.ts";

/** A string that goes through a domain parser. */
function text<T extends string>(parse: (from: string) => T) {
  return v.pipe(v.string(), v.transform(parse));
}

const height = v.pipe(v.number(), v.transform(blockHeight));
const script = v.pipe(
  v.string(),
  v.regex(/^(?:[0-9a-f]{2})*$/u),
  v.transform((hex) => hex as ScriptHex),
);
const publicKey = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{66}|[0-9a-f]{130})$/u));
const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));
const satoshis = v.pipe(v.number(), v.finite(), v.minValue(0));

function schemaOn({ bitcoin }: Network) {
  const party = text((from) => address(from, bitcoin));
  const opened = {
    txid: text(txid),
    vtxindex: count(0xffff_ffff),
    sender: script,
    senderPubkey: v.nullable(publicKey),
    address: party,
    blockNumber: height,
    opFee: satoshis,
    tokenFee: v.exactOptional(text(parseTokenAmount)),
  };
  const nameRecord = v.strictObject({
    ...opened,
    name: text(name),
    preorderBlockNumber: height,
    namespaceBlockNumber: height,
    firstRegistered: height,
    lastRenewed: height,
    revoked: v.boolean(),
    valueHash: v.nullable(text(zonefileHash)),
    op: v.picklist([":", "::", "+", ">>", ">~", "~", ";"]),
    opcode: v.picklist([
      "NAME_REGISTRATION",
      "NAME_RENEWAL",
      "NAME_UPDATE",
      "NAME_TRANSFER",
      "NAME_REVOKE",
      "NAME_IMPORT",
    ]),
    importer: v.nullable(script),
    importerAddress: v.nullable(party),
    consensusHash: v.nullable(text(consensusHash)),
    preorderHash: v.nullable(text(preorderHash)),
    lastCreationOp: v.picklist(["?", ";"]),
    lastUpdateConsensusHash: v.nullable(text<ConsensusHash>(consensusHash)),
  });
  const namespaceRecord = v.strictObject({
    ...opened,
    namespaceId: text(namespaceId),
    lifetime: count(0xffff_ffff),
    coeff: count(0xff),
    base: count(0xff),
    buckets: v.pipe(v.array(count(15)), v.length(16)),
    nonalphaDiscount: count(15),
    noVowelDiscount: count(15),
    version: count(0xffff),
    preorderHash: text(preorderHash),
    recipient: script,
    recipientAddress: party,
    revealBlock: height,
    readyBlock: height,
    op: v.picklist(["&", "!"]),
    opcode: v.picklist(["NAMESPACE_REVEAL", "NAMESPACE_READY"]),
  });
  const preorderRecord = v.strictObject({
    ...opened,
    op: v.picklist(["?", "*"]),
    preorderHash: text(preorderHash),
    consensusHash: text(consensusHash),
    burnAddress: party,
  });
  const accountKey = { address: party, type: text(tokenType) };
  const accountRecord = v.strictObject({
    ...accountKey,
    credit: text(parseTokenAmount),
    debit: text(parseTokenAmount),
    lockTransferBlockId: count(Number.MAX_SAFE_INTEGER),
    receiveWhitelisted: v.boolean(),
    txid: text(txid),
    blockNumber: height,
    vtxindex: count(0xffff_ffff),
  });
  return v.strictObject({
    networkId: text(networkId),
    height,
    question: v.strictObject({
      names: v.array(text(name)),
      namespaces: v.array(text(namespaceId)),
      preorderHashes: v.array(text(preorderHash)),
      owners: v.array(script),
      nameHashes: v.array(text(nameHash)),
      accounts: v.exactOptional(v.array(v.strictObject(accountKey))),
    }),
    consensusHashes: v.array(v.strictObject({ height: v.pipe(v.number(), v.integer()), hash: text(consensusHash) })),
    names: v.array(nameRecord),
    namespaces: v.array(namespaceRecord),
    preorders: v.array(preorderRecord),
    importKeys: v.array(v.strictObject({ namespaceId: text(namespaceId), addresses: v.array(party) })),
    accounts: v.exactOptional(v.array(accountRecord)),
  });
}

/**
 * Reads a snapshot from a JSON value. `JSON.stringify` of a snapshot is its encoding.
 * @throws ParseError on any missing, unknown or malformed field, or another network's snapshot.
 */
export function parseSnapshot(value: unknown, network: Network): Snapshot {
  const parsed = v.safeParse(schemaOn(network), value, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new ParseError(`not a snapshot: ${v.getDotPath(issue) ?? "value"}: ${issue.message}`);
  }
  if (parsed.output.networkId !== network.id) {
    throw new ParseError(`a snapshot of another network: "${parsed.output.networkId}"`);
  }
  return parsed.output;
}
