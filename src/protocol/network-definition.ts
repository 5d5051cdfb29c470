/** A network as data (design §2): everything that makes one chain of names differ from another. */
import { BITCOIN_CHAINS, type BitcoinParameters, type Chain } from "../bitcoin/parameters.ts";
import { toHex, fromUtf8 } from "../primitives/bytes.ts";
import { sha256 } from "../primitives/digest.ts";
import { type ConsensusHash, consensusHash, type NetworkId, networkId } from "../primitives/hash.ts";
import { type Checkpoint, MAINNET_CHECKPOINTS } from "./checkpoint.ts";
import { BLOCKS_PER_YEAR, EPOCH_3, type Epoch, MAINNET_EPOCHS } from "./epoch.ts";

export interface NetworkDefinition {
  readonly name: string;
  readonly chain: Chain;
  /** Two ASCII characters that start every OP_RETURN. */
  readonly magic: string;
  /** First height that is indexed. */
  readonly firstBlock: number;
  /** From this height on all operations are ignored; null: the network lives. */
  readonly endHeight: number | null;
  readonly epochs: readonly Epoch[];
  /** Where preorders burn. */
  readonly burnAddress: string;
  /** Blocks that must lie on top of a block before it is indexed. */
  readonly confirmations: number;
  /** Children of the reveal key that may import names (spec 02 §6.3). */
  readonly importKeyringSize: number;
  /** Blocks, epoch 4 on (feature PREORDER_EXPIRE). */
  readonly namePreorderExpire: number;
  /** Blocks in which a revealed namespace must become ready. */
  readonly namespaceRevealExpire: number;
  /** Blocks for which a consensus hash may be embedded. */
  readonly consensusHashWindow: number;
  /** Names that one script may own. */
  readonly maxNamesPerSender: number;
  /** Smallest price of a name in satoshis before the epoch's factor. */
  readonly nameCostUnit: number;
  /** Stands at the four heights before the first block (original: GENESIS_SNAPSHOT). */
  readonly genesisConsensusHash: string;
  /** Port of the REST API. */
  readonly apiPort: number;
  /** File with the initial allocation of tokens, in the node's directory; absent: nobody has any at the start. */
  readonly allocation?: string;
  /**
   * Hashes that are known of the network. Not part of its id: what is known of a chain does not change what it is.
   */
  readonly checkpoints?: readonly Checkpoint[];
  /** Named rule extensions; none change the rules of version 1. */
  readonly extensions: readonly string[];
}

/** A definition with what follows from it. */
export interface Network extends NetworkDefinition {
  readonly id: NetworkId;
  readonly bitcoin: BitcoinParameters;
  readonly genesisConsensusHash: ConsensusHash;
}

/** The canonical form: JSON with sorted keys and no spaces. One definition has one spelling. */
export function canonicalDefinition(definition: NetworkDefinition): string {
  return JSON.stringify(sortKeys(pick(definition)));
}

/** Drops what is not part of a definition, so that a `Network` hashes as its definition does. */
function pick(from: NetworkDefinition): NetworkDefinition {
  const {
    name, chain, magic, firstBlock, endHeight, epochs, burnAddress, confirmations, importKeyringSize, namePreorderExpire,
    namespaceRevealExpire, consensusHashWindow, maxNamesPerSender, nameCostUnit, genesisConsensusHash, apiPort,
    extensions, allocation,
  } = from; // prettier-ignore
  return {
    name, chain, magic, firstBlock, endHeight, epochs, burnAddress, confirmations, importKeyringSize, namePreorderExpire,
    namespaceRevealExpire, consensusHashWindow, maxNamesPerSender, nameCostUnit, genesisConsensusHash, apiPort,
    extensions, ...(allocation === undefined ? {} : { allocation }),
  }; // prettier-ignore
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}

/** A network of its definition. Its id is SHA256 of the canonical form. */
export function networkOf(definition: NetworkDefinition): Network {
  const id = networkId(toHex(sha256(fromUtf8(canonicalDefinition(definition)))));
  return {
    ...definition,
    genesisConsensusHash: consensusHash(definition.genesisConsensusHash),
    id,
    bitcoin: BITCOIN_CHAINS[definition.chain],
  };
}

const BURN_MAINNET = "1111111111111111111114oLvT2";
const BURN_TESTNET = "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8";

/** Height from which mainnet ignores every operation: the names had moved to another chain (spec 02 §1). */
const MAINNET_END = 665_750;

/** The historic network. Who holds its tokens is known to those who have the original's list; it is not ours to ship. */
export const MAINNET: NetworkDefinition = {
  name: "mainnet",
  chain: "bitcoin",
  magic: "id",
  firstBlock: 373_601,
  endHeight: MAINNET_END,
  epochs: MAINNET_EPOCHS,
  burnAddress: BURN_MAINNET,
  confirmations: 6,
  importKeyringSize: 300,
  namePreorderExpire: 144,
  namespaceRevealExpire: BLOCKS_PER_YEAR,
  consensusHashWindow: 24,
  maxNamesPerSender: 25,
  nameCostUnit: 100,
  genesisConsensusHash: "17ac43c1d8549c3181b200f1bf97eb7d",
  apiPort: 6270,
  allocation: "allocation.json",
  checkpoints: MAINNET_CHECKPOINTS,
  extensions: [],
};

/** What a new network of one's own starts from: epoch 3 for ever, prices in bitcoin. */
export function newNetworkDefinition(name: string, chain: Chain, firstBlock: number, magic: string): NetworkDefinition {
  const { allocation: _its, checkpoints: _own, ...rules } = MAINNET;
  return {
    ...rules,
    name,
    chain,
    magic,
    firstBlock,
    endHeight: null,
    epochs: [{ ...EPOCH_3, endBlock: null }],
    burnAddress: chain === "bitcoin" ? BURN_MAINNET : BURN_TESTNET,
    confirmations: chain === "regtest" ? 0 : 6,
    importKeyringSize: chain === "regtest" ? 5 : MAINNET.importKeyringSize,
    namespaceRevealExpire: chain === "regtest" ? 144 : MAINNET.namespaceRevealExpire,
    apiPort: chain === "regtest" ? 16_268 : MAINNET.apiPort,
  };
}

/** Built in: `mainnet` (ended, read-only by rule), `testnet`, `regtest`. */
export const BUILT_IN: readonly NetworkDefinition[] = [
  MAINNET,
  {
    ...newNetworkDefinition("testnet", "testnet3", 373_601, "id"),
    epochs: MAINNET_EPOCHS,
    allocation: "allocation.json",
  },
  newNetworkDefinition("regtest", "regtest", 1, "id"),
];
