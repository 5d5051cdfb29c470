/** What an operation says: the fields of its payload, and what extraction reads from the transaction around it. */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import type {
  AnnouncementHash,
  ConsensusHash,
  NameHash,
  PreorderHash,
  Txid,
  UpdateHash,
  ZonefileHash,
} from "../primitives/hash.ts";
import type { Name, NamespaceId } from "../primitives/name.ts";
import type { TokenAmount, TokenType } from "../primitives/token-amount.ts";

/** The price curve and life of a namespace, as its reveal sets them (spec 01 §4.8). */
export interface NamespaceParameters {
  /** Blocks that a name lives before renewal; 4294967295 is for ever. */
  readonly lifetime: number;
  readonly coeff: number;
  readonly base: number;
  /** 16 exponents (0 to 15) by label length. */
  readonly buckets: readonly number[];
  /** 1 to 15. */
  readonly nonalphaDiscount: number;
  /** 1 to 15. */
  readonly noVowelDiscount: number;
  /** 1: pay to burn; 2: pay to creator; 3: pay with tokens. */
  readonly version: number;
}

/** The bytes behind magic and opcode, decoded. Registrations and renewals share one payload. Tokens come with epoch 4. */
export type Payload =
  | {
      readonly kind: "NAME_PREORDER";
      readonly preorderHash: PreorderHash;
      readonly consensusHash: ConsensusHash;
      /** Paid in tokens, instead of the burn; both or neither. */
      readonly tokenFee?: TokenAmount;
      readonly tokenUnits?: TokenType;
    }
  | {
      readonly kind: "NAME_REGISTRATION";
      readonly name: Name;
      readonly zonefileHash: ZonefileHash | null;
      /** Paid by a renewal; the preorder pays for a registration. Needs a zone file hash before it. */
      readonly tokenFee?: TokenAmount;
    }
  | { readonly kind: "NAME_UPDATE"; readonly updateHash: UpdateHash; readonly zonefileHash: ZonefileHash }
  | {
      readonly kind: "NAME_TRANSFER";
      readonly keepZonefile: boolean;
      readonly nameHash: NameHash;
      readonly consensusHash: ConsensusHash;
    }
  | { readonly kind: "NAME_REVOKE"; readonly name: Name }
  | { readonly kind: "NAME_IMPORT"; readonly name: Name }
  | {
      readonly kind: "NAMESPACE_PREORDER";
      readonly preorderHash: PreorderHash;
      readonly consensusHash: ConsensusHash;
      /** In the epochs with tokens always there, else never. */
      readonly tokenFee?: TokenAmount;
    }
  | ({ readonly kind: "NAMESPACE_REVEAL"; readonly namespaceId: NamespaceId } & NamespaceParameters)
  | { readonly kind: "NAMESPACE_READY"; readonly namespaceId: NamespaceId }
  | { readonly kind: "ANNOUNCE"; readonly announcementHash: AnnouncementHash }
  | {
      readonly kind: "TOKEN_TRANSFER";
      readonly consensusHash: ConsensusHash;
      readonly tokenUnits: TokenType;
      readonly tokenFee: TokenAmount;
      /** Hex of bytes that mean nothing. */
      readonly scratchArea: string;
    };

export type PayloadKind = Payload["kind"];
export type PayloadOf<K extends PayloadKind> = Extract<Payload, { kind: K }>;

/** Roles that every operation has (spec 01 §2). */
interface Origin {
  readonly txid: Txid;
  /** Index of the transaction in its block; the coinbase is 0. */
  readonly vtxindex: number;
  /** Script of the output that input 0 spends. */
  readonly sender: ScriptHex;
  readonly address: Address;
  /** The sender's public key in hex, only where the sender is p2pkh and a scriptSig shows it. */
  readonly senderPubkey: string | null;
}

/** Output 1 of the operations that have a recipient. */
interface Recipient {
  readonly recipient: ScriptHex;
  readonly recipientAddress: Address;
}

/** The burn output of preorders (output 2) and renewals (output 3). */
interface Burn {
  /** Satoshis. */
  readonly opFee: number;
  readonly burnAddress: Address;
}

export type PreorderOp = PayloadOf<"NAME_PREORDER"> & Origin & Burn;
export type RegisterOp = PayloadOf<"NAME_REGISTRATION"> & Origin & Recipient;
export type RenewOp = Omit<PayloadOf<"NAME_REGISTRATION">, "kind"> & { readonly kind: "NAME_RENEWAL" } & Origin &
  Recipient &
  Burn;
export type UpdateOp = PayloadOf<"NAME_UPDATE"> & Origin;
export type TransferOp = PayloadOf<"NAME_TRANSFER"> & Origin & Recipient;
export type RevokeOp = PayloadOf<"NAME_REVOKE"> & Origin;
export type ImportOp = PayloadOf<"NAME_IMPORT"> & Origin & Recipient & { readonly zonefileHash: ZonefileHash };
export type NamespacePreorderOp = PayloadOf<"NAMESPACE_PREORDER"> & Origin & Burn;
export type NamespaceRevealOp = PayloadOf<"NAMESPACE_REVEAL"> &
  Origin &
  Recipient & { readonly preorderHash: PreorderHash };
export type NamespaceReadyOp = PayloadOf<"NAMESPACE_READY"> & Origin;
export type AnnounceOp = PayloadOf<"ANNOUNCE"> & Origin;
export type TokenTransferOp = PayloadOf<"TOKEN_TRANSFER"> & Origin & Recipient;

export type Operation =
  | PreorderOp
  | RegisterOp
  | RenewOp
  | UpdateOp
  | TransferOp
  | RevokeOp
  | ImportOp
  | NamespacePreorderOp
  | NamespaceRevealOp
  | NamespaceReadyOp
  | AnnounceOp
  | TokenTransferOp;

export type OperationKind = Operation["kind"];
