/** Raw blocks from a file (.json or .json.gz), with the network that they belong to: the door for differential tests. */
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import * as v from "valibot";
import { walkTransactions } from "../bitcoin/block.ts";
import { parseHeader } from "../bitcoin/header.ts";
import { parseTransactionAt, transactionId } from "../bitcoin/transaction.ts";
import { BskError, ParseError } from "../errors.ts";
import { fromHex } from "../primitives/bytes.ts";
import { type BlockHash, blockHash, type Txid } from "../primitives/hash.ts";
import { type Name, isName } from "../primitives/name.ts";
import { blockHeight } from "../primitives/units.ts";
import type { Epoch, Feature } from "../protocol/epoch.ts";
import { type Network, type NetworkDefinition, networkOf } from "../protocol/network-definition.ts";
import { type Allocation, allocationOf } from "../tokens/allocation.ts";
import { withLargeIntegers } from "../tokens/large-integers.ts";
import type { BlockSource, ChainTip, Outpoint } from "./source.ts";

const epochSchema = v.object({
  epoch: v.number(),
  endBlock: v.number(),
  features: v.array(v.string()),
  lifetimeMultiplier: v.number(),
  gracePeriod: v.number(),
  receiveFeesPeriod: v.number(),
  priceMultiplier: v.nullable(v.number()),
  namespacePrices: v.nullable(v.array(v.number())),
  priceDivisor: v.optional(v.nullable(v.number()), null),
  namespacePricesStacks: v.optional(v.nullable(v.array(v.nullable(v.number()))), null),
});

const configSchema = v.object({
  network: v.string(),
  magic: v.string(),
  firstBlock: v.number(),
  initialSnapshots: v.record(v.string(), v.string()),
  validTransactionWindow: v.number(),
  burnAddress: v.string(),
  nameImportKeyringSize: v.number(),
  namePreorderExpire: v.number(),
  namespaceRevealExpire: v.number(),
  maxNamesPerSender: v.number(),
  nameCostUnit: v.number(),
  announcers: v.optional(v.array(v.string()), []),
  /** As `tokens/allocation.ts` reads it. */
  genesisAccounts: v.optional(v.unknown()),
  epochs: v.array(epochSchema),
});

const fileSchema = v.object({
  name: v.optional(v.string(), "replay"),
  config: configSchema,
  blocks: v.array(v.object({ height: v.number(), hash: v.string(), raw: v.string() })),
});

type ReplayConfig = v.InferOutput<typeof configSchema>;
type ReplayBlock = v.InferOutput<typeof fileSchema>["blocks"][number];

/** A replay file, opened. */
export interface ReplayFile {
  readonly network: Network;
  /** Names whose owners the original took announcements from. */
  readonly announcers: readonly Name[];
  /** Who held tokens at the start. */
  readonly allocation: Allocation;
  /** The blocks of the file; those below the network's first block only hold coins. */
  readonly source: BlockSource;
}

/** The original calls features by a prefixed name, and an epoch without end -1. */
function epochOf({ epoch, endBlock, features, ...rules }: ReplayConfig["epochs"][number]): Epoch {
  const { priceDivisor: nameDivisor, namespacePricesStacks: prices } = rules;
  const tokens =
    nameDivisor === null || prices === null
      ? {}
      : { tokens: { nameDivisor, namespacePrices: prices.map((price) => price ?? 0) } };
  return {
    number: epoch,
    endBlock: endBlock < 0 ? null : endBlock,
    features: features.map((feature) => feature.replace(/^BLOCKSTACK_/u, "") as Feature),
    lifetimeMultiplier: rules.lifetimeMultiplier,
    gracePeriod: rules.gracePeriod,
    receiveFeesPeriod: rules.receiveFeesPeriod,
    priceMultiplier: rules.priceMultiplier,
    namespacePrices: rules.namespacePrices,
    ...tokens,
  };
}

