/** NAME_REGISTRATION and NAME_RENEWAL, which share payload and letter (spec 02 §5.2, §5.3). */
import type { RegisterOp, RenewOp } from "../ops/operation.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import type { PreorderRecord } from "../ops/record.ts";
import { namespaceOf } from "../primitives/name.ts";
import { STACKS } from "../primitives/token-amount.ts";
import { enables } from "../protocol/epoch.ts";
import type { BlockState } from "./block-state.ts";
import { lifetimeAt } from "../protocol/lifetime.ts";
import { checkPayment } from "./payment.ts";
import { checkFunds } from "./token-payment.ts";
import { type BnsVerdict, accept, reject } from "./verdict.ts";
import { isAtQuota, liveName, readyNamespace } from "./visibility.ts";

/** The open preorder that a registration uses: the oldest of its hash. */
function preorderOf({ name, sender, recipientAddress }: RegisterOp, state: BlockState): PreorderRecord | null {
  const hash = preorderHashOf(name, sender, recipientAddress);
  return state.preorders(hash).find(({ op }) => op === "?") ?? null;
}

export function checkRegister(op: RegisterOp, state: BlockState): BnsVerdict {
  const { name, recipient, recipientAddress } = op;
  const { at, last, epoch, network } = state;
  const live = liveName(name, state);
  if (live?.revoked === true) return reject("name-revoked", `"${name}" is revoked and has not lapsed`);
  const namespaceId = namespaceOf(name);
  const namespace = readyNamespace(namespaceId, state);
  if (namespace === null) return reject("namespace-not-ready", `namespace "${namespaceId}" is not open`);
  if (isAtQuota(recipient, state)) {
    return reject("quota", `"${recipientAddress}" owns ${network.maxNamesPerSender} names already`);
  }
  if (recipient.startsWith("a9") && !enables(epoch, "MULTISIG")) {
    return reject("p2sh-not-enabled", `"${recipientAddress}" is a script hash, which can own names from epoch 2 on`);
  }
  if (live !== null) return reject("name-registered", `"${name}" is registered`);
  const preorder = preorderOf(op, state);
  if (preorder === null)
    return reject("preorder-not-found", `no open preorder is for "${name}", this sender and owner`);
  // Measured against a whole lifetime by the rules of the last block.
  if (preorder.blockNumber + lifetimeAt(namespace, last, network) <= last) {
    return reject("preorder-expired", `the preorder of block ${preorder.blockNumber} is too old`);
  }
  if (enables(epoch, "PREORDER_EXPIRE") && preorder.blockNumber + network.namePreorderExpire < at) {
    return reject("preorder-too-old", `the preorder of block ${preorder.blockNumber} is more than a day old`);
  }
  if (preorder.blockNumber < namespace.readyBlock) {
    return reject(
      "preorder-too-early",
      `the preorder of block ${preorder.blockNumber} is older than the open namespace`,
    );
  }
  const unpaid = checkPayment(name, namespace, preorder, preorder.blockNumber, state);
  if (unpaid !== null) return unpaid;
  if (state.collided.has(name) || state.created.has(name)) {
    return reject("name-collision", `"${name}" is registered more than once in this block`);
  }
  const before = state.name(name);
  return accept({
    kind: "NAME_REGISTRATION",
    consumes: preorder.preorderHash,
    name: {
      name,
      sender: recipient,
      address: recipientAddress,
      // The preorderer's key, not the owner's (quirk R2).
      senderPubkey: preorder.senderPubkey,
      blockNumber: before?.blockNumber ?? preorder.blockNumber,
      preorderBlockNumber: preorder.blockNumber,
      namespaceBlockNumber: namespace.blockNumber,
      firstRegistered: at,
      lastRenewed: at,
      revoked: false,
      valueHash: op.zonefileHash,
      op: ":",
      opcode: "NAME_REGISTRATION",
      txid: op.txid,
      vtxindex: op.vtxindex,
      opFee: preorder.opFee,
      ...(preorder.tokenFee === undefined ? {} : { tokenFee: preorder.tokenFee }),
      importer: null,
      importerAddress: null,
      consensusHash: null,
      preorderHash: preorder.preorderHash,
      lastCreationOp: "?",
      lastUpdateConsensusHash: null,
    },
  });
}

export function checkRenewal(op: RenewOp, state: BlockState): BnsVerdict {
  const { name, recipient, recipientAddress, sender } = op;
  const { at, epoch, network } = state;
  const canChangeOwner = enables(epoch, "OP_RENEW_TRANSFER_UPDATE");
  if (!canChangeOwner && recipient !== sender) {
    return reject("owner-change-not-enabled", `the renewal of "${name}" names another owner, as epoch 3 allows`);
  }
  const live = liveName(name, state);
  if (live?.revoked === true) return reject("name-revoked", `"${name}" is revoked`);
  const namespaceId = namespaceOf(name);
  const namespace = readyNamespace(namespaceId, state);
  if (namespace === null) return reject("namespace-not-ready", `namespace "${namespaceId}" is not open`);
  // Counts the renewed name itself: an owner at the limit can renew nothing (quirk R3).
  if (isAtQuota(recipient, state)) {
    return reject("quota", `"${recipientAddress}" owns ${network.maxNamesPerSender} names already`);
  }
  if (live === null) return reject("name-not-registered", `"${name}" is not registered`);
  if (live.sender !== sender) return reject("not-owner", `"${op.address}" does not own "${name}"`);
  // An amount of 0 stands before nothing: it makes room for a zone file hash in a renewal that is paid in bitcoin.
  const tokens = op.tokenFee === undefined || op.tokenFee === "0" ? {} : { tokenFee: op.tokenFee };
  const unpaid = checkPayment(name, namespace, { opFee: op.opFee, burnAddress: op.burnAddress, ...tokens }, at, state);
  if (unpaid !== null) return unpaid;
  if (tokens.tokenFee !== undefined) {
    const unfunded = checkFunds(live.address, STACKS, tokens.tokenFee, state);
    if (unfunded !== null) return unfunded;
  }
  const { tokenFee: _before, ...record } = live;
  return accept({
    kind: "NAME_RENEWAL",
    ...(tokens.tokenFee === undefined ? {} : { tokensOf: live.address }),
    name: {
      ...record,
      ...tokens,
      sender: recipient,
      address: recipientAddress,
      lastRenewed: at,
      valueHash: op.zonefileHash ?? live.valueHash,
      op: "::",
      opcode: "NAME_RENEWAL",
      txid: op.txid,
      vtxindex: op.vtxindex,
      opFee: op.opFee,
    },
  });
}
