/** One block of operations: what is checked before the first of them is applied, and the way to each rule (spec 02 §3). */
import type { Address } from "../bitcoin/address.ts";
import type { ImportOp, NamespaceRevealOp, Operation, RegisterOp } from "../ops/operation.ts";
import type { TokenTransferRecord } from "../ops/record.ts";
import type { Txid } from "../primitives/hash.ts";
import type { Name, NamespaceId } from "../primitives/name.ts";
import { namespaceOf } from "../primitives/name.ts";
import { STACKS, type TokenAmount } from "../primitives/token-amount.ts";
import { checkAnnounce } from "./announce.ts";
import type { BlockState } from "./block-state.ts";
import { importKeyRing } from "./import-keys.ts";
import { checkImport } from "./name-import.ts";
import { checkNamespacePreorder, checkNamespaceReady, checkNamespaceReveal } from "./namespace.ts";
import { checkPreorder } from "./preorder.ts";
import { checkRegister, checkRenewal } from "./register.ts";
import { checkRevoke } from "./revoke.ts";
import { checkTokenTransfer } from "./token-transfer.ts";
import { checkTransfer } from "./transfer.ts";
import { checkUpdate } from "./update.ts";
import type { AcceptedBns, BnsVerdict } from "./verdict.ts";

/** Is the operation allowed on top of what the block did so far? Changes nothing. */
export function checkOperation(op: Operation, state: BlockState): BnsVerdict {
  switch (op.kind) {
    case "NAME_PREORDER":
      return checkPreorder(op, state);
    case "NAME_REGISTRATION":
      return checkRegister(op, state);
    case "NAME_RENEWAL":
      return checkRenewal(op, state);
    case "NAME_UPDATE":
      return checkUpdate(op, state);
    case "NAME_TRANSFER":
      return checkTransfer(op, state);
    case "NAME_REVOKE":
      return checkRevoke(op, state);
    case "NAME_IMPORT":
      return checkImport(op, state);
    case "NAMESPACE_PREORDER":
      return checkNamespacePreorder(op, state);
    case "NAMESPACE_REVEAL":
      return checkNamespaceReveal(op, state);
    case "NAMESPACE_READY":
      return checkNamespaceReady(op, state);
    case "ANNOUNCE":
      return checkAnnounce(op, state);
    case "TOKEN_TRANSFER":
      return checkTokenTransfer(op, state);
  }
}

/** Puts an accepted operation into the state. */
export function applyOperation(accepted: AcceptedBns, state: BlockState): void {
  switch (accepted.kind) {
    case "NAME_PREORDER":
    case "NAMESPACE_PREORDER":
      state.openPreorder(accepted.preorder);
      payInTokens(accepted.preorder, accepted.preorder.address, state);
      return;
    case "NAME_REGISTRATION":
      state.consumePreorders(accepted.consumes);
      state.register(accepted.name);
      return;
    case "NAME_RENEWAL":
      if (accepted.tokensOf !== undefined) payInTokens(accepted.name, accepted.tokensOf, state);
      state.putName(accepted.name);
      return;
    case "NAME_UPDATE":
    case "NAME_TRANSFER":
    case "NAME_REVOKE":
    case "NAME_IMPORT":
      state.putName(accepted.name);
      return;
    case "NAMESPACE_REVEAL":
      state.consumePreorders(accepted.consumes);
      state.created.add(accepted.namespace.namespaceId);
      state.putNamespace(accepted.namespace);
      return;
    case "NAMESPACE_READY":
      state.putNamespace(accepted.namespace);
      return;
    case "ANNOUNCE":
      return;
    case "TOKEN_TRANSFER":
      moveTokens(accepted.transfer, state);
      return;
  }
}

interface TokenPayment {
  readonly tokenFee?: TokenAmount;
  readonly txid: Txid;
  readonly vtxindex: number;
}

function payInTokens({ tokenFee, txid, vtxindex }: TokenPayment, address: Address, state: BlockState): void {
  if (tokenFee === undefined) return;
  state.accounts.debit({ address, type: STACKS }, tokenFee, { txid, vtxindex, blockNumber: state.at });
}

function moveTokens(transfer: TokenTransferRecord, state: BlockState): void {
  const { address, recipientAddress, tokenUnits: type, tokenFee } = transfer;
  state.accounts.debit({ address, type }, tokenFee, transfer);
  state.accounts.credit({ address: recipientAddress, type }, tokenFee, transfer);
}

/** What a creation claims for itself in its block. */
function claimOf(op: RegisterOp | NamespaceRevealOp): Name | NamespaceId {
  return op.kind === "NAME_REGISTRATION" ? op.name : op.namespaceId;
}

/**
 * Creations that are valid at the start of the block and claim one key cancel each other. Only keys that occur more
 * than once need a check here.
 */
function findCollisions(ops: readonly Operation[], state: BlockState): void {
  const creations = ops.filter((op) => op.kind === "NAME_REGISTRATION" || op.kind === "NAMESPACE_REVEAL");
  const counts = new Map<Name | NamespaceId, number>();
  for (const op of creations) counts.set(claimOf(op), (counts.get(claimOf(op)) ?? 0) + 1);
  const claimed = new Set<Name | NamespaceId>();
  const collided = new Set<Name | NamespaceId>();
  for (const op of creations) {
    const key = claimOf(op);
    if (counts.get(key) === 1 || checkOperation(op, state).kind === "rejected") continue;
    if (claimed.has(key)) collided.add(key);
    claimed.add(key);
  }
  for (const key of collided) state.collided.add(key);
}

/**
 * The first import that is valid at the start of the block and comes from the revealer fixes the namespace's key ring,
 * even for imports that stand before it in the block (quirk R7).
 */
function fixImportKeys(ops: readonly Operation[], state: BlockState): void {
  const imports = ops.filter((op): op is ImportOp => op.kind === "NAME_IMPORT");
  for (const op of imports) {
    const namespaceId = namespaceOf(op.name);
    if (op.senderPubkey === null || state.importKeys(namespaceId) !== null) continue;
    if (checkImport(op, state).kind === "rejected") continue;
    state.fixImportKeys(namespaceId, importKeyRing(op.senderPubkey, op.address, state.network));
  }
}

/** Looks over a whole block before its first operation is judged. */
export function prescan(ops: readonly Operation[], state: BlockState): void {
  findCollisions(ops, state);
  fixImportKeys(ops, state);
}
