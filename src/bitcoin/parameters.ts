/** The Bitcoin chains that a network can live on, and their constants (Bitcoin Core: kernel/chainparams.cpp). */
export interface BitcoinParameters {
  readonly chain: Chain;
  /** Base58Check version byte of pay-to-public-key-hash addresses. */
  readonly p2pkhVersion: number;
  /** Base58Check version byte of pay-to-script-hash addresses. */
  readonly p2shVersion: number;
  /** Human-readable part of segwit addresses (BIP 173). */
  readonly bech32Prefix: string;
  /** Version byte of private keys in wallet import format. */
  readonly wifVersion: number;
  /** BIP 32 version bytes. */
  readonly bip32: { readonly public: number; readonly private: number };
  /** Hash of block 0 in display order: what a node must answer before we believe that it follows this chain. */
  readonly genesisHash: string;
  /** A block that the chain is known to hold, long before the present; null where only block 0 is one. */
  readonly checkpoint: { readonly height: number; readonly hash: string } | null;
  /** The name that Bitcoin Core's `getblockchaininfo` gives as `chain`. */
  readonly coreName: string;
  /** Hex of the 4 bytes before each message and each block in a file. */
  readonly messageStart: string;
  /** Where Bitcoin Core keeps the chain under its data directory; empty: right there (chainparamsbase.cpp). */
  readonly coreDirectory: string;
  /** Seconds between blocks that dates are estimated with. */
  readonly secondsPerBlock: number;
  /** Coins here have a market price: commands that spend ask for more care. */
  readonly carriesValue: boolean;
  /** The easiest target that a header may name, in compact form. */
  readonly easiestBits: number;
  readonly difficulty: DifficultyRule;
}

/**
 * How the target of a header follows from the headers before it (Bitcoin Core: pow.cpp).
 *
 * - `retarget`: a new target every 2016 blocks, the same in between.
 * - `testnet3`: besides, a block more than 20 minutes after the one before has the easiest target.
 * - `bip94`: besides, the new target comes from the first block of the period, and periods do not start back in time.
 * - `none`: any target not above the easiest.
 */
export type DifficultyRule = "retarget" | "testnet3" | "bip94" | "none";

export type Chain = "bitcoin" | "testnet3" | "testnet4" | "signet" | "regtest";

const TEST = {
  p2pkhVersion: 111,
  p2shVersion: 196,
  bech32Prefix: "tb",
  wifVersion: 239,
  bip32: { public: 0x043587cf, private: 0x04358394 },
  secondsPerBlock: 600,
  carriesValue: false,
  checkpoint: null,
  easiestBits: 0x1d00ffff,
} as const;

export const BITCOIN_CHAINS: Readonly<Record<Chain, BitcoinParameters>> = {
  bitcoin: {
    chain: "bitcoin",
    coreName: "main",
    messageStart: "f9beb4d9",
    coreDirectory: "",
    p2pkhVersion: 0,
    p2shVersion: 5,
    bech32Prefix: "bc",
    wifVersion: 128,
    bip32: { public: 0x0488b21e, private: 0x0488ade4 },
    genesisHash: "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
    secondsPerBlock: 600,
    carriesValue: true,
    // the last of Bitcoin Core's checkpoints: no chain of easy blocks can stand in for what came before
    checkpoint: { height: 295_000, hash: "00000000000000004d9b4ef50f0f9d686fd69db2e03af35a100370c64632a983" },
    easiestBits: 0x1d00ffff,
    difficulty: "retarget",
  },
  testnet3: {
    ...TEST,
    chain: "testnet3",
    coreName: "test",
    difficulty: "testnet3",
    messageStart: "0b110907",
    coreDirectory: "testnet3",
    genesisHash: "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
  },
  testnet4: {
    ...TEST,
    chain: "testnet4",
    coreName: "testnet4",
    difficulty: "bip94",
    messageStart: "1c163f28",
    coreDirectory: "testnet4",
    genesisHash: "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
  },
  signet: {
    ...TEST,
    chain: "signet",
    coreName: "signet",
    easiestBits: 0x1e0377ae,
    difficulty: "retarget",
    messageStart: "0a03cf40",
    coreDirectory: "signet",
    genesisHash: "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
  },
  regtest: {
    ...TEST,
    chain: "regtest",
    coreName: "regtest",
    easiestBits: 0x207fffff,
    difficulty: "none",
    messageStart: "fabfb5da",
    coreDirectory: "regtest",
    bech32Prefix: "bcrt",
    genesisHash: "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
  },
};
