/**
 * Large blocks on a devnet, mined by its node: transactions of usual sizes, some with operations. Their coins need no
 * signature, since a node in JavaScript checks few of them a second: what stands in the place of one is noise.
 */
import { networks, opcodes, payments, script, Transaction } from "bitcoinjs-lib";
import * as v from "valibot";
import { txidField } from "../../src/chain/answer.ts";
import type { Devnet } from "../../src/chain/devnet.ts";
import { concat, fromLatin1, toHex } from "../../src/primitives/bytes.ts";
import type { SeededRandom } from "./random.ts";

/** Anyone may spend it, in the open or behind a hash in its witness. */
const TRUE = script.compile([opcodes["OP_1"]]);
const HIDDEN = payments.p2wsh({ redeem: { output: TRUE }, network: networks.regtest });
const COINBASE_MATURITY = 100;
const FAN_VALUE = 1_000_000n;
const DUST = 1000n;
const OPERATIONS = 3;

interface Coin {
  readonly txid: Uint8Array;
  readonly index: number;
  readonly value: bigint;
  readonly hidden: boolean;
}

/** Mines `count` blocks of so many transactions and answers the height of the first. */
export async function mineRealBlocks(
  devnet: Devnet,
  count: number,
  transactions: number,
  random: SeededRandom,
): Promise<number> {
  const { address: miner, output } = HIDDEN;
  if (miner === undefined || output === undefined) throw new Error("a payment of known parts has an address");
  await devnet.mine(COINBASE_MATURITY + 1, miner);
  const mineExactly = (list: readonly Transaction[]) =>
    devnet.node.call(
      "generateblock",
      [miner, list.map((each) => toHex(each.toBuffer()))],
      v.object({ hash: txidField }),
    );
  let coins = await fanOut(devnet, transactions, output);
  await mineExactly(coins.made);
  const first = (await devnet.blocks.tip()).height + 1;
  for (let i = 0; i < count; i++) {
    const step = Math.ceil(transactions / OPERATIONS);
    const made = coins.coins.map((coin, at) => spend(coin, output, at % step === step - 1, random));
    await mineExactly(made.map(({ transaction }) => transaction));
    coins = { made: [], coins: made.map(({ coin }) => coin) };
  }
  return first;
}

/** One transaction that makes a coin for each of the first block. */
async function fanOut(devnet: Devnet, count: number, hidden: Uint8Array) {
  const block = await devnet.node.call(
    "getblock",
    [await devnet.node.call("getblockhash", [1], v.string()), 1],
    v.object({ tx: v.array(txidField) }),
  );
  const transaction = new Transaction();
  transaction.addInput(Buffer.from(block.tx[0] ?? "", "hex").reverse(), 0);
  transaction.setWitness(0, [TRUE]);
  for (let i = 0; i < count; i++) transaction.addOutput(i % 2 === 0 ? TRUE : hidden, FAN_VALUE);
  const txid = transaction.getHash();
  const coins = Array.from({ length: count }, (_, index): Coin => ({
    txid,
    index,
    value: FAN_VALUE,
    hidden: index % 2 === 1,
  }));
  return { made: [transaction], coins };
}

/** About 500 bytes, as most transactions are. */
function spend(from: Coin, hidden: Uint8Array, isOperation: boolean, random: SeededRandom) {
  const transaction = new Transaction();
  transaction.addInput(from.txid, from.index);
  if (from.hidden) transaction.setWitness(0, [TRUE]);
  else transaction.setInputScript(0, script.compile([random.bytes(72), random.bytes(72), random.bytes(105)]));
  const value = from.value - 6n * DUST;
  transaction.addOutput(from.hidden ? hidden : TRUE, value);
  if (isOperation) transaction.addOutput(script.compile([0x6a, concat(fromLatin1("id?"), random.bytes(36))]), 0n);
  for (let i = 0; i < 6; i++) transaction.addOutput(payments.p2pkh({ hash: random.bytes(20) }).output ?? TRUE, DUST);
  const coin: Coin = { txid: transaction.getHash(), index: 0, value, hidden: from.hidden };
  return { transaction, coin };
}
