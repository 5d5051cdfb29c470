/** Money on a devnet: a miner whose key everybody knows, and payments from it. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { script as scripts, Transaction } from "bitcoinjs-lib";
import { p2pkhAddress, scriptOf, type Address } from "../bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import { fromHex, fromUtf8, reversed } from "../primitives/bytes.ts";
import { hash160, sha256 } from "../primitives/digest.ts";
import type { Txid } from "../primitives/hash.ts";
import type { Satoshi } from "../primitives/units.ts";
import type { Devnet } from "./devnet.ts";
import type { Coin } from "./source.ts";

export interface Payment {
  readonly to: Address;
  readonly value: Satoshi;
}

export interface Faucet {
  /** Where the faucet mines to. */
  readonly address: Address;
  /** Mines blocks to the faucet's own address: for time to pass. */
  mine(blocks: number): Promise<void>;
  /** Pays from mined coins, mining what is missing. The transaction waits in the mempool. */
  pay(payments: readonly Payment[]): Promise<Txid>;
}

const REGTEST = BITCOIN_CHAINS.regtest;
/** Not a secret: everybody may spend the coins of a devnet. */
const MINER_KEY = sha256(fromUtf8("bsk devnet miner"));
/** A block reward can be spent in the 100th block after it (Bitcoin Core: COINBASE_MATURITY). */
const MATURITY = 100;
const FEE_PER_VBYTE = 2n;
const INPUT_VBYTES = 148n;
const OUTPUT_VBYTES = 34n;
const DUST = 546n;
const PATIENCE = 20; // attempts of one more block each, before a chain without rewards (halved away) is given up

/** The faucet of a devnet. Nothing is mined before the first payment. */
export function faucet(devnet: Devnet): Faucet {
  const publicKey = secp256k1.getPublicKey(MINER_KEY, true);
  const address = p2pkhAddress(hash160(publicKey), REGTEST);
  const script = scriptOf(address, REGTEST);
  const mine = async (blocks: number) => {
    await devnet.mine(blocks, address);
  };

  async function spendable(): Promise<Coin[]> {
    const { height } = await devnet.coins.tip();
    const coins = await devnet.coins.coins([script]);
    // whether a coin is a block reward is not told: all wait as long as one
    return coins.filter((coin) => coin.height !== null && height + 1 - coin.height >= MATURITY);
  }

  async function enough(needed: bigint): Promise<{ inputs: Coin[]; fee: bigint; total: bigint }> {
    for (let attempt = 0; attempt < PATIENCE; attempt++) {
      const inputs: Coin[] = [];
      let total = 0n;
      for (const coin of (await spendable()).sort((a, b) => Number(b.value - a.value))) {
        inputs.push(coin);
        total += coin.value;
        const fee = FEE_PER_VBYTE * (10n + INPUT_VBYTES * BigInt(inputs.length) + OUTPUT_VBYTES * 2n);
        if (total >= needed + fee) return { inputs, fee, total };
      }
      await mine(attempt === 0 && inputs.length === 0 ? MATURITY + 10 : 1);
    }
    throw new BskError("machine", "the devnet's faucet has not enough mature coins", { rule: "faucet-empty" });
  }

  return {
    address,
    mine,
    async pay(payments) {
      const sum = payments.reduce((all, { value }) => all + value, 0n);
      const extra = FEE_PER_VBYTE * OUTPUT_VBYTES * BigInt(payments.length);
      const { inputs, fee, total } = await enough(sum + extra);
      const transaction = new Transaction();
      transaction.version = 2;
      for (const { txid, index } of inputs) transaction.addInput(reversed(fromHex(txid)), index);
      for (const { to, value } of payments) transaction.addOutput(fromHex(scriptOf(to, REGTEST)), value);
      const change = total - sum - extra - fee;
      if (change >= DUST) transaction.addOutput(fromHex(script), change);
      for (const i of inputs.keys()) {
        const digest = transaction.hashForSignature(i, fromHex(script), Transaction.SIGHASH_ALL);
        const signature = secp256k1.sign(digest, MINER_KEY, { prehash: false });
        const encoded = scripts.signature.encode(signature, Transaction.SIGHASH_ALL);
        transaction.setInputScript(i, scripts.compile([encoded, publicKey]));
      }
      return devnet.coins.broadcast(transaction.toBuffer());
    },
  };
}
