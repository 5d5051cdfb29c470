/** Chains of test/vectors/toy: transactions with the scripts that they spend, fed to the block indexer without blocks. */
import { decidingNulldata } from "../../src/bitcoin/script.ts";
import { parseTransaction, transactionId } from "../../src/bitcoin/transaction.ts";
import { replayNetwork } from "../../src/chain/replay-file.ts";
import { splitNulldata } from "../../src/ops/payload.ts";
import { fromHex } from "../../src/primitives/bytes.ts";
import { blockHash } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { type Network, networkOf } from "../../src/protocol/network-definition.ts";
import type { BnsMachine } from "../../src/rules/machine.ts";
import type { CandidateBlock } from "../../src/virtualchain/index-block.ts";

interface ToyEpoch {
  readonly end_block: number;
  readonly features: string[];
  readonly namespace_prices: number[] | null;
  readonly namespace_prices_stacks?: (number | null)[] | null;
  readonly rules: {
    readonly NAMESPACE_LIFETIME_GRACE_PERIOD: number;
    readonly NAMESPACE_LIFETIME_MULTIPLIER: number;
    readonly NAMESPACE_RECEIVE_FEES_PERIOD: number;
    readonly PRICE_MULTIPLIER: number | null;
    readonly PRICE_DIVISOR?: number | null;
  };
}

export interface ToyBlock {
  readonly height: number;
  readonly ops_hash: string;
  readonly consensus_hash: string;
  readonly serialized_ops: readonly string[];
  readonly txs: readonly {
    readonly hex: string;
    readonly txid: string;
    readonly txindex: number;
    readonly prevout_scripts: readonly string[];
    readonly nulldata: string | null;
    readonly accepted: boolean;
  }[];
}

export interface ToyChain {
  readonly config: {
    readonly magic: string;
    readonly first_block: number;
    readonly burn_address: string;
    readonly address_version: { readonly p2pkh: number };
    readonly genesis_consensus_hashes: Record<string, string>;
    readonly NAMESPACE_REVEAL_EXPIRE: number;
    readonly NAME_IMPORT_KEYRING_SIZE: number;
    readonly NAME_PREORDER_EXPIRE: number;
    readonly epochs: readonly ToyEpoch[];
  };
  readonly blocks: readonly ToyBlock[];
  readonly genesis_accounts: unknown;
}

/** The chain's network: the same facts as in a replay file, under other names. */
export function toyNetwork(name: string, { config }: ToyChain): Network {
  return networkOf(
    replayNetwork(name, {
      network: config.address_version.p2pkh === 0 ? "mainnet" : "testnet",
      magic: config.magic,
      firstBlock: config.first_block,
      initialSnapshots: config.genesis_consensus_hashes,
      validTransactionWindow: 24,
      burnAddress: config.burn_address,
      nameImportKeyringSize: config.NAME_IMPORT_KEYRING_SIZE,
      namePreorderExpire: config.NAME_PREORDER_EXPIRE,
      namespaceRevealExpire: config.NAMESPACE_REVEAL_EXPIRE,
      maxNamesPerSender: 25,
      nameCostUnit: 100,
      announcers: [],
      epochs: config.epochs.map(({ end_block, features, namespace_prices, namespace_prices_stacks, rules }, i) => ({
        epoch: i + 1,
        endBlock: end_block,
        features,
        lifetimeMultiplier: rules.NAMESPACE_LIFETIME_MULTIPLIER,
        gracePeriod: rules.NAMESPACE_LIFETIME_GRACE_PERIOD,
        receiveFeesPeriod: rules.NAMESPACE_RECEIVE_FEES_PERIOD,
        priceMultiplier: rules.PRICE_MULTIPLIER,
        namespacePrices: namespace_prices,
        priceDivisor: rules.PRICE_DIVISOR ?? null,
        namespacePricesStacks: namespace_prices_stacks ?? null,
      })),
    }),
  );
}

/** A stand-in for the hash of a block that does not exist. */
const toyHash = (height: number) => blockHash(height.toString(16).padStart(64, "0"));

/** The candidates of a toy block. */
export function toyCandidates({ height, txs }: ToyBlock, { magic, opcodes }: BnsMachine): CandidateBlock {
  const candidates = txs.flatMap(({ hex, txindex, prevout_scripts }) => {
    const transaction = parseTransaction(fromHex(hex));
    const data = decidingNulldata(transaction.outputs.map(({ script }) => script));
    const split = data === null ? null : splitNulldata(data, magic, opcodes);
    if (split === null) return [];
    const spentScripts = prevout_scripts.map(fromHex);
    return [{ txid: transactionId(transaction), vtxindex: txindex, transaction, spentScripts, ...split }];
  });
  return { height: blockHeight(height), hash: toyHash(height), previousHash: toyHash(height - 1), time: 0, candidates };
}
