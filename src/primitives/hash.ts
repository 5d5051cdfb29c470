import { ParseError } from "../errors.ts";
import type { Brand } from "./brand.ts";
import { reversed, toHex } from "./bytes.ts";

/** A parser of a fixed-length hash shown as lowercase hex. */
interface HashKind<T extends string> {
  /** @throws ParseError unless the text is exactly that many bytes in lowercase hex. */
  (text: string): T;
  /** The hash of exactly that many bytes, in their natural order. @throws ParseError on another length. */
  of(bytes: Uint8Array): T;
  readonly byteLength: number;
}

function hexOf<T extends Brand<string, string>>(what: string, byteLength: number): HashKind<T> {
  const pattern = new RegExp(`^[0-9a-f]{${2 * byteLength}}$`, "u");
  const parse = (text: string): T => {
    if (!pattern.test(text)) throw new ParseError(`not a ${what} (${byteLength} bytes in lowercase hex): "${text}"`);
    return text as T;
  };
  const of = (bytes: Uint8Array): T => {
    if (bytes.length !== byteLength) throw new ParseError(`a ${what} has ${byteLength} bytes, not ${bytes.length}`);
    return toHex(bytes) as T;
  };
  return Object.assign(parse, { of, byteLength });
}

/** 16 bytes. Identifies the whole name set at one height (spec: consensus hash). */
export type ConsensusHash = Brand<string, "ConsensusHash">;
export const consensusHash = hexOf<ConsensusHash>("consensus hash", 16);

/** 32 bytes. Merkle root of one block's accepted operations. */
export type OpsHash = Brand<string, "OpsHash">;
export const opsHash = hexOf<OpsHash>("ops hash", 32);

/** 20 bytes, hash160 of a zone file's bytes (BNS value hash). */
export type ZonefileHash = Brand<string, "ZonefileHash">;
export const zonefileHash = hexOf<ZonefileHash>("zone file hash", 20);

/** 20 bytes, hash160 that hides a name or namespace until it is registered or revealed. */
export type PreorderHash = Brand<string, "PreorderHash">;
export const preorderHash = hexOf<PreorderHash>("preorder hash", 20);

/** 16 bytes, hash128 of a name. */
export type NameHash = Brand<string, "NameHash">;
export const nameHash = hexOf<NameHash>("name hash", 16);

/** 16 bytes, hash128 of a name and a consensus hash in hex: the first field of an update. */
export type UpdateHash = Brand<string, "UpdateHash">;
export const updateHash = hexOf<UpdateHash>("update hash", 16);

/** 20 bytes, hash160 of an announcement's text. */
export type AnnouncementHash = Brand<string, "AnnouncementHash">;
export const announcementHash = hexOf<AnnouncementHash>("announcement hash", 20);

/** 32 bytes, shown in Bitcoin's reversed order. */
export type Txid = Brand<string, "Txid">;
export const txid = hexOf<Txid>("transaction id", 32);

/** 32 bytes, shown in Bitcoin's reversed order. */
export type BlockHash = Brand<string, "BlockHash">;
export const blockHash = hexOf<BlockHash>("block hash", 32);

/** A 32-byte digest as Bitcoin shows it: byte order reversed. */
export function txidOf(digest: Uint8Array): Txid {
  return txid.of(reversed(digest));
}

export function blockHashOf(digest: Uint8Array): BlockHash {
  return blockHash.of(reversed(digest));
}

/** 32 bytes: identifies a network by the hash of its definition. */
export type NetworkId = Brand<string, "NetworkId">;
export const networkId = hexOf<NetworkId>("network id", 32);
