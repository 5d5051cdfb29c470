/** The answer of a rule, and every rule by its name. */
import type { AppliedOperation } from "../ops/applied.ts";

/** What a BNS operation came to. */
export type AcceptedBns = AppliedOperation;

/** rule -> what it demands. The word is stable: scripts match it, the wallet prints it. */
export const RULES = {
  "chain-ended": "the network ended: operations from its end height on are ignored",
  "not-an-operation": "the transaction must have the inputs and outputs that its operation asks for",
  "consensus-hash-expired": "the embedded consensus hash must be of one of the last blocks",
  "preorder-exists": "no other open preorder may have the same hash",
  "preorder-not-found": "a preorder by the same sender for the same owner must be open",
  "preorder-expired": "the preorder must be younger than a name's lifetime",
  "preorder-too-early": "the preorder must not be older than the opening of its namespace",
  quota: "a script may own only so many names",
  "name-registered": "the name must be free",
  "name-not-registered": "the name must be registered and not expired",
  "name-revoked": "the name must not be revoked",
  "name-in-grace": "an expired name in its grace period can only be renewed",
  "name-collision": "two registrations of one name in one block cancel each other",
  "not-owner": "the sender must own the name",
  "already-owner": "the recipient must not own the name already",
  "p2sh-not-enabled": "script hash owners and senders come with epoch 2",
  "owner-change-not-enabled": "a renewal can change the owner from epoch 3 on",
  "insufficient-burn": "the burn must not be less than the price",
  "wrong-burn-address": "the burn must go to the right address",
  "preorder-too-old": "since there are tokens, a registration must follow its preorder within a day",
  "no-price": "the namespace id must have a price in this epoch",
  "update-hash-unknown": "the update must name one of the sender's names with a recent consensus hash",
  "namespace-not-ready": "the namespace must be open",
  "namespace-exists": "the namespace must be free",
  "namespace-not-revealed": "the namespace must be revealed, and not open or lapsed",
  "namespace-collision": "two reveals of one namespace in one block cancel each other",
  "namespace-version": "the namespace version must be enabled in this epoch",
  "not-revealer": "the sender must be the revealer of the namespace",
  "no-public-key": "the sender must be p2pkh and show its public key",
  "not-import-key": "the sender must be the revealer or one of the import keys derived from it",
  "no-account": "who pays or sends tokens must have an account of them",
  "insufficient-tokens": "the tokens paid must not be less than the price",
  "insufficient-balance": "the account must hold what is paid or sent",
  "wrong-token": "names are paid in STACKS tokens",
  "tokens-required": "names of a version 3 namespace are paid in tokens only",
  "tokens-not-accepted": "names of a version 2 namespace that pay its creator are paid in bitcoin only",
  "no-amount": "a transfer must send something",
  "same-account": "a transfer must go to another account",
  "account-locked": "the sender's tokens must not be locked any more",
  "account-closed": "the recipient's account must be open to transfers",
  "not-announcer": "the sender must own one of the announcer names that this node listens to",
} as const;

export type RuleId = keyof typeof RULES;

/** Taken, with the record as it stands after the operation, or ignored, by which rule and why in this case. */
export type BnsVerdict =
  | { readonly kind: "accepted"; readonly accepted: AcceptedBns }
  | { readonly kind: "rejected"; readonly rule: RuleId; readonly because: string };

export function accept(accepted: AcceptedBns): BnsVerdict {
  return { kind: "accepted", accepted };
}

export function reject(rule: RuleId, because: string): BnsVerdict {
  return { kind: "rejected", rule, because };
}
