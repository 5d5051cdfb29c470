/** A chain in memory behind the JSON-RPC of a Bitcoin node: it can be reorganised in no time, between two starts of a node. */
import { walkTransactions } from "../../src/bitcoin/block.ts";
import { parseHeader } from "../../src/bitcoin/header.ts";
import { parseTransactionAt, serializeTransaction, transactionId } from "../../src/bitcoin/transaction.ts";
import type { ReplayFile } from "../../src/chain/replay-file.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { type BlockHash, blockHash, type Txid, txid } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { type RpcServer, serveRpc } from "./rpc-proxy.ts";
import { behind, TestChain } from "./test-chain.ts";

const HEADER_SIZE = 80;
/** Core's codes (protocol.h). */
const INVALID_PARAMETER = -8;
const NOT_FOUND = -5;

/** The header of the regtest genesis block (chainparams.cpp). */
const GENESIS = fromHex(
  `01000000${"00".repeat(32)}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000`,
);

type Headers = readonly { readonly hash: BlockHash; readonly raw: Uint8Array }[];

/** Headers from the genesis block up to a height, each below the target of regtest, with nothing behind them. */
function headersTo(height: number): Headers {
  const headers = [{ hash: parseHeader(GENESIS).hash, raw: GENESIS }];
  for (let at = 1; at <= height; at++) headers.push(behind(headers.at(-1)!.hash, GENESIS, at));
  return headers;
}

/** A chain of regtest from its genesis block on: empty headers, then the indexed blocks of the file. */
export async function wholeChain(file: ReplayFile): Promise<{ readonly chain: TestChain; readonly before: Headers }> {
  const before = headersTo(file.network.firstBlock - 1);
  return { before, chain: await TestChain.of(file, before.at(-1)!.hash) };
}

/**
 * Serves the chain as Bitcoin Core with -txindex would; `pause` is waited for before each block, `pauseAtHeader` before each
 * header.
 */
export async function serveChain(
  { chain, before }: { readonly chain: TestChain; readonly before: Headers },
  file: ReplayFile,
  pause: () => Promise<void> = () => Promise.resolve(),
  pauseAtHeader: (hash: string) => Promise<void> = () => Promise.resolve(),
): Promise<RpcServer> {
  const { bitcoin } = file.network;
  const transactions = await transactionsOf(file);
  const early = new Map(before.map(({ hash, raw }) => [hash, raw]));
  const refuse = (code: number, message: string) => ({ error: { code, message } });
  return serveRpc(null, {
    getblockchaininfo: async () => {
      const { height, hash } = await chain.tip();
      return { result: { chain: bitcoin.coreName, blocks: height, bestblockhash: hash } };
    },
    getblockhash: async ([height]) => {
      const hash = before[Number(height)]?.hash ?? (await chain.blockHashAt(Number(height)));
      return hash === null ? refuse(INVALID_PARAMETER, "Block height out of range") : { result: hash };
    },
    getblockheader: async ([hash]) => {
      await pauseAtHeader(String(hash));
      const raw = early.get(blockHash(String(hash))) ?? (await chain.rawBlock(blockHash(String(hash))));
      return { result: toHex(raw.subarray(0, HEADER_SIZE)) };
    },
    getblock: async ([hash]) => {
      await pause();
      return { result: toHex(await chain.rawBlock(blockHash(String(hash)))) };
    },
    getrawtransaction: ([id]) => {
      const raw = transactions.get(txid(String(id)));
      return raw === undefined ? refuse(NOT_FOUND, "No such mempool or blockchain transaction") : { result: raw };
    },
  });
}

/** All transactions of the file, those below the network's first block too, in hex. */
async function transactionsOf({ source }: ReplayFile): Promise<ReadonlyMap<Txid, string>> {
  const found = new Map<Txid, string>();
  const { height: last } = await source.tip();
  for (let height = 0; height <= last; height++) {
    const hash = await source.blockHashAt(blockHeight(height));
    if (hash === null) continue;
    const raw = await source.rawBlock(hash);
    walkTransactions(raw, (_index, start) => {
      const { transaction } = parseTransactionAt(raw, start);
      found.set(transactionId(transaction), toHex(serializeTransaction(transaction)));
      return true;
    });
  }
  return found;
}
