/** wallet.json on disk: the only file of this room that touches it. Every change is a new file, synced, then renamed. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { dirname } from "node:path";
import { BskError } from "../errors.ts";
import { derivePublicKeys, NOTHING_USED, type PublicKeys, runsLow, type UsedCounts } from "./addresses.ts";
import { type KeyTree, keyTree, type Purpose } from "./derivation.ts";
import { boundBytes, decodeWalletFile, encodeWalletFile, type WalletFile } from "./keyfile-format.ts";
import { entropyOf, type Mnemonic, mnemonicOf, seedOf } from "./mnemonic.ts";
import { open, SCRYPT_COST, type ScryptCost, seal } from "./sealed.ts";

/** An open wallet: everything a signer needs. Lives in memory only. */
export interface UnlockedWallet {
  readonly mnemonic: Mnemonic;
  readonly tree: KeyTree;
}

export interface CreateOptions {
  /** Now, as ISO 8601 in UTC. */
  readonly created: string;
  /** Keys that are known to be in use, from a scan at restore. */
  readonly used?: UsedCounts;
  /** Set an existing wallet aside; it is kept beside the new one. Without this, an existing wallet is an error. */
  readonly replace?: boolean;
  /** Lower in tests only. */
  readonly cost?: ScryptCost;
}

/** Is there a wallet file? */
export function keyfileExists(path: string): boolean {
  return fs.existsSync(path);
}

/**
 * Writes a new wallet (mode 0600, its directory 0700).
 * @throws BskError (wallet) if one is there already and `replace` is not set; (machine) if the disk refuses.
 */
export async function createKeyfile(
  path: string,
  mnemonic: Mnemonic,
  passphrase: string,
  { created, used = NOTHING_USED, replace = false, cost = SCRYPT_COST }: CreateOptions,
): Promise<WalletFile> {
  if (!replace && keyfileExists(path)) throw alreadyThere(path);
  const keys = derivePublicKeys(keyTree(seedOf(mnemonic)), used);
  const file = await sealed({ created, keys, used }, mnemonic, passphrase, cost);
  onDisk(path, () => {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const fresh = writeBeside(path, encodeWalletFile(file));
    try {
      if (replace && keyfileExists(path)) fs.linkSync(path, `${path}.replaced-${suffix()}`);
      // A link fails where a rename would silently overwrite a wallet made a moment ago.
      if (replace) fs.renameSync(fresh, path);
      else fs.linkSync(fresh, path);
    } finally {
      fs.rmSync(fresh, { force: true });
    }
    syncDirectory(path);
  });
  return file;
}

/**
 * Reads the public part; needs no passphrase.
 * @throws BskError (wallet) if there is no wallet or the file is damaged; (machine) if it cannot be read.
 */
export function readKeyfile(path: string): WalletFile {
  if (!keyfileExists(path)) {
    throw new BskError("wallet", `no wallet at "${path}"`, {
      hint: "each network has its own; make one with the same --network: bsk wallet create",
    });
  }
  const bytes = onDisk(path, () => fs.readFileSync(path));
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    text = "";
  }
  return decodeWalletFile(text, path);
}

/**
 * The keys behind a passphrase.
 * @throws BskError (wallet) on a wrong passphrase.
 */
export async function unlockKeyfile(file: WalletFile, passphrase: string): Promise<UnlockedWallet> {
  const bound = boundBytes(file.created, file.keys, file.sealed.kdf);
  const mnemonic = mnemonicOf(await open(file.sealed, passphrase, bound));
  return { mnemonic, tree: keyTree(seedOf(mnemonic)) };
}

/** Hands out the next unused key of a purpose: counts it as used, on disk, before anybody sees its address. */
export function takeKey(path: string, purpose: Purpose): { readonly file: WalletFile; readonly index: number } {
  const file = readKeyfile(path);
  const index = file.used[purpose];
  return { file: raiseUsed(path, { ...file.used, [purpose]: index + 1 }), index };
}

/** Raises counts of used keys, never lowers them: what a scan of the chain found. */
export function raiseUsed(path: string, found: UsedCounts): WalletFile {
  const file = readKeyfile(path);
  const used = {
    payment: Math.max(file.used.payment, found.payment),
    change: Math.max(file.used.change, found.change),
    owner: Math.max(file.used.owner, found.owner),
    reveal: Math.max(file.used.reveal, found.reveal),
  };
  const missing = (["owner", "reveal"] as const).find((purpose) => used[purpose] > file.keys[purpose].length);
  if (missing !== undefined) {
    throw new BskError("wallet", `the wallet has no more ${missing} keys that were derived ahead`, {
      hint: "a command that asks for the passphrase derives more",
    });
  }
  return rewrite(path, { ...file, used });
}

/** Derives more hardened public keys if few are left. Call it whenever the wallet is open anyway. */
export async function topUpKeys(path: string, wallet: UnlockedWallet, passphrase: string): Promise<WalletFile> {
  const file = readKeyfile(path);
  if (!runsLow(file.keys, file.used)) return file;
  const keys = derivePublicKeys(wallet.tree, file.used, file.keys);
  return rewrite(path, await sealed({ ...file, keys }, wallet.mnemonic, passphrase, file.sealed.kdf));
}

async function sealed(
  { created, keys, used }: { readonly created: string; readonly keys: PublicKeys; readonly used: UsedCounts },
  mnemonic: Mnemonic,
  passphrase: string,
  { n, r, p }: ScryptCost,
): Promise<WalletFile> {
  const bound = (kdf: WalletFile["sealed"]["kdf"]): Uint8Array => boundBytes(created, keys, kdf);
  return {
    created,
    keys,
    used,
    sealed: await seal(entropyOf(mnemonic), passphrase, bound, randomBytes(28), { n, r, p }),
  };
}

function rewrite(path: string, file: WalletFile): WalletFile {
  return onDisk(path, () => {
    const fresh = writeBeside(path, encodeWalletFile(file));
    try {
      fs.renameSync(fresh, path);
    } finally {
      fs.rmSync(fresh, { force: true });
    }
    syncDirectory(path);
    return file;
  });
}

const suffix = (): string => randomBytes(4).toString("hex");

/** Writes and syncs a new file in the directory of `path`; returns its name. */
function writeBeside(path: string, text: string): string {
  const fresh = `${path}.new-${suffix()}`;
  const handle = fs.openSync(fresh, "wx", 0o600);
  try {
    fs.writeFileSync(handle, text);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  return fresh;
}

/** A rename is durable only once its directory is. */
function syncDirectory(path: string): void {
  const handle = fs.openSync(dirname(path), "r");
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

function alreadyThere(path: string): BskError {
  return new BskError("wallet", `there is a wallet already at "${path}"`, {
    hint: "move it away, or say that it may be replaced; it is kept beside the new one",
  });
}

function onDisk<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof BskError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") throw alreadyThere(path);
    throw new BskError("machine", `cannot use wallet file "${path}": ${message}`, { cause });
  }
}
