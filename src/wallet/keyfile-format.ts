/**
 * wallet.json as text: one spelling, checked whole before anything of it is used.
 *
 *   format, version, created
 *   keys      public keys: addresses, balances and names are known without the passphrase
 *   used      how many keys of each purpose were handed out
 *   sealed    the entropy of the recovery phrase under the passphrase; format, version, created, kdf and keys bound to it
 *   checksum  SHA256 of all the above: tells damage from a wrong passphrase
 *
 * Nothing in it belongs to a network: which one it serves is said by the directory that it lies in.
 */
import { BskError } from "../errors.ts";
import { fromUtf8, toHex } from "../primitives/bytes.ts";
import { sha256 } from "../primitives/digest.ts";
import type { PublicKeys, UsedCounts } from "./addresses.ts";
import { isBearable, type Sealed } from "./sealed.ts";

const FORMAT = "bsk-wallet";
const VERSION = 1;

/** A wallet as it lies on disk. */
export interface WalletFile {
  /** ISO 8601, UTC: blocks before it hold no coin of ours, unless the phrase is older. */
  readonly created: string;
  readonly keys: PublicKeys;
  readonly used: UsedCounts;
  readonly sealed: Sealed;
}

/** The exact text of a wallet file. */
export function encodeWalletFile(file: WalletFile): string {
  const body = bodyOf(file);
  return `${JSON.stringify({ ...body, checksum: checksumOf(body) }, null, 1)}\n`;
}

/**
 * @throws BskError (wallet) for anything but the exact text of an undamaged wallet file; `path` is named in the message.
 */
export function decodeWalletFile(text: string, path: string): WalletFile {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, text.trimEnd().endsWith("}") ? "not JSON" : "cut off", cause);
  }
  if (!isObject(data) || data["format"] !== FORMAT) throw damaged(path, `no "format": "${FORMAT}"`);
  if (data["version"] !== VERSION) {
    throw new BskError("wallet", `wallet file "${path}" has format version ${JSON.stringify(data["version"])}`, {
      hint: `this bsk reads version ${VERSION}; a newer one may read it`,
    });
  }
  const file = shapeOf(data);
  if (file === null) throw damaged(path, "a field is missing or has a wrong shape");
  if (data["checksum"] !== checksumOf(bodyOf(file))) throw damaged(path, "the checksum does not match");
  // Only the one spelling is read: then no bit of the file can change unseen.
  if (text !== encodeWalletFile(file)) throw damaged(path, "its text was changed");
  return file;
}

/** What the sealed secret is bound to: changing any of it makes the passphrase fail. */
export function boundBytes(created: string, keys: PublicKeys, kdf: Sealed["kdf"]): Uint8Array {
  return fromUtf8(JSON.stringify([FORMAT, VERSION, created, pickKdf(kdf), pickKeys(keys)]));
}

function bodyOf({ created, keys, used, sealed }: WalletFile) {
  const { payment, change, owner, reveal } = used;
  const { name, nonce, tag, text } = sealed.cipher;
  return {
    format: FORMAT,
    version: VERSION,
    created,
    keys: pickKeys(keys),
    used: { payment, change, owner, reveal },
    sealed: { kdf: pickKdf(sealed.kdf), cipher: { name, nonce, tag, text } },
  };
}

// Fields in one fixed order, whatever order an object was built in.
const pickKeys = ({ accountXpub, owner, reveal }: PublicKeys) => ({ accountXpub, owner, reveal });
const pickKdf = ({ name, n, r, p, salt }: Sealed["kdf"]) => ({ name, n, r, p, salt });

function checksumOf(body: object): string {
  return toHex(sha256(fromUtf8(JSON.stringify(body))));
}

function damaged(path: string, how: string, cause?: unknown): BskError {
  return new BskError("wallet", `wallet file "${path}" is damaged: ${how}`, {
    hint: "take it from a backup, or make it again with the recovery phrase: bsk wallet restore",
    cause,
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isHex = (bytes: number | null, value: unknown): value is string =>
  typeof value === "string" &&
  /^([0-9a-f]{2})+$/u.test(value) &&
  (bytes === null ? value.length <= 128 : value.length === 2 * bytes);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const arePublicKeys = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((key) => isHex(33, key));

function shapeOf({ created, keys, used, sealed }: Record<string, unknown>): WalletFile | null {
  if (typeof created !== "string" || !isObject(keys) || !isObject(used) || !isObject(sealed)) return null;
  const { accountXpub, owner, reveal } = keys;
  if (typeof accountXpub !== "string" || !arePublicKeys(owner) || !arePublicKeys(reveal)) return null;
  const counts = { payment: used["payment"], change: used["change"], owner: used["owner"], reveal: used["reveal"] };
  if (!Object.values(counts).every(isCount)) return null;
  const { kdf, cipher } = sealed;
  if (!isObject(kdf) || !isObject(cipher)) return null;
  const { n, r, p, salt } = kdf;
  const { nonce, tag, text } = cipher;
  if (kdf["name"] !== "scrypt" || !isHex(16, salt) || !isCount(n) || !isCount(r) || !isCount(p)) return null;
  if (cipher["name"] !== "aes-256-gcm" || !isHex(12, nonce) || !isHex(16, tag) || !isHex(null, text)) return null;
  if (!isBearable({ n, r, p })) return null;
  return {
    created,
    keys: { accountXpub, owner, reveal },
    used: counts as UsedCounts,
    sealed: { kdf: { name: "scrypt", n, r, p, salt }, cipher: { name: "aes-256-gcm", nonce, tag, text } },
  };
}
