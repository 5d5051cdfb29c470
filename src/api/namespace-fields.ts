/** A namespace as the original's clients read it (spec 10 A3), as far as both servers know it. */
import type { NamespaceRecord } from "../ops/record.ts";
import type { Json } from "./route.ts";

/** What a stored record and a hashed one have in common; `readyBlock` is 0, and `opcode` a word, where none is hashed. */
export type NamespaceFacts = Pick<
  NamespaceRecord,
  | "namespaceId"
  | "version"
  | "lifetime"
  | "coeff"
  | "base"
  | "buckets"
  | "nonalphaDiscount"
  | "noVowelDiscount"
  | "address"
  | "recipient"
  | "recipientAddress"
  | "sender"
  | "senderPubkey"
  | "blockNumber"
  | "revealBlock"
  | "preorderHash"
  | "txid"
  | "vtxindex"
> & { readonly op: string; readonly opcode: string; readonly readyBlock: number };

export function namespaceFields(of: NamespaceFacts): Readonly<Record<string, Json>> {
  return {
    namespace_id: of.namespaceId,
    version: of.version,
    lifetime: of.lifetime,
    coeff: of.coeff,
    base: of.base,
    buckets: of.buckets,
    nonalpha_discount: of.nonalphaDiscount,
    no_vowel_discount: of.noVowelDiscount,
    address: of.address,
    recipient: of.recipient,
    recipient_address: of.recipientAddress,
    sender: of.sender,
    sender_pubkey: of.senderPubkey,
    block_number: of.blockNumber,
    reveal_block: of.revealBlock,
    ready_block: of.readyBlock,
    preorder_hash: of.preorderHash,
    txid: of.txid,
    vtxindex: of.vtxindex,
    op: of.op,
    opcode: of.opcode,
  };
}
