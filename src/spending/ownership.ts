/** Names and namespaces of the wallet: the record that an operation acts on, and the script that must sign for it. */
import { type Address, address, type ScriptHex } from "../bitcoin/address.ts";
import { BskError, ParseError } from "../errors.ts";
import type { NamespaceRecord, NameRecord } from "../ops/record.ts";
import { type Name, type NamespaceId, namespaceOf } from "../primitives/name.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Desk } from "./desk.ts";
import { askNode } from "./judge.ts";

export interface OwnedName {
  readonly record: NameRecord;
  readonly namespace: NamespaceRecord;
  /** Script of ours that owns the name. */
  readonly owner: ScriptHex;
}

type Asking = Pick<Desk, "network" | "nodes" | "scripts">;

/**
 * The record of a name that this wallet owns, expired or revoked ones included: what may be done is for the rules to say.
 * @throws BskError `rejected`, rule `name-not-registered` or `not-owner`
 */
export async function ownedName(name: Name, desk: Asking): Promise<OwnedName> {
  const { names, namespaces } = await askNode(desk, { names: [name] });
  const record = names.find((each) => each.name === name);
  const namespace = namespaces.find(({ namespaceId }) => namespaceId === namespaceOf(name));
  if (record === undefined || namespace === undefined) {
    throw new BskError("rejected", `"${name}" is not registered`, { rule: "name-not-registered" });
  }
  return { record, namespace, owner: ours(record.sender, `"${name}" belongs to ${record.address}`, desk) };
}

export interface RevealedNamespace {
  readonly record: NamespaceRecord;
  /** Script of ours that imports and launches. */
  readonly revealer: ScriptHex;
}

/** The record of a namespace that this wallet revealed. @throws BskError as `ownedName` does */
export async function revealedNamespace(id: NamespaceId, desk: Asking): Promise<RevealedNamespace> {
  const { namespaces } = await askNode(desk, { namespaces: [id] });
  const record = namespaces.find(({ namespaceId }) => namespaceId === id);
  if (record === undefined) {
    throw new BskError("rejected", `the namespace "${id}" is not revealed`, { rule: "namespace-not-revealed" });
  }
  const revealer = ours(record.recipient, `the namespace "${id}" was revealed for ${record.recipientAddress}`, desk);
  return { record, revealer };
}

function ours(script: ScriptHex, otherwise: string, desk: Asking): ScriptHex {
  if (desk.scripts().some((own) => own.script === script)) return script;
  throw new BskError("rejected", `${otherwise}, which is no address of this wallet`, {
    rule: "not-owner",
    hint: "use the wallet that holds its key: --dir, or wallet restore",
  });
}

/** An address that may own a name. @throws BskError `usage` for any other text: native segwit cannot own names. */
export function ownerAddress(text: string, { bitcoin }: Pick<Network, "bitcoin">): Address {
  try {
    return address(text, bitcoin);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new BskError("usage", `"${text}" cannot own a name on ${bitcoin.chain}`, {
      cause,
      hint: "owners are p2pkh or p2sh addresses: names are lost on native segwit ones",
    });
  }
}
