/** NAME_IMPORT (spec 02 §6.3). */
import type { ImportOp } from "../ops/operation.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import type { NamespaceRecord, NameRecord } from "../ops/record.ts";
import { labelOf, type Name, namespaceOf } from "../primitives/name.ts";
import { tokenAmount } from "../primitives/token-amount.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { BlockState } from "./block-state.ts";
import { namePrice } from "./price.ts";
import { nameTokenPrice } from "./token-price.ts";
import { type BnsVerdict, accept, reject } from "./verdict.ts";
import { liveName, revealedNamespace } from "./visibility.ts";

/** Nothing is paid; the price is recorded with its fraction. */
function recordedPrice(
  name: Name,
  namespace: NamespaceRecord,
  network: Network,
  at: number,
): Pick<NameRecord, "opFee" | "tokenFee"> {
  const label = labelOf(name);
  if (namespace.version !== 3) return { opFee: namePrice(label, namespace, network, at) ?? 0 };
  const price = nameTokenPrice(label, namespace, network, at);
  return { opFee: 0, ...(price === null ? {} : { tokenFee: tokenAmount(price) }) };
}

/** The key ring is fixed by the first valid import that comes from the revealer itself, when the block is opened. */
export function checkImport(op: ImportOp, state: BlockState): BnsVerdict {
  const { name, sender, senderPubkey, address, recipient, recipientAddress } = op;
  const { at, network } = state;
  if (senderPubkey === null) return reject("no-public-key", `"${address}" shows no public key`);
  const namespaceId = namespaceOf(name);
  const namespace = revealedNamespace(namespaceId, state);
  if (namespace === null) {
    return reject("namespace-not-revealed", `namespace "${namespaceId}" is not revealed, or already open or lapsed`);
  }
  const allowed = state.importKeys(namespaceId) ?? [namespace.recipientAddress];
  if (!allowed.includes(address)) {
    return reject("not-import-key", `"${address}" is not a key that may import into namespace "${namespaceId}"`);
  }
  const before = liveName(name, state);
  return accept({
    kind: "NAME_IMPORT",
    name: {
      name,
      sender: recipient,
      address: recipientAddress,
      // The importer's key, not the owner's.
      senderPubkey,
      blockNumber: before?.blockNumber ?? at,
      preorderBlockNumber: before?.preorderBlockNumber ?? at,
      namespaceBlockNumber: namespace.blockNumber,
      firstRegistered: before?.firstRegistered ?? at,
      lastRenewed: before?.lastRenewed ?? at,
      revoked: false,
      valueHash: op.zonefileHash,
      op: ";",
      opcode: "NAME_IMPORT",
      txid: op.txid,
      vtxindex: op.vtxindex,
      ...recordedPrice(name, namespace, network, at),
      importer: sender,
      importerAddress: address,
      consensusHash: null,
      preorderHash: before === null ? preorderHashOf(name, sender, recipientAddress) : before.preorderHash,
      lastCreationOp: ";",
      lastUpdateConsensusHash: null,
    },
  });
}
