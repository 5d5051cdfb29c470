/** NAME_IMPORT (spec 02 §6.3). */
import type { ImportOp } from "../ops/operation.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import { labelOf, namespaceOf } from "../primitives/name.ts";
import type { BlockState } from "./block-state.ts";
import { namePrice } from "./price.ts";
import { type BnsVerdict, accept, reject } from "./verdict.ts";
import { liveName, revealedNamespace } from "./visibility.ts";

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
  const price = namePrice(labelOf(name), namespace, network, at);
  if (price === null) return reject("epoch-not-supported", `"${name}" has no price in bitcoin at height ${at}`);
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
      // Nothing is paid; the price is recorded with its fraction.
      opFee: namespace.version === 3 ? 0 : price,
      importer: sender,
      importerAddress: address,
      consensusHash: null,
      preorderHash: before === null ? preorderHashOf(name, sender, recipientAddress) : before.preorderHash,
      lastCreationOp: ";",
      lastUpdateConsensusHash: null,
    },
  });
}
