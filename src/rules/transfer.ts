/** NAME_TRANSFER (spec 02 §5.5). */
import type { TransferOp } from "../ops/operation.ts";
import { namespaceOf } from "../primitives/name.ts";
import { enables } from "../protocol/epoch.ts";
import type { BlockState } from "./block-state.ts";
import { isInGraceAt } from "../protocol/lifetime.ts";
import { type BnsVerdict, accept, reject } from "./verdict.ts";
import { isLive, isRecent, ownedNames, readyNamespace } from "./visibility.ts";

export function checkTransfer(op: TransferOp, state: BlockState): BnsVerdict {
  const { sender, address, recipient, recipientAddress, nameHash, keepZonefile } = op;
  const { at, last, epoch, network } = state;
  const before = state.namesByHash(nameHash).find((record) => isLive(record, last, state));
  if (before === undefined) return reject("name-not-registered", `no registered name has the hash ${nameHash}`);
  const { name } = before;
  if (before.revoked) return reject("name-revoked", `"${name}" is revoked`);
  const namespaceId = namespaceOf(name);
  const namespace = readyNamespace(namespaceId, state);
  if (namespace === null) return reject("namespace-not-ready", `namespace "${namespaceId}" is not open`);
  if (isInGraceAt(before, namespace, at, network)) {
    return reject("name-in-grace", `"${name}" has expired and waits for its renewal`);
  }
  if (!isRecent(op.consensusHash, state)) {
    return reject("consensus-hash-expired", `consensus hash ${op.consensusHash} is not of the last blocks`);
  }
  if (recipient === sender) return reject("already-owner", `"${recipientAddress}" would give "${name}" to itself`);
  if (before.sender !== sender) return reject("not-owner", `"${address}" does not own "${name}"`);
  // Unlike a registration's quota, this block's registrations do not count.
  if (ownedNames(recipient, state).length >= network.maxNamesPerSender) {
    return reject("quota", `"${recipientAddress}" owns ${network.maxNamesPerSender} names already`);
  }
  if (sender.startsWith("a9") && !enables(epoch, "MULTISIG")) {
    return reject("p2sh-not-enabled", `"${address}" is a script hash, which can send transfers from epoch 2 on`);
  }
  // The original hashed the last update's consensus hash here, not the one inside the transaction (spec 03 §4.3).
  const consensusHash = before.lastUpdateConsensusHash ?? op.consensusHash;
  return accept({
    kind: "NAME_TRANSFER",
    nameHash,
    keepZonefile,
    consensusHash,
    name: {
      ...before,
      sender: recipient,
      address: recipientAddress,
      senderPubkey: null,
      valueHash: keepZonefile ? before.valueHash : null,
      consensusHash,
      op: keepZonefile ? ">>" : ">~",
      opcode: "NAME_TRANSFER",
      txid: op.txid,
      vtxindex: op.vtxindex,
    },
  });
}
