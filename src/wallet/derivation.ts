/**
 * Which key is where under the seed (BIP 32). The paths are data, so that a restore can find them again.
 *
 * Coin type and account are those of the original on every chain, test chains included (spec 08 §1: it used
 * `m/44'/0'/0'` there too), so one phrase gives the same keys on all networks and only addresses look different.
 */
import { HARDENED_OFFSET, HDKey } from "@scure/bip32";

/** What a key is for. */
export type Purpose = "payment" | "change" | "owner" | "reveal";

/** One key of a wallet. */
export interface KeyPath {
  readonly purpose: Purpose;
  readonly index: number;
}

interface Branch {
  /** The parent of the keys. */
  readonly path: string;
  /** Hardened children need the seed even for their public keys. */
  readonly hardened: boolean;
}

/** BIP 44, bitcoin, account 0: its extended public key gives all payment and change addresses. */
export const ACCOUNT_PATH = "m/44'/0'/0'";

export const BRANCHES: Readonly<Record<Purpose, Branch>> = {
  payment: { path: `${ACCOUNT_PATH}/0`, hardened: false },
  change: { path: `${ACCOUNT_PATH}/1`, hardened: false },
  /** Identity keychain of the original: owners of names. */
  owner: { path: "m/888'/0'", hardened: true },
  /**
   * Revealers of namespaces, our choice: the identity branch beside the owners, used by nothing before. Hardened,
   * because everyone can derive the import keys below it (their chain code is zero): one leaked import key gives its
   * revealer's private key away, and must not give more.
   */
  reveal: { path: "m/888'/1'", hardened: true },
};

export const PURPOSES = Object.keys(BRANCHES) as readonly Purpose[];

/** "m/888'/0'/3'" */
export function pathText({ purpose, index }: KeyPath): string {
  const { path, hardened } = BRANCHES[purpose];
  return `${path}/${index}${hardened ? "'" : ""}`;
}

/** Makes keys from a seed; derives each branch once. */
export interface KeyTree {
  /** The 32-byte private key of a path. */
  privateKey(path: KeyPath): Uint8Array;
  /** The compressed public key of a path, 33 bytes. */
  publicKey(path: KeyPath): Uint8Array;
  /** Extended public key of `ACCOUNT_PATH`, always with mainnet's version bytes: keys belong to no network. */
  readonly accountXpub: string;
}

export function keyTree(seed: Uint8Array): KeyTree {
  const master = HDKey.fromMasterSeed(seed);
  const branches = new Map<Purpose, HDKey>();
  const child = ({ purpose, index }: KeyPath): HDKey => {
    const { path, hardened } = BRANCHES[purpose];
    const branch = branches.get(purpose) ?? master.derive(path);
    branches.set(purpose, branch);
    return branch.deriveChild(hardened ? HARDENED_OFFSET + index : index);
  };
  return {
    privateKey: (path) => known(child(path).privateKey),
    publicKey: (path) => known(child(path).publicKey),
    accountXpub: master.derive(ACCOUNT_PATH).publicExtendedKey,
  };
}

/** Public keys of payment and change indexes from the account's extended public key alone. */
export function accountKeys(accountXpub: string): (chain: "payment" | "change", index: number) => Uint8Array {
  const account = HDKey.fromExtendedKey(accountXpub);
  const chains = { payment: account.deriveChild(0), change: account.deriveChild(1) };
  return (chain, index) => known(chains[chain].deriveChild(index).publicKey);
}

const ZERO_CHAIN_CODE = new Uint8Array(32);

/**
 * Public key `index` of the keys that may import into a namespace: children of the revealer's public key as a BIP 32
 * node with a chain code of 32 zero bytes (spec 02 §6.3).
 */
export function importPublicKey(revealPublicKey: Uint8Array, index: number): Uint8Array {
  return known(new HDKey({ publicKey: revealPublicKey, chainCode: ZERO_CHAIN_CODE }).deriveChild(index).publicKey);
}

/** The private key that belongs to `importPublicKey`. */
export function importPrivateKey(revealPrivateKey: Uint8Array, index: number): Uint8Array {
  return known(new HDKey({ privateKey: revealPrivateKey, chainCode: ZERO_CHAIN_CODE }).deriveChild(index).privateKey);
}

function known(key: Uint8Array | null): Uint8Array {
  if (key === null) throw new Error("a key derived from a private key has both halves");
  return key;
}
