/** The rules that came with tokens, which have their own tests. */
import type { RuleId } from "../../src/rules/verdict.ts";

export const TOKEN_RULES: readonly RuleId[] = [
  "account-closed",
  "account-locked",
  "insufficient-balance",
  "insufficient-tokens",
  "no-account",
  "no-amount",
  "preorder-too-old",
  "same-account",
  "tokens-not-accepted",
  "tokens-required",
  "wrong-token",
];
