/** TOKEN_TRANSFER (spec 02 §10). */
import type { TokenTransferOp } from "../ops/operation.ts";
import { enables } from "../protocol/epoch.ts";
import type { BlockState } from "./block-state.ts";
import { checkFunds } from "./token-payment.ts";
import { type BnsVerdict, accept, reject } from "./verdict.ts";
import { isRecent } from "./visibility.ts";

/** Stands for "any chain": 16 zero bytes, taken from epoch 5 on. */
const NO_CONSENSUS_HASH = "00".repeat(16);

export function checkTokenTransfer(op: TokenTransferOp, state: BlockState): BnsVerdict {
  const { address, recipientAddress, consensusHash, tokenFee, tokenUnits: type } = op;
  if (tokenFee === "0") return reject("no-amount", `"${address}" sends nothing`);
  if (recipientAddress === address) return reject("same-account", `"${address}" sends tokens to itself`);
  const forAnyChain =
    consensusHash === NO_CONSENSUS_HASH && enables(state.epoch, "TOKEN_TRANSFER_CONSENSUS_HASH_OPTIONAL");
  if (!forAnyChain && !isRecent(consensusHash, state)) {
    return reject("consensus-hash-expired", `consensus hash ${consensusHash} is not of the last blocks`);
  }
  const lockedUntil = state.account({ address, type })?.lockTransferBlockId ?? 0;
  if (state.at < lockedUntil) return reject("account-locked", `"${address}" can send from height ${lockedUntil} on`);
  const unfunded = checkFunds(address, type, tokenFee, state);
  if (unfunded !== null) return unfunded;
  if (state.account({ address: recipientAddress, type })?.receiveWhitelisted === false) {
    return reject("account-closed", `"${recipientAddress}" does not take transfers`);
  }
  const { txid, vtxindex, sender, recipient, tokenUnits, scratchArea } = op;
  return accept({
    kind: "TOKEN_TRANSFER",
    transfer: {
      op: "$",
      sender,
      address,
      recipient,
      recipientAddress,
      tokenUnits,
      tokenFee,
      blockNumber: state.at,
      txid,
      vtxindex,
      consensusHash,
      scratchArea,
    },
  });
}
