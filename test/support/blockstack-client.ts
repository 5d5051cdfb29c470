/**
 * The existing JavaScript client, `blockstack` from npm, unchanged: what a test needs of it, with types of our own (its
 * own would bring those of an old Node along).
 */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Sends fetch options that Node's built-in fetch refuses; with none there, it brings the one that it was made for. */
function load(): BlockstackClient {
  Reflect.deleteProperty(globalThis, "fetch");
  return require("blockstack") as BlockstackClient;
}

/** An amount as the client's big integers show it. */
export interface Price {
  readonly units: string;
  readonly amount: { toString(): string };
}

type Fields = Readonly<Record<string, unknown>>;

/** The client's view of a node and of Bitcoin. */
export interface ClientNetwork {
  /** The same key hash as an address of the network's chain. */
  coerceAddress(address: string): string;
  getNamePrice(name: string): Promise<Price>;
  getNamePriceV1(name: string): Promise<Price>;
  getNamespacePrice(id: string): Promise<Price>;
  getNamespacePriceV1(id: string): Promise<Price>;
  getNamesOwned(address: string): Promise<string[]>;
  getNamespaceBurnAddress(id: string): Promise<string>;
  getNameInfo(name: string): Promise<Fields>;
  getNamespaceInfo(id: string): Promise<Fields>;
  getZonefile(hash: string): Promise<string>;
  getConsensusHash(): Promise<string>;
  getAccountBalance(address: string, token: string): Promise<{ toString(): string }>;
  broadcastZoneFile(zonefile: string): Promise<string[]>;
}

/** What the client asks of Bitcoin; a user of the client gives it one for his own server. */
export interface ClientBitcoin {
  getBlockHeight(): Promise<number>;
  getNetworkedUTXOs(address: string): Promise<Fields[]>;
  broadcastTransaction(txHex: string): Promise<string>;
}

interface Namespace {
  setVersion(version: number): void;
  setLifetime(blocks: number): void;
  setCoeff(coeff: number): void;
  setBase(base: number): void;
  setBuckets(buckets: readonly number[]): void;
  setNonalphaDiscount(discount: number): void;
  setNoVowelDiscount(discount: number): void;
}

export interface BlockstackClient {
  readonly config: { network: ClientNetwork; logLevel: string };
  readonly network: {
    readonly BlockstackNetwork: new (api: string, broadcaster: string, bitcoin: ClientBitcoin) => ClientNetwork;
    readonly LocalRegtest: new (api: string, broadcaster: string, bitcoin: ClientBitcoin) => ClientNetwork;
  };
  readonly safety: Readonly<Record<string, (...what: readonly unknown[]) => Promise<boolean>>>;
  readonly transactions: Readonly<Record<string, (...what: readonly unknown[]) => Promise<string>>>;
  lookupProfile(name: string, zonefileUrl?: string): Promise<Fields>;
  makeProfileZoneFile(origin: string, url: string): string;
  signProfileToken(profile: object, privateKey: string): string;
  wrapProfileToken(token: string): object;
  getPublicKeyFromPrivate(privateKey: string): string;
  publicKeyToAddress(publicKey: string): string;
}

export const blockstack = load();

/** The client exports what makes a namespace, but not what describes one. */
export const { BlockstackNamespace } = require("blockstack/lib/operations/skeletons") as {
  readonly BlockstackNamespace: new (id: string) => Namespace;
};
