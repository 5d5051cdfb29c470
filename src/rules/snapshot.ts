/** As much of the state as one planned operation needs, as a JSON value: what a node sends to a wallet that asks the rules. */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import type { Operation } from "../ops/operation.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import type { NamespaceRecord, NameRecord, PreorderRecord } from "../ops/record.ts";
import type { ConsensusHash, NameHash, NetworkId, PreorderHash } from "../primitives/hash.ts";
import { type Name, type NamespaceId, nameHashOf, namespaceOf } from "../primitives/name.ts";
import { STACKS, type TokenAmount, type TokenType } from "../primitives/token-amount.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { AccountKey, AccountRecord } from "../tokens/account.ts";
import type { StateView } from "./state-view.ts";

/** What a snapshot must be able to tell. */
export interface Question {
  readonly names: readonly Name[];
  readonly namespaces: readonly NamespaceId[];
  readonly preorderHashes: readonly PreorderHash[];
  readonly owners: readonly ScriptHex[];
  readonly nameHashes: readonly NameHash[];
  /** Accounts of tokens, where an operation pays or moves them. */
  readonly accounts?: readonly AccountKey[];
}

export interface Snapshot {
  readonly networkId: NetworkId;
  /** The last indexed block. */
  readonly height: BlockHeight;
  /** What was asked; rows that are not listed below are absent from the state. */
  readonly question: Question;
  /** Of the last blocks, as many as an operation may choose from, the newest first. */
  readonly consensusHashes: readonly { readonly height: number; readonly hash: ConsensusHash }[];
  readonly names: readonly NameRecord[];
  /** Those asked for, and those of all names above. */
  readonly namespaces: readonly NamespaceRecord[];
  readonly preorders: readonly PreorderRecord[];
  readonly importKeys: readonly { readonly namespaceId: NamespaceId; readonly addresses: readonly Address[] }[];
  /** Absent where none was asked for. */
  readonly accounts?: readonly AccountRecord[];
}

const NOTHING: Question = { names: [], namespaces: [], preorderHashes: [], owners: [], nameHashes: [] };

/** What the rules will ask to judge an operation. */
export function questionOf(op: Operation, announcers: readonly Name[] = []): Question {
  switch (op.kind) {
    case "NAME_PREORDER": {
      const { preorderHash, sender, tokenUnits = STACKS } = op;
      return { ...NOTHING, preorderHashes: [preorderHash], owners: [sender], ...payerOf(op, tokenUnits) };
    }
    case "NAME_REGISTRATION": {
      const { name, sender, recipient, recipientAddress } = op;
      const preorderHashes = [preorderHashOf(name, sender, recipientAddress)];
      return { ...NOTHING, names: [name], namespaces: [namespaceOf(name)], preorderHashes, owners: [recipient] };
    }
    case "NAME_RENEWAL": {
      const { name, recipient } = op;
      return { ...NOTHING, names: [name], namespaces: [namespaceOf(name)], owners: [recipient], ...payerOf(op) };
    }
    case "NAME_UPDATE":
      return { ...NOTHING, owners: [op.sender] };
    case "NAME_TRANSFER":
      return { ...NOTHING, nameHashes: [op.nameHash], owners: [op.recipient] };
    case "NAME_REVOKE":
    case "NAME_IMPORT":
      return { ...NOTHING, names: [op.name], namespaces: [namespaceOf(op.name)] };
    case "NAMESPACE_PREORDER":
      return { ...NOTHING, preorderHashes: [op.preorderHash], ...payerOf(op) };
    case "NAMESPACE_REVEAL":
      return { ...NOTHING, namespaces: [op.namespaceId], preorderHashes: [op.preorderHash] };
    case "NAMESPACE_READY":
      return { ...NOTHING, namespaces: [op.namespaceId] };
    case "ANNOUNCE":
      return { ...NOTHING, names: announcers };
    case "TOKEN_TRANSFER": {
      const { address, recipientAddress, tokenUnits: type } = op;
      const accounts = [address, recipientAddress].map((of) => ({ address: of, type }));
      return { ...NOTHING, accounts };
    }
  }
}

/** The account that an operation is paid from, if it is. */
function payerOf(
  { address, tokenFee }: { readonly address: Address; readonly tokenFee?: TokenAmount },
  type: TokenType = STACKS,
): Pick<Question, "accounts"> {
  return tokenFee === undefined ? {} : { accounts: [{ address, type }] };
}

const present = <T>(row: T | null): T[] => (row === null ? [] : [row]);

