/** Everything that spending needs of the outside, as one value: a command builds it from its ports, a test from parts. */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import type { CoinSource } from "../chain/source.ts";
import type { OperationVerdict } from "../journal/facts.ts";
import type { Journal } from "../journal/store.ts";
import type { BlockHash, Txid } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Question, Snapshot } from "../rules/snapshot.ts";
import type { OwnScript } from "../wallet/addresses.ts";
import type { Purse } from "../wallet/coins.ts";
import type { KeyFinder } from "../wallet/keys.ts";
import type { FeeLimits } from "../wallet/sign.ts";
import type { HashWitness } from "./consensus-choice.ts";

/** A node of the network: it replayed the rules, and answers for them. */
export interface SpendingNode extends HashWitness {
  /** The state that an operation will be judged by. */
  preflight(question: Question): Promise<Snapshot>;
  /** What became of an operation that this block, at this height, holds: not indexed by a node on another branch. */
  verdict(txid: Txid, minedAt: BlockHeight, inBlock: BlockHash): Promise<OperationVerdict>;
  /** Hands in a zone file whose hash the chain has announced. */
  putZonefile(bytes: Uint8Array): Promise<void>;
}

export interface Desk {
  readonly network: Network;
  readonly source: CoinSource;
  /** The first of `nodes`: tells what became of operations, and takes zone files. */
  readonly node: SpendingNode;
  /** Nodes that a consensus hash and the state of names may come from, the user's own first. */
  readonly nodes: readonly SpendingNode[];
  readonly journal: Journal;
  /** All scripts of the wallet that can hold coins, as they are now. */
  scripts(): readonly OwnScript[];
  /** The coins of these scripts as they really stand. */
  purse(): Promise<Purse>;
  /** Runs work while no other process may choose coins of this wallet: from planning until the journal has the entry. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Where change goes. */
  readonly changeScript: ScriptHex;
  /** The next unused owner address of the wallet: its own once a plan that pays it is signed. */
  freshOwner(): Address;
  /** Counts as in use, on disk, every script of ours among these. */
  use(scripts: readonly ScriptHex[]): Promise<void>;
  /** The next unused address for the revealer of a namespace: its own once a plan that commits to it is signed. */
  freshRevealer(): Promise<Address>;
  /** Compressed public key of a script of ours. */
  publicKeyOf(script: ScriptHex): Uint8Array | undefined;
  /** Keys to sign with: asks for the passphrase, once. */
  unlock(): Promise<KeyFinder>;
  /** Would `unlock` ask nobody: was the passphrase given, here or in a file? */
  canSign(): boolean;
  readonly limits: FeeLimits;
  /** Satoshis per virtual byte that the user set; null: ask the source. */
  readonly feeRate: number | null;
  now(): Date;
}
