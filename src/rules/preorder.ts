/** NAME_PREORDER: blind, so that neither name, nor address, nor amount of the burn are judged yet (spec 02 §5.1). */
import type { PreorderOp } from "../ops/operation.ts";
import type { BlockState } from "./block-state.ts";
import { checkPreorderFunds } from "./token-payment.ts";
import { type BnsVerdict, accept, reject } from "./verdict.ts";
import { isAtQuota, isNamePreorderTaken, isRecent } from "./visibility.ts";

export function checkPreorder(op: PreorderOp, state: BlockState): BnsVerdict {
  const { preorderHash, consensusHash, sender, senderPubkey, address, txid, vtxindex, opFee, burnAddress } = op;
  if (isNamePreorderTaken(preorderHash, state)) {
    return reject("preorder-exists", `preorder ${preorderHash} is already open`);
  }
  if (!isRecent(consensusHash, state)) {
    return reject("consensus-hash-expired", `consensus hash ${consensusHash} is not of the last blocks`);
  }
  if (isAtQuota(sender, state)) {
    return reject("quota", `"${address}" owns ${state.network.maxNamesPerSender} names already`);
  }
  const unfunded = checkPreorderFunds(op, state);
  if (unfunded !== null) return unfunded;
  if (state.preordered.has(preorderHash)) {
    return reject("preorder-exists", `preorder ${preorderHash} is already in this block`);
  }
  return accept({
    kind: "NAME_PREORDER",
    preorder: {
      op: "?",
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
