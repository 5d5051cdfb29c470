/**
 * The outside world as one value. A command takes from it what it needs; `src/wiring` builds it, tests replace it.
 *
 * What costs time to make is a function that makes it once, on first use.
 */
import type { BlockFiles } from "../chain/block-files/block-files.ts";
import type { BlockSource, CoinSource, HeaderedSource } from "../chain/source.ts";
import type { Journal } from "../journal/store.ts";
import type { Headers } from "../lightnode/headers.ts";
import type { LightDirectory } from "../lightnode/light-directory.ts";
import type { NodeClient } from "../lightnode/node-client.ts";
import type { Ways } from "../lightnode/best-source.ts";
import type { PinBook } from "../lightnode/pin-book.ts";
import type { Anchor } from "../verify/anchor.ts";
import type { NetworkDefinition, Network } from "../protocol/network-definition.ts";
import type { Desk } from "../spending/desk.ts";
import type { Interaction } from "../spending/perform.ts";
import type { Directories } from "./directories.ts";
import type { Files } from "./files.ts";
import type { Origin } from "./origin.ts";
import type { Registry } from "./registry.ts";
import type { Secrets } from "./secrets.ts";
import type { ConfigStore, Configuration } from "./config.ts";
import type { Terminal } from "./terminal.ts";
import type { Wallet } from "./wallet.ts";

export interface Clock {
  readonly now: () => Date;
  /** Resolves after so many milliseconds, or rejects with the signal's reason when the user cancels. */
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Entropy {
  /** Bytes fit for keys. */
  readonly bytes: (length: number) => Uint8Array;
}

/** Networks that this installation knows. */
export interface NetworkCatalogue {
  /** Built-in ones first, then the user's own by name. */
  list(): Promise<readonly ListedNetwork[]>;
  /** @throws BskError usage if no network has this name, or if its file is not a definition. */
  find(name: string): Promise<Network>;
  /** Stores a new definition. Resolves to its file. @throws BskError usage if the name is taken. */
  add(definition: NetworkDefinition): Promise<string>;
}

export interface ListedNetwork {
  readonly network: Network;
  /** null: built in. */
  readonly file: string | null;
}

/** Headers of Bitcoin that this installation holds. */
export interface HeaderStore {
  /** Of its own. */
  readonly path: string;
  /** Its own, checked; null: there are none. @throws BskError `refuted` where they are damaged */
  own(progress: (height: number) => void): Promise<Headers | null>;
  /** Those of a file that the user names, checked. @throws BskError `refuted`, `usage` */
  read(path: string, progress: (height: number) => void): Promise<Headers>;
  /** Keeps checked ones as its own. */
  keep(headers: Headers): Promise<void>;
}

/** A block source of the user's: believed, or to be checked. */
export type OpenSource =
  | { readonly believed: true; readonly source: BlockFiles }
  | { readonly believed: false; readonly source: HeaderedSource };

export interface Ports {
  readonly config: Configuration;
  readonly configStore: ConfigStore;
  readonly terminal: Terminal;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly files: Files;
  readonly directories: Directories;
  /** Aborted by SIGINT and SIGTERM; its reason is a `BskError` of kind `cancelled`. */
  readonly signal: AbortSignal;
  /** `--dry-run` was given: plan and show, send nothing. */
  readonly dryRun: boolean;
  readonly networks: NetworkCatalogue;
  /** The network of this call: `--network`, else the configuration, else mainnet (commands that spend never default). */
  readonly network: () => Promise<Network>;
  /** Coins, fees and broadcast: from the Bitcoin node or the Esplora server of the settings, else the usual local node. */
  readonly coins: () => Promise<CoinSource>;
  /** What is under way on this network. */
  readonly journal: () => Promise<Journal>;
  /** The wallet of this network; its file need not exist. */
  readonly wallet: () => Promise<Wallet>;
  /**
   * Block sources in their order: those named, else those of the settings, else JSON-RPC of the settings' Bitcoin node,
   * else of the devnet that runs here, else of the usual local node.
   */
  readonly blockSources: (
    named: readonly Origin[],
    headersRead: (at: { readonly files: number; readonly of: number }) => void,
  ) => Promise<readonly [OpenSource, ...OpenSource[]]>;
  /**
   * One source made of these, which need not be believed: headers, proofs of work, difficulty and Merkle roots are
   * checked, but for block files on this machine's own disk.
   */
  readonly checkedBlocks: () => Promise<BlockSource>;
  /** Headers of Bitcoin, for showing in which block a transaction is. */
  readonly headers: () => Promise<HeaderStore>;
  /** The bsk node that is asked: of `--node` or the settings, else the one on this machine. */
  readonly node: () => Promise<NodeClient>;
  /** All nodes of `--node` or the settings; the first is `node()`. */
  readonly nodes: () => Promise<readonly [NodeClient, ...NodeClient[]]>;
  /** Clients of nodes that a command line names itself. */
  readonly nodesAt: (urls: readonly [string, ...string[]]) => Promise<readonly [NodeClient, ...NodeClient[]]>;
  /** What this user trusts of the network: pairs of height and consensus hash. */
  readonly pins: () => Promise<PinBook>;
  /** The same, read from disk again: for what runs long. */
  readonly readPins: () => Promise<PinBook>;
  /** What this machine has verified of the network, as it stands on the disk. */
  readonly light: () => Promise<LightDirectory>;
  /** What may be answered from. `offline`: nobody is asked; `pin`: of the call, instead of those held. */
  readonly ways: (of: {
    readonly offline: boolean;
    readonly pin: Anchor | undefined;
    /** Strangers to ask instead of all else. */
    readonly nodes?: readonly [string, ...string[]] | undefined;
  }) => Promise<Ways>;
  /** All that spending needs: wallet, coins, nodes, journal. */
  readonly desk: () => Promise<Desk>;
  /** How far a command that spends goes, and how it asks. */
  readonly interaction: (howFar: {
    readonly wait: boolean;
    readonly until?: "planned" | "preorder-confirmed";
  }) => Promise<Interaction>;
  /** All commands, for those that speak about commands. */
  readonly registry: Registry;
  /** Runs when the command has ended, whatever its end; the last added runs first. */
  readonly atEnd: (action: () => Promise<void> | void) => void;
}
