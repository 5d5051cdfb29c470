/** The recovery phrase (BIP 39, English): the one thing from which every key of a wallet can be made again. */
import { entropyToMnemonic, mnemonicToEntropy, mnemonicToSeedSync } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { BskError } from "../errors.ts";
import type { Brand } from "../primitives/brand.ts";

/** A checked phrase: lowercase English words with single spaces between them. */
export type Mnemonic = Brand<string, "Mnemonic">;

/** Words in a phrase of BIP 39, and the bytes of entropy behind them. */
const ENTROPY_BYTES: Readonly<Record<number, number>> = { 12: 16, 15: 20, 18: 24, 21: 28, 24: 32 };

const WORDS: ReadonlySet<string> = new Set(wordlist);

/**
 * The phrase of some entropy: 16 bytes give 12 words, 32 bytes give 24.
 * @throws BskError (wallet) on another length than BIP 39 knows.
 */
export function mnemonicOf(entropy: Uint8Array): Mnemonic {
  if (!Object.values(ENTROPY_BYTES).includes(entropy.length)) {
    throw new BskError("wallet", `a recovery phrase is made of 16 or 32 random bytes, not of ${entropy.length}`);
  }
  return entropyToMnemonic(entropy, wordlist) as Mnemonic;
}

/**
 * A phrase as a person types it: any case, any white space.
 * @throws BskError (wallet) that says which word is not in the list, or that the checksum does not match. The message
 * never repeats a word that is in the list.
 */
export function parseMnemonic(text: string): Mnemonic {
  const words = text.normalize("NFKD").toLowerCase().split(/\s+/u).filter(Boolean);
  words.forEach((word, i) => {
    if (!WORDS.has(word)) throw unknownWord(word, i + 1);
  });
  if (ENTROPY_BYTES[words.length] === undefined) {
    throw new BskError("wallet", `a recovery phrase has 12, 15, 18, 21 or 24 words, not ${words.length}`);
  }
  const phrase = words.join(" ");
  try {
    mnemonicToEntropy(phrase, wordlist);
  } catch (cause) {
    throw new BskError("wallet", "the checksum of the recovery phrase does not match", {
      hint: "all words are in the list, so one of them was swapped for another or they are out of order",
      cause,
    });
  }
  return phrase as Mnemonic;
}

function unknownWord(word: string, position: number): BskError {
  const shown = word.length > 20 ? `${word.slice(0, 20)}…` : word;
  // The first four letters tell all words of the list apart.
  const like = [4, 3].map((letters) => wordlist.filter((known) => known.startsWith(word.slice(0, letters))));
  const near = like.find((found) => word.length >= 3 && found.length > 0 && found.length <= 8);
  return new BskError("wallet", `word ${position} of the recovery phrase, "${shown}", is not in the English list`, {
    hint: near === undefined ? "the list is that of BIP 39" : `words of the list like it: ${near.join(", ")}`,
  });
}

/** The entropy behind a phrase, 16 to 32 bytes. */
export function entropyOf(mnemonic: Mnemonic): Uint8Array {
  return mnemonicToEntropy(mnemonic, wordlist);
}

/** The 64-byte seed of BIP 39, without a passphrase (as the original: spec 08 §1). Takes about 30 ms. */
export function seedOf(mnemonic: Mnemonic): Uint8Array {
  return mnemonicToSeedSync(mnemonic);
}
