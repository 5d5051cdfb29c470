/** A whole world in one directory: a private Bitcoin chain, a full node on it, and a wallet with money. */
import { join } from "node:path";
import { type Devnet, startDevnet } from "../chain/devnet.ts";
import { type Faucet, faucet } from "../chain/devnet-faucet.ts";
import type { Clock } from "../cli/ports.ts";
import { VERSION } from "../cli/version.ts";
import type { Wallet } from "../cli/wallet.ts";
import { startNode } from "../fullnode/node.ts";
import type { NodeStore } from "../fullnode/store/store.ts";
import { openJournal } from "../journal/store.ts";
import type { EvidenceBook } from "../lightnode/evidence-book.ts";
import { type NodeClient, nodeClient } from "../lightnode/node-client.ts";
import { satoshi } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Desk } from "../spending/desk.ts";
import { mnemonicOf } from "../wallet/mnemonic.ts";
import { FEE_LIMITS } from "../wallet/sign.ts";
import { filesOf } from "../cli/files.ts";
import { evidenceIn } from "../wiring/evidence.ts";
import { walletIn } from "../wiring/wallet.ts";
import { NOTHING_USED } from "../wallet/addresses.ts";

export interface WorldOptions {
  /** On regtest. */
  readonly network: Network;
  readonly directory: string;
  /** The user's own bitcoind instead of the embedded node. */
  readonly bitcoind: string | undefined;
  readonly entropy: Uint8Array;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface World {
  readonly network: Network;
  readonly desk: Desk;
  readonly wallet: Wallet;
  readonly node: NodeClient;
  /** The index of that node. */
  readonly store: NodeStore;
  /** Where all of it is kept. */
  readonly directory: string;
  /** Against nodes that lie. */
  readonly evidence: EvidenceBook;
  readonly now: () => Date;
  /** The Bitcoin node. */
  readonly devnet: Devnet;
  /** Mines one block and waits until the full node has indexed it. */
  mine(): Promise<void>;
  /** Ends everything that runs. */
  stop(): Promise<void>;
}

/** What the wallet starts with: enough for a namespace of four letters. */
const FUNDS = satoshi(200_000_000n);
/** Coins of a devnet are worth nothing, and so is what guards them. */
const PASSPHRASE = "demo";
const POLL_MS = 50;

/** Starts it all; what was started is stopped if something fails. @throws BskError `machine` */
export async function startWorld({
  network,
  directory,
  bitcoind,
  entropy,
  clock,
  signal,
}: WorldOptions): Promise<World> {
  const endings: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    const devnet = await startDevnet({ dir: join(directory, "bitcoin"), bitcoindPath: bitcoind, signal });
    endings.push(() => devnet.stop());
    const money = faucet(devnet);

    const full = await startNode({
      network,
      directory,
      source: devnet.blocks,
      host: "127.0.0.1",
      port: 0,
      version: VERSION,
      log: () => undefined,
      progress: () => undefined,
      now: () => clock.now().getTime(),
      pollMs: POLL_MS,
    });
    endings.push(() => full.stop());
    const node = nodeClient({ url: full.url, own: true }, network);

    const journal = openJournal(join(directory, "journal.db"), network.id);
    endings.push(() => {
      journal.close();
    });
    const given = () => Promise.resolve(PASSPHRASE);
    const secrets = { passphrase: given, newPassphrase: given, isGiven: () => true };
    const files = filesOf(signal);
    const [coins, entries] = [() => Promise.resolve(devnet.coins), () => Promise.resolve(journal)];
    const wallet = walletIn(directory, { network, secrets, clock, files, coins, journal: entries });
    await wallet.create({ mnemonic: mnemonicOf(entropy), passphrase: PASSPHRASE, used: NOTHING_USED, replace: false });

    const mine = async (): Promise<void> => {
      await money.mine(1);
      full.poke();
      await full.waitForHeight((await devnet.coins.tip()).height);
    };
    await fund(wallet, money);
    await mine();
    const desk: Desk = {
      network,
      source: devnet.coins,
      node,
      nodes: [node],
      journal,
      scripts: () => wallet.scripts(),
      purse: () => wallet.purse(),
      alone: (work) => wallet.alone("demo", work),
      changeScript: wallet.next("change").script,
      freshOwner: () => wallet.next("owner").address,
      use: (scripts) => wallet.use(scripts),
      freshRevealer: async () => (await wallet.take("reveal")).address,
      publicKeyOf: (script) => wallet.publicKeyOf(script),
      unlock: async () => (await wallet.unlock()).keyOf,
      canSign: () => true,
      limits: FEE_LIMITS,
      feeRate: null,
      now: () => clock.now(),
    };
    const { store } = full;
    const evidence = evidenceIn(directory, files);
    return { network, desk, wallet, node, store, directory, evidence, now: () => clock.now(), devnet, mine, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function fund(wallet: Wallet, money: Faucet): Promise<void> {
  const { address } = await wallet.take("payment");
  await money.pay([{ to: address, value: FUNDS }]);
}
