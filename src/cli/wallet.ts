/** The wallet of one network as commands see it. All that changes its file runs under the directory's lock. */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import type { OwnScript, UsedCounts } from "../wallet/addresses.ts";
import type { OutpointText, Purse } from "../wallet/coins.ts";
import type { KeyPath, Purpose } from "../wallet/derivation.ts";
import type { UnlockedWallet } from "../wallet/keyfile.ts";
import type { WalletFile } from "../wallet/keyfile-format.ts";
import type { KeyFinder } from "../wallet/keys.ts";
import type { Mnemonic } from "../wallet/mnemonic.ts";

/** One key of the wallet, public half. */
export interface WalletKey {
  readonly path: KeyPath;
  readonly script: ScriptHex;
  readonly address: Address;
}

/** A wallet whose passphrase was given. Lives in memory only. */
export interface OpenWallet extends UnlockedWallet {
  /** Finds the key of every script of the wallet. */
  readonly keyOf: KeyFinder;
}

export interface NewWallet {
  readonly mnemonic: Mnemonic;
  readonly passphrase: string;
  /** Keys known to be in use. */
  readonly used: UsedCounts;
  /** Set a wallet that is there aside instead of refusing. */
  readonly replace: boolean;
}

/** A coin that the user set aside. */
export interface CoinLock {
  readonly outpoint: OutpointText;
  /** The user's words. */
  readonly reason: string | null;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** Every method but `exists` and `create` throws `BskError` wallet where there is no wallet, or a damaged one. */
export interface Wallet {
  /** Its file, `wallet.json` among the network's data. */
  readonly path: string;
  exists(): boolean;
  /** @throws BskError wallet if one is there and is not to be replaced. */
  create(wallet: NewWallet): Promise<WalletFile>;
  /** The public part, as it is on disk now. */
  file(): WalletFile;
  /** All scripts that may hold coins: of keys in use, and some beyond them. */
  scripts(): readonly OwnScript[];
  /** The compressed public key of a script of ours. */
  publicKeyOf(script: ScriptHex): Uint8Array | undefined;
  /** The next unused key, without handing it out: for plans that may not be carried out. */
  next(purpose: Purpose): WalletKey;
  /** Hands out the next unused key; that it is in use is on disk before this resolves. */
  take(purpose: Purpose): Promise<WalletKey>;
  /** Counts as in use, on disk, every key of ours among these scripts, such as those of a plan about to be signed. */
  use(scripts: readonly ScriptHex[]): Promise<void>;
  /** Asks for the passphrase, once; derives more keys ahead where few are left. @throws BskError wallet if it is wrong. */
  unlock(): Promise<OpenWallet>;
  /** Its coins as they really stand, what is under way included. Keys that were found to hold coins count as in use. */
  purse(): Promise<Purse>;
  /** Coins that the user set aside, as they are on disk now. */
  coinLocks(): Promise<readonly CoinLock[]>;
  /**
   * Sets a coin aside; false if it was already.
   * @throws BskError usage, rule `no-such-coin`, for one that the wallet does not hold
   */
  lockCoin(outpoint: OutpointText, reason: string | null): Promise<boolean>;
  /** False if it was not set aside. */
  unlockCoin(outpoint: OutpointText): Promise<boolean>;
  /**
   * Does something while no other process may change this wallet or choose its coins: from planning until what was
   * planned is in the journal. Waits a little for another holder.
   * @throws BskError machine with rule `locked`
   */
  alone<T>(purpose: string, work: () => Promise<T>): Promise<T>;
}