/** Answers a question from a state whose last block is `height`. */
export function takeSnapshot(view: StateView, height: BlockHeight, question: Question, network: Network): Snapshot {
  const { accounts } = question;
  const found = [
    ...question.names.flatMap((name) => present(view.name(name))),
    ...question.owners.flatMap((owner) => view.namesOf(owner)),
    ...question.nameHashes.flatMap((hash) => view.namesByHash(hash)),
    ...question.preorderHashes.flatMap((hash) => view.namesByPreorderHash(hash)),
  ];
  const names = [...new Map(found.map((record) => [record.name, record])).values()];
  const ids = new Set([
    ...question.namespaces,
    ...question.names.map(namespaceOf),
    ...names.map(({ name }) => namespaceOf(name)),
  ]);
  const spaces = [
    ...[...ids].flatMap((id) => present(view.namespace(id))),
    ...question.preorderHashes.flatMap((hash) => view.namespacesByPreorderHash(hash)),
  ];
  return {
    networkId: network.id,
    height,
    question,
    consensusHashes: Array.from({ length: network.consensusHashWindow }, (_, i) => height - i).flatMap((at) =>
      present(view.consensusHashAt(at)).map((hash) => ({ height: at, hash })),
    ),
    names,
    namespaces: [...new Map(spaces.map((record) => [record.namespaceId, record])).values()],
    preorders: question.preorderHashes.flatMap((hash) => view.preorders(hash)),
    importKeys: [...ids].flatMap((namespaceId) =>
      present(view.importKeys(namespaceId)).map((addresses) => ({ namespaceId, addresses })),
    ),
    ...(accounts === undefined ? {} : { accounts: accounts.flatMap((key) => present(view.account(key))) }),
  };
}

/** A snapshot is closed: what it was not asked, it does not know, and "absent" would be a wrong answer. */
function closed<K>(asked: readonly K[], what: string): (key: K) => void {
  const known = new Set(asked);
  return (key) => {
    if (!known.has(key))
      throw new BskError("unproven", `the snapshot does not say anything about ${what} "${String(key)}"`);
  };
}

/**
 * The state that a snapshot tells of, for `preflight` at the height after it.
 * Its methods throw a `BskError` `unproven` when they are asked what the snapshot was not.
 */
export function snapshotView(snapshot: Snapshot): StateView {
  const { question, names, namespaces, preorders, importKeys, consensusHashes, accounts = [] } = snapshot;
  const ids = [...question.names, ...names.map(({ name }) => name)].map(namespaceOf);
  const requireName = closed([...question.names, ...names.map(({ name }) => name)], "name");
  const requireNamespace = closed([...question.namespaces, ...ids], "namespace");
  const requireOwner = closed(question.owners, "owner script");
  const requireNameHash = closed(question.nameHashes, "name hash");
  const requirePreorder = closed(question.preorderHashes, "preorder");
  const accountKey = ({ address, type }: AccountKey): string => `${type} ${address}`;
  const requireAccount = closed((question.accounts ?? []).map(accountKey), "account");
  return {
    name: (name) => {
      requireName(name);
      return names.find((record) => record.name === name) ?? null;
    },
    namesByHash: (hash) => {
      requireNameHash(hash);
      return names.filter(({ name }) => nameHashOf(name) === hash);
    },
    namesOf: (owner) => {
      requireOwner(owner);
      return names.filter(({ sender }) => sender === owner);
    },
    namesByPreorderHash: (hash) => {
      requirePreorder(hash);
      return names.filter(({ preorderHash }) => preorderHash === hash);
    },
    namespace: (id) => {
      requireNamespace(id);
      return namespaces.find(({ namespaceId }) => namespaceId === id) ?? null;
    },
    namespacesByPreorderHash: (hash) => {
      requirePreorder(hash);
      return namespaces.filter(({ preorderHash }) => preorderHash === hash);
    },
    preorders: (hash) => {
      requirePreorder(hash);
      return preorders.filter(({ preorderHash }) => preorderHash === hash);
    },
    importKeys: (id) => {
      requireNamespace(id);
      return importKeys.find(({ namespaceId }) => namespaceId === id)?.addresses ?? null;
    },
    account: (key) => {
      requireAccount(accountKey(key));
      return accounts.find((record) => accountKey(record) === accountKey(key)) ?? null;
    },
    consensusHashAt: (height) => consensusHashes.find((row) => row.height === height)?.hash ?? null,
  };
}
