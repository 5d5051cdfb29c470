/** Bytes under a passphrase: scrypt makes the key, AES-256-GCM hides the bytes and binds them to public data. */
import { createCipheriv, createDecipheriv, scrypt } from "node:crypto";
import { BskError } from "../errors.ts";
import { concat, fromHex, toHex } from "../primitives/bytes.ts";

/** Cost of scrypt. `n` is a power of two; memory is 128 * n * r bytes. */
export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** About 0.3 seconds and 128 MiB on the machines of 2026. */
export const SCRYPT_COST: ScryptCost = { n: 2 ** 17, r: 8, p: 1 };

/** Most memory that a file may ask of scrypt: a damaged or hostile cost must not exhaust the machine. */
const MOST_MEMORY = 512 * 1024 * 1024;

/** All in lowercase hex except the cost. */
export interface Sealed {
  readonly kdf: { readonly name: "scrypt"; readonly salt: string } & ScryptCost;
  readonly cipher: {
    readonly name: "aes-256-gcm";
    readonly nonce: string;
    readonly tag: string;
    readonly text: string;
  };
}

/** Can scrypt be run at this cost, within the memory we allow? */
export function isBearable({ n, r, p }: ScryptCost): boolean {
  return [n, r, p].every((x) => Number.isInteger(x) && x > 0) && n >= 2 && (n & (n - 1)) === 0 && p <= 16 && r <= 64 &&
    n <= 2 ** 24 && 128 * n * r <= MOST_MEMORY; // prettier-ignore
}

function keyOf(passphrase: string, { salt, n, r, p }: Sealed["kdf"]): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // NFKC: the same passphrase typed on another keyboard gives the same bytes.
    const options = { N: n, r, p, maxmem: MOST_MEMORY + 1024 * 1024 };
    scrypt(passphrase.normalize("NFKC"), fromHex(salt), 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/**
 * Hides a secret. `bound` is public data that must be the same when the secret is opened. `random` are 28 fresh random
 * bytes: salt and nonce.
 */
export async function seal(
  secret: Uint8Array,
  passphrase: string,
  bound: (kdf: Sealed["kdf"]) => Uint8Array,
  random: Uint8Array,
  cost: ScryptCost,
): Promise<Sealed> {
  const kdf = { name: "scrypt", ...cost, salt: toHex(random.slice(0, 16)) } as const;
  const nonce = random.slice(16, 28);
  const cipher = createCipheriv("aes-256-gcm", await keyOf(passphrase, kdf), nonce);
  cipher.setAAD(bound(kdf));
  const text = toHex(concat(cipher.update(secret), cipher.final()));
  return { kdf, cipher: { name: "aes-256-gcm", nonce: toHex(nonce), tag: toHex(cipher.getAuthTag()), text } };
}

/**
 * The secret again.
 * @throws BskError (wallet) if the passphrase is wrong or the data was changed: the cipher cannot tell these apart.
 */
export async function open(sealed: Sealed, passphrase: string, bound: Uint8Array): Promise<Uint8Array> {
  const { kdf, cipher } = sealed;
  const key = await keyOf(passphrase, kdf);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, fromHex(cipher.nonce), { authTagLength: 16 });
    decipher.setAAD(bound);
    decipher.setAuthTag(fromHex(cipher.tag));
    return concat(decipher.update(fromHex(cipher.text)), decipher.final());
  } catch {
    throw new BskError("wallet", "wrong passphrase", {
      hint: "if you are sure of it, the wallet file was changed by someone: restore from the recovery phrase",
    });
  }
}
