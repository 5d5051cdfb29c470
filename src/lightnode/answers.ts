/** What a node tells, as domain values. `wire` makes them of what came over the network. */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import type { NamespaceParameters } from "../ops/operation.ts";
import type { BlockHash, ConsensusHash, NetworkId, Txid, ZonefileHash } from "../primitives/hash.ts";
import type { Name, NamespaceId, SubdomainName } from "../primitives/name.ts";
import type { BlockHeight, Satoshi } from "../primitives/units.ts";
import type { ShownPin } from "./pin.ts";

/** The last indexed block. */
export interface NodeTip {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
  readonly consensusHash: ConsensusHash;
  /** Time in its header. */
  readonly time: Date;
}

/** What a light server answers from: the verified log up to its pin. */
export interface LightInfo {
  readonly pin: ShownPin & { readonly height: BlockHeight };
  /** Of the pin's block; null where nobody told it. */
  readonly time: Date | null;
}

export interface NodeInfo {
  readonly version: string;
  readonly networkId: NetworkId;
  readonly networkName: string;
  readonly firstBlock: BlockHeight;
  /** null before the first indexed block. */
  readonly tip: NodeTip | null;
  readonly indexing: boolean;
  /** The last epoch and height that it can index, where it lacks the network's initial allocation of tokens. */
  readonly exactThrough?: { readonly epoch: number; readonly height: BlockHeight } | null;
  /** The Bitcoin node that it follows. */
  readonly source: {
    readonly description: string;
    readonly height: BlockHeight | null;
    /** How it tells the scripts that operations spend, in the words of its protocol; null where that is not known. */
    readonly spentScripts: string | null;
    /** Why it cannot be followed now, null while it can. */
    readonly trouble: string | null;
  };
  readonly forkWatch: ForkWatchAnswer;
  /** Absent: it is a full node. A light server has no tip. */
  readonly light?: LightInfo;
}

/** What a node's fork watch has seen. */
export interface ForkWatchAnswer {
  /** Since it was started; `forkHeight` is the last common block, `at` in seconds since 1970. */
  readonly lastReorg: { readonly forkHeight: number; readonly depth: number; readonly at: number } | null;
  readonly deepestReorg: number;
  /** Other sources: `height` is where it agrees, the last common block of a fork, or the first with other operations. */
  readonly witnesses: readonly {
    readonly source: string;
    readonly verdict: "agrees" | "behind" | "fork" | "rules" | "silent";
    readonly height: number | null;
    readonly depth: number;
  }[];
}

/** Life of a name by the rules of the node's last block. */
export interface Lifetime {
  /** From this height on it can only be renewed; null: it never expires. */
  readonly expires: BlockHeight | null;
  /** Last height of the grace period; null: never. */
  readonly renewalDeadline: BlockHeight | null;
  readonly inGrace: boolean;
}

/** What v1 clients know as the answer of `/v1/names/NAME`. */
export type NameStatus =
  | { readonly kind: "available" }
  | { readonly kind: "expired" }
  | ({
      readonly kind: "registered" | "revoked";
      readonly address: Address;
      readonly zonefileHash: ZonefileHash | null;
      readonly lastTxid: Txid;
    } & Lifetime);

/** The whole record of a name. */
export interface FullName extends Lifetime {
  readonly name: Name;
  readonly namespaceId: NamespaceId;
  readonly address: Address;
  /** Script of the owner. */
  readonly sender: ScriptHex;
  readonly zonefileHash: ZonefileHash | null;
  readonly revoked: boolean;
  /** Past its end, in its grace period or behind that. */
  readonly expired: boolean;
  /** Height of the first preorder or import that the name ever had. */
  readonly firstSeen: BlockHeight;
  readonly preordered: BlockHeight;
  readonly registered: BlockHeight;
  readonly renewed: BlockHeight;
  readonly importer: Address | null;
  readonly lastOperation: { readonly opcode: string; readonly txid: Txid };
}

/** One operation on a name or a namespace. */
export interface HistoryEntry {
  readonly height: BlockHeight;
  readonly opcode: string;
  readonly txid: Txid;
  readonly vtxindex: number;
  /** Owner after the operation; of a preorder its sender. */
  readonly address: Address;
  readonly zonefileHash: ZonefileHash | null;
  readonly revoked: boolean;
  /** Some public key in hex, which need not be the owner's; null where there is none. */
  readonly publicKey: string | null;
}

export interface FullNamespace extends NamespaceParameters {
  readonly namespaceId: NamespaceId;
  readonly ready: boolean;
  readonly creator: Address;
  readonly revealer: Address;
  readonly preordered: BlockHeight;
  readonly revealed: BlockHeight;
  /** null until it is open. */
  readonly opened: BlockHeight | null;
  readonly lastOperation: { readonly opcode: string; readonly txid: Txid };
}

/** A price in bitcoin, or why there is none. */
export type PriceAnswer =
  | {
      readonly kind: "price";
      readonly satoshis: Satoshi;
      /** What is priced is there already. */ readonly exists: boolean;
    }
  | { readonly kind: "no-price"; readonly because: string };

/** What a node made of a transaction. */
export type Judgement =
  | { readonly kind: "accepted"; readonly height: BlockHeight; readonly opcode: string }
  /** `reason`: the rule that refused the operation, or why the node does not know; null where it saw none in it. */
  | { readonly kind: "ignored"; readonly reason: { readonly rule: string; readonly because: string } | null }
  | { readonly kind: "not-indexed" };

/** What a node says of a subdomain that it knows. */
export interface FullSubdomain {
  readonly name: SubdomainName;
  /** As its record says: an address, or what nobody can sign for. */
  readonly owner: string;
  /** The name whose zone file carries the last record that counts. */
  readonly domain: Name;
  /** How many updates it has had. */
  readonly sequence: number;
  readonly zonefileHash: ZonefileHash;
  /** Bytes with that hash. */
  readonly zonefile: Uint8Array;
  /** Block and transaction that announced the carrying zone file. */
  readonly height: BlockHeight;
  readonly txid: Txid;
  /** A zone file of its domain is not there, which may say more. */
  readonly pending: boolean;
}
