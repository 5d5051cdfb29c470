/** What an accepted operation came to: the record as it stands after it, and what else enters the hash. */
import type { Address } from "../bitcoin/address.ts";
import type { ConsensusHash, NameHash, PreorderHash, UpdateHash } from "../primitives/hash.ts";
import type { AnnounceOp } from "./operation.ts";
import type { NamespaceRecord, NameRecord, PreorderRecord, TokenTransferRecord } from "./record.ts";

export type AppliedOperation =
  | { readonly kind: "NAME_PREORDER" | "NAMESPACE_PREORDER"; readonly preorder: PreorderRecord }
  | { readonly kind: "NAME_REGISTRATION"; readonly name: NameRecord; readonly consumes: PreorderHash }
  | { readonly kind: "NAME_REVOKE" | "NAME_IMPORT"; readonly name: NameRecord }
  | {
      readonly kind: "NAME_RENEWAL";
      readonly name: NameRecord;
      /** Who paid in tokens, if so; the record says how much. */
      readonly tokensOf?: Address;
    }
  | {
      readonly kind: "NAME_UPDATE";
      readonly name: NameRecord;
      readonly updateHash: UpdateHash;
      readonly consensusHash: ConsensusHash;
    }
  | {
      readonly kind: "NAME_TRANSFER";
      readonly name: NameRecord;
      readonly nameHash: NameHash;
      /** Not always the one inside the transaction (spec 03 §4.3). */
      readonly consensusHash: ConsensusHash;
      readonly keepZonefile: boolean;
    }
  | { readonly kind: "NAMESPACE_REVEAL"; readonly namespace: NamespaceRecord; readonly consumes: PreorderHash }
  | { readonly kind: "NAMESPACE_READY"; readonly namespace: NamespaceRecord }
  | { readonly kind: "ANNOUNCE"; readonly announcement: AnnounceOp }
  | { readonly kind: "TOKEN_TRANSFER"; readonly transfer: TokenTransferRecord };
