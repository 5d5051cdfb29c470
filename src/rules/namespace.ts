/** NAMESPACE_PREORDER, NAMESPACE_REVEAL and NAMESPACE_READY (spec 02 §6). */
import type { NamespacePreorderOp, NamespaceReadyOp, NamespaceRevealOp } from "../ops/operation.ts";
import type { PreorderRecord } from "../ops/record.ts";
import type { NamespaceId } from "../primitives/name.ts";
import { STACKS } from "../primitives/token-amount.ts";
import { blockHeight } from "../primitives/units.ts";
import { type Epoch, enables } from "../protocol/epoch.ts";
import type { BlockState } from "./block-state.ts";
import { namespacePrice } from "./price.ts";
import { checkFunds } from "./token-payment.ts";
import { namespaceTokenPrice } from "./token-price.ts";
import { type BnsVerdict, accept, reject } from "./verdict.ts";
import { isNamespacePreorderTaken, isRecent, readyNamespace, revealedNamespace } from "./visibility.ts";

export function checkNamespacePreorder(op: NamespacePreorderOp, state: BlockState): BnsVerdict {
  const { preorderHash, consensusHash, sender, senderPubkey, address, txid, vtxindex, opFee, burnAddress } = op;
  if (isNamespacePreorderTaken(preorderHash, state)) {
    return reject("preorder-exists", `preorder ${preorderHash} is already open`);
  }
  if (!isRecent(consensusHash, state)) {
    return reject("consensus-hash-expired", `consensus hash ${consensusHash} is not of the last blocks`);
  }
  const due = state.network.burnAddress;
  if (burnAddress !== due) return reject("wrong-burn-address", `the burn goes to "${burnAddress}", not to "${due}"`);
  if (op.tokenFee !== undefined) {
    const unfunded = checkFunds(address, STACKS, op.tokenFee, state);
    if (unfunded !== null) return unfunded;
  }
  if (state.preordered.has(preorderHash)) {
    return reject("preorder-exists", `preorder ${preorderHash} is already in this block`);
  }
  return accept({
    kind: "NAMESPACE_PREORDER",
    preorder: {
      op: "*",
      preorderHash,
      consensusHash,
      sender,
      senderPubkey,
      address,
      blockNumber: state.at,
      txid,
      vtxindex,
      opFee,
      burnAddress,
      ...(op.tokenFee === undefined ? {} : { tokenFee: op.tokenFee }),
    },
  });
}

function isVersionEnabled(version: number, epoch: Epoch): boolean {
  if (version === 2) return enables(epoch, "NAMESPACE_BURN_TO_CREATOR");
  return version === 1 || enables(epoch, "NAMESPACE_PAY_WITH_STACKS");
}

/** Null if the preorder paid enough: by the price of now, not of the preorder (quirk R6). */
function checkNamespacePaid(
  id: NamespaceId,
  preorder: PreorderRecord,
  { at, epoch, network }: BlockState,
): BnsVerdict | null {
  const { opFee, tokenFee } = preorder;
  if (tokenFee !== undefined) {
    const price = namespaceTokenPrice(id, network, at);
    if (price !== null && BigInt(tokenFee) >= price) return null;
    return reject(
      "insufficient-tokens",
      `${tokenFee} millionths of a token paid, namespace "${id}" costs ${String(price)}`,
    );
  }
  const price = namespacePrice(id, network, at);
  // Paid in bitcoin before there were tokens, revealed since: the original found no price, and took any fee.
  if (price === null && epoch.tokens !== undefined) return null;
  if (price === null) return reject("no-price", `namespace "${id}" has no price in this epoch`);
  if (opFee >= price) return null;
  return reject("insufficient-burn", `${opFee} satoshis burned, namespace "${id}" costs ${price}`);
}

export function checkNamespaceReveal(op: NamespaceRevealOp, state: BlockState): BnsVerdict {
  const { namespaceId, preorderHash, version, sender, senderPubkey, address, recipient, recipientAddress } = op;
  const { at, epoch } = state;
  if (revealedNamespace(namespaceId, state) !== null) {
    return reject("namespace-exists", `namespace "${namespaceId}" is already revealed`);
  }
  if (readyNamespace(namespaceId, state) !== null) {
    return reject("namespace-exists", `namespace "${namespaceId}" is already open`);
  }
  const preorder = state.preorders(preorderHash).find((row) => row.op === "*");
  if (preorder === undefined) {
    return reject("preorder-not-found", `no open preorder is for namespace "${namespaceId}", this sender and revealer`);
  }
  if (!isVersionEnabled(version, epoch)) {
    return reject("namespace-version", `namespace version ${version} is not enabled in epoch ${epoch.number}`);
  }
  const unpaid = checkNamespacePaid(namespaceId, preorder, state);
  if (unpaid !== null) return unpaid;
  if (state.collided.has(namespaceId) || state.created.has(namespaceId)) {
    return reject("namespace-collision", `namespace "${namespaceId}" is revealed more than once in this block`);
  }
  const { lifetime, coeff, base, buckets, nonalphaDiscount, noVowelDiscount, txid, vtxindex } = op;
  return accept({
    kind: "NAMESPACE_REVEAL",
    consumes: preorderHash,
    namespace: {
      namespaceId,
      lifetime,
      coeff,
      base,
      buckets,
      nonalphaDiscount,
      noVowelDiscount,
      version,
      preorderHash,
      sender,
      senderPubkey,
      address,
      recipient,
      recipientAddress,
      // A lapsed namespace that is revealed anew keeps its first height.
      blockNumber: state.namespace(namespaceId)?.blockNumber ?? preorder.blockNumber,
      revealBlock: at,
      readyBlock: blockHeight(0),
      op: "&",
      opcode: "NAMESPACE_REVEAL",
      txid,
      vtxindex,
      opFee: preorder.opFee,
      ...(preorder.tokenFee === undefined ? {} : { tokenFee: preorder.tokenFee }),
    },
  });
}

export function checkNamespaceReady(op: NamespaceReadyOp, state: BlockState): BnsVerdict {
  const { namespaceId, sender, address, txid, vtxindex } = op;
  const namespace = revealedNamespace(namespaceId, state);
  if (namespace === null) {
    return reject("namespace-not-revealed", `namespace "${namespaceId}" is not revealed, or already open or lapsed`);
  }
  if (namespace.recipient !== sender) {
    return reject("not-revealer", `"${address}" is not the revealer of namespace "${namespaceId}"`);
  }
  return accept({
    kind: "NAMESPACE_READY",
    // The script becomes the revealer's, while address and key stay the creator's (quirk R8).
    namespace: { ...namespace, sender, readyBlock: state.at, op: "!", opcode: "NAMESPACE_READY", txid, vtxindex },
  });
}
