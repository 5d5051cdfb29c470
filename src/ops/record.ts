/** What the chain knows of a name, a namespace and an open preorder (spec 02 §4). Field names are the original's, in camel case. */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import type { ConsensusHash, PreorderHash, Txid, ZonefileHash } from "../primitives/hash.ts";
import type { Name, NamespaceId } from "../primitives/name.ts";
import type { TokenAmount, TokenType } from "../primitives/token-amount.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { NamespaceParameters, OperationKind } from "./operation.ts";

export interface NameRecord {
  readonly name: Name;
  /** Script of the owner. */
  readonly sender: ScriptHex;
  /** Address of the owner. */
  readonly address: Address;
  /** Some public key in hex; the preorderer's or importer's, not the owner's (quirks R2, R4). */
  readonly senderPubkey: string | null;
  /** Height of the first preorder or import that the name ever had; survives expiry. */
  readonly blockNumber: BlockHeight;
  /** Height of the latest preorder or import. */
  readonly preorderBlockNumber: BlockHeight;
  /** `blockNumber` of the name's namespace when the name was created. */
  readonly namespaceBlockNumber: BlockHeight;
  readonly firstRegistered: BlockHeight;
  readonly lastRenewed: BlockHeight;
  readonly revoked: boolean;
  readonly valueHash: ZonefileHash | null;
  /** Letters of the last operation: ":" "::" "+" ">>" ">~" "~" ";". */
  readonly op: string;
  readonly opcode: OperationKind;
  readonly txid: Txid;
  readonly vtxindex: number;
  /** Satoshis as an IEEE double: names made by an import carry fractions of a satoshi (spec 03 §4.2). */
  readonly opFee: number;
  /** Tokens paid for the name; absent: none. */
  readonly tokenFee?: TokenAmount;
  readonly importer: ScriptHex | null;
  readonly importerAddress: Address | null;
  readonly consensusHash: ConsensusHash | null;
  readonly preorderHash: PreorderHash | null;
  readonly lastCreationOp: "?" | ";";
  /** Consensus hash of the last update since the last registration or import; null without one (spec 03 §4.3). */
  readonly lastUpdateConsensusHash: ConsensusHash | null;
}

export interface NamespaceRecord extends NamespaceParameters {
  readonly namespaceId: NamespaceId;
  readonly preorderHash: PreorderHash;
  /** Script: the creator's until the namespace is ready, then the revealer's (quirk R8). */
  readonly sender: ScriptHex;
  readonly senderPubkey: string | null;
  /** Address of the creator, always. */
  readonly address: Address;
  /** Script of the revealer: imports and launches. */
  readonly recipient: ScriptHex;
  readonly recipientAddress: Address;
  readonly blockNumber: BlockHeight;
  readonly revealBlock: BlockHeight;
  /** 0 until the namespace is ready. */
  readonly readyBlock: BlockHeight;
  readonly op: "&" | "!";
  readonly opcode: "NAMESPACE_REVEAL" | "NAMESPACE_READY";
  readonly txid: Txid;
  readonly vtxindex: number;
  /** Satoshis that the preorder burned. */
  readonly opFee: number;
  /** Tokens that the preorder paid; absent: none. */
  readonly tokenFee?: TokenAmount;
}

/** An open preorder of a name ("?") or a namespace ("*"). */
export interface PreorderRecord {
  readonly op: "?" | "*";
  readonly preorderHash: PreorderHash;
  readonly consensusHash: ConsensusHash;
  readonly sender: ScriptHex;
  readonly senderPubkey: string | null;
  readonly address: Address;
  readonly blockNumber: BlockHeight;
  readonly txid: Txid;
  readonly vtxindex: number;
  /** Satoshis burned. */
  readonly opFee: number;
  readonly burnAddress: Address;
  /** Tokens paid, also if it is none of them; absent: paid in bitcoin. */
  readonly tokenFee?: TokenAmount;
}

/** Tokens that went from one account to another. */
export interface TokenTransferRecord {
  readonly op: "$";
  readonly sender: ScriptHex;
  readonly address: Address;
  readonly recipient: ScriptHex;
  readonly recipientAddress: Address;
  readonly tokenUnits: TokenType;
  readonly tokenFee: TokenAmount;
  readonly blockNumber: BlockHeight;
  readonly txid: Txid;
  readonly vtxindex: number;
  readonly consensusHash: ConsensusHash;
  /** Hex. */
  readonly scratchArea: string;
}
