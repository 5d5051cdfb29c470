/** What a passphrase must be to guard a wallet. */
import { BskError } from "../errors.ts";

/** Characters, as in the original (spec 08 §2.3). scrypt makes each guess dear, but few characters are few guesses. */
const LEAST_LENGTH = 8;

/** @throws BskError (wallet) for one that is too short. */
export function checkPassphrase(passphrase: string): void {
  const { length } = Array.from(passphrase);
  if (length >= LEAST_LENGTH) return;
  throw new BskError("wallet", `the passphrase has ${length} characters, it needs at least ${LEAST_LENGTH}`, {
    rule: "passphrase-too-short",
    hint: "four or more unrelated words are strong and easy to remember",
  });
}