/** The one map from a replay file's `config` to a network. Addresses are told in prose there: "mainnet", or "testnet/…". */
export function replayNetwork(name: string, config: ReplayConfig): NetworkDefinition {
  const [genesisConsensusHash] = Object.values(config.initialSnapshots);
  if (genesisConsensusHash === undefined) throw new ParseError("a replay file has initial snapshots");
  return {
    name,
    chain: config.network.startsWith("mainnet") ? "bitcoin" : "regtest",
    magic: config.magic,
    firstBlock: config.firstBlock,
    endHeight: null,
    epochs: config.epochs.map(epochOf),
    burnAddress: config.burnAddress,
    confirmations: 0,
    importKeyringSize: config.nameImportKeyringSize,
    namePreorderExpire: config.namePreorderExpire,
    namespaceRevealExpire: config.namespaceRevealExpire,
    consensusHashWindow: config.validTransactionWindow,
    maxNamesPerSender: config.maxNamesPerSender,
    nameCostUnit: config.nameCostUnit,
    genesisConsensusHash,
    apiPort: 16_268,
    extensions: [],
  };
}

/** Blocks in memory as a source. Spent scripts are looked up among all their transactions. */
class ReplaySource implements BlockSource {
  readonly description: string;
  readonly #byHeight = new Map<number, BlockHash>();
  readonly #raw = new Map<BlockHash, Uint8Array>();
  readonly #tip: ChainTip;
  /** Output scripts of every transaction of the file; built when first asked for. */
  #outputs: ReadonlyMap<Txid, readonly Uint8Array[]> | null = null;

  constructor(description: string, blocks: readonly ReplayBlock[]) {
    this.description = description;
    for (const { height, hash, raw } of blocks) {
      const bytes = fromHex(raw);
      const id = blockHash(hash);
      if (parseHeader(bytes).hash !== id) throw new ParseError(`block ${height} does not hash to "${hash}"`);
      this.#byHeight.set(height, id);
      this.#raw.set(id, bytes);
    }
    const last = blocks.at(-1);
    if (last === undefined) throw new ParseError("a replay file has blocks");
    this.#tip = { height: blockHeight(last.height), hash: blockHash(last.hash) };
  }

  tip(): Promise<ChainTip> {
    return Promise.resolve(this.#tip);
  }

  blockHashAt(height: number): Promise<BlockHash | null> {
    return Promise.resolve(this.#byHeight.get(height) ?? null);
  }

  rawBlock(hash: BlockHash): Promise<Uint8Array> {
    const raw = this.#raw.get(hash);
    return raw === undefined
      ? Promise.reject(new BskError("machine", `${this.description} has no block "${hash}"`))
      : Promise.resolve(raw);
  }

  spentScripts(_inBlock: BlockHash, outpoints: readonly Outpoint[]): Promise<readonly Uint8Array[]> {
    this.#outputs ??= outputScripts(this.#raw.values());
    const scripts: Uint8Array[] = [];
    for (const { txid, index } of outpoints) {
      const script = this.#outputs.get(txid)?.[index];
      if (script === undefined) {
        return Promise.reject(new BskError("machine", `${this.description} has no output ${index} of "${txid}"`));
      }
      scripts.push(script);
    }
    return Promise.resolve(scripts);
  }
}

function outputScripts(blocks: Iterable<Uint8Array>): Map<Txid, readonly Uint8Array[]> {
  const scripts = new Map<Txid, readonly Uint8Array[]>();
  for (const block of blocks) {
    walkTransactions(block, (_index, start) => {
      const { transaction } = parseTransactionAt(block, start);
      scripts.set(
        transactionId(transaction),
        transaction.outputs.map(({ script }) => script),
      );
      return true;
    });
  }
  return scripts;
}

const GZIP_MAGIC = [0x1f, 0x8b] as const;

async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    const packed = GZIP_MAGIC.every((byte, i) => bytes[i] === byte);
    return (packed ? await promisify(gunzip)(bytes) : bytes).toString("utf8");
  } catch (cause) {
    throw new BskError("machine", `cannot read "${path}"`, { cause });
  }
}

/**
 * Opens a replay file. @throws BskError `machine` if it cannot be read, `usage` if it is no replay file or a block in it
 * does not hash to what it says.
 */
export async function readReplayFile(path: string): Promise<ReplayFile> {
  const text = await readText(path);
  try {
    const { name, config, blocks } = v.parse(fileSchema, withLargeIntegers(text));
    return {
      network: networkOf(replayNetwork(name, config)),
      announcers: config.announcers.filter(isName),
      allocation: allocationOf(config.genesisAccounts ?? []),
      source: new ReplaySource(`replay file "${path}"`, blocks),
    };
  } catch (cause) {
    if (cause instanceof ParseError || cause instanceof SyntaxError || cause instanceof v.ValiError) {
      throw new BskError("usage", `"${path}" is not a replay file`, { cause, hint: cause.message });
    }
    throw cause;
  }
}
