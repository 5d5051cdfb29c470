/**
 * How much of a node's speed over JSON-RPC is left when what it says is used: blocks fetched, decoded, checked by proof of
 * work and Merkle root, looked through for operations, with the scripts that these spend, against fetching the same answers
 * and throwing them away. The node is the devnet's, which does more for an answer than Bitcoin Core.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { bitcoindBlocks } from "../../src/chain/bitcoind-blocks.ts";
import { checkedSource } from "../../src/chain/checked-source.ts";
import { startDevnet, type Devnet } from "../../src/chain/devnet.ts";
import { loadBlocks } from "../../src/fullnode/load.ts";
import { MerkleLanes } from "../../src/fullnode/merkle-lanes.ts";
import { OPCODES } from "../../src/ops/opcode.ts";
import { fromLatin1 } from "../../src/primitives/bytes.ts";
import { spentOutpoints } from "../../src/virtualchain/candidates.ts";
import type { Benchmark } from "./benchmark.ts";
import { SeededRandom } from "./random.ts";
import { mineRealBlocks } from "./real-chain.ts";
import { inTurns } from "./rounds.ts";

const REGTEST = BITCOIN_CHAINS.regtest;
const MARKS = { magic: fromLatin1("id"), opcodes: OPCODES };
const SIZES = { tiny: { blocks: 3, transactions: 20 }, full: { blocks: 32, transactions: 2300 } } as const;
const ROUNDS = { tiny: { warmUp: 0, counted: 1 }, full: { warmUp: 1, counted: 3 } } as const;
const IN_FLIGHT = 12;

/** What is asked for a block, as bodies of requests. */
type Questions = readonly string[];

const body = (method: string, ...params: unknown[]) => ({ jsonrpc: "1.0", id: 0, method, params });

export const rpcVsFetch: Benchmark = {
  name: "rpc-vs-fetch",
  unit: "MB/s",
  aim: { atLeast: 0.9 },
  async measure(size) {
    const dir = mkdtempSync(join(tmpdir(), "bsk-bench-rpc-"));
    const devnet = await startDevnet({ dir });
    try {
      const { blocks, transactions } = SIZES[size];
      const first = await mineRealBlocks(devnet, blocks, transactions, new SeededRandom(8332));
      const { questions, megabytes } = await questionsOf(devnet, first, first + blocks - 1);
      const { ours, theirs } = await inTurns(
        { work: () => index(devnet, first, first + blocks - 1) },
        { work: () => fetchAll(devnet, questions) },
        ROUNDS[size],
      );
      return { value: megabytes / ours, limit: megabytes / theirs };
    } finally {
      await devnet.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

const lanes = new MerkleLanes();

/** A source that knows nothing yet, used as a full node uses it. */
async function index(devnet: Devnet, from: number, to: number): Promise<void> {
  const known = { tip: () => null, blockHashAt: () => null };
  const source = checkedSource(bitcoindBlocks(devnet.rpc, REGTEST), REGTEST, from, known, (block) =>
    lanes.faultOf(block),
  );
  let blocks = 0;
  for await (const { candidates } of loadBlocks(source, MARKS, from, to)) if (candidates.length > 0) blocks += 1;
  if (blocks !== to - from + 1) throw new Error(`operations in ${blocks} blocks only`);
}

async function questionsOf(devnet: Devnet, from: number, to: number) {
  const questions: Questions[] = [];
  let bytes = 0;
  for await (const { hash, candidates } of loadBlocks(devnet.blocks, MARKS, from, to)) {
    const spent = [...new Set(candidates.flatMap(spentOutpoints).map(({ txid }) => txid))];
    bytes += (await devnet.blocks.rawBlock(hash)).length;
    questions.push([
      JSON.stringify(body("getblock", hash, 0)),
      JSON.stringify(spent.map((txid) => body("getrawtransaction", txid, 0))),
    ]);
  }
  return { questions, megabytes: bytes / 1e6 };
}

async function fetchAll(devnet: Devnet, questions: readonly Questions[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  let next = 0;
  const worker = async () => {
    for (let asked = questions[next++]; asked !== undefined; asked = questions[next++]) {
      for (const each of asked) await fetchOne(devnet, agent, each);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  agent.destroy();
}

function fetchOne({ rpc: { url, user, password } }: Devnet, agent: Agent, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", agent, auth: `${user}:${password}` }, (answer) => {
      answer.on("end", resolve).on("error", reject).resume();
    });
    asked.on("error", reject).end(text);
  });
}
