/** A chain with a full node and an open namespace, and bundles of strangers' coins on it. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { Transaction } from "bitcoinjs-lib";
import * as v from "valibot";
import { afterAll, beforeAll } from "vitest";
import { addressOf } from "../../src/bitcoin/address.ts";
import { checkBundle, type CheckedBundle } from "../../src/bundle/check.ts";
import type { Variant } from "../../src/bundle/read.ts";
import { faucet, type Faucet } from "../../src/chain/devnet-faucet.ts";
import { startWorld, type World } from "../../src/demo/world.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import type { Txid } from "../../src/primitives/hash.ts";
import { name, namespaceId, namespaceOf } from "../../src/primitives/name.ts";
import { satoshi } from "../../src/primitives/units.ts";
import { seenConsensus } from "../../src/spending/consensus-choice.ts";
import { readyNamespace } from "../../src/spending/registration.ts";
import { nameBurn } from "../../src/wallet/burn.ts";
import type { Coin } from "../../src/wallet/coins.ts";
import { REGTEST } from "./fake-node.ts";
import { openNamespace } from "./open-namespace.ts";
import { payerOf, signedBundle } from "./signed-bundle.ts";
import { lockingScript, signed } from "./spend.ts";

const SPACE = namespaceId("relayed1");
const FUNDS = satoshi(3_000_000);

export interface BundleWorld extends World {
  readonly faucet: Faucet;
  /** A bundle for each name, each of another payer and owner, of coins that are confirmed. */
  bundles(names: readonly string[]): Promise<readonly CheckedBundle[]>;
  /** Mines one block of exactly these, and waits until the node has indexed it. */
  mineOnly(transactions: readonly Pick<Variant, "raw">[]): Promise<void>;
  /** Spends the coin of a bundle's preorders otherwise, as its owner would to cancel it; waits in the mempool. */
  cancel(bundle: CheckedBundle): Promise<void>;
  /** What the node says of a confirmed transaction: "accepted", or the rule that ignored it. */
  verdict(of: Txid): Promise<string>;
  /** Who owns the name; null: nobody. */
  ownerOf(of: string): Promise<string | null>;
}

export function useBundleWorld(): () => BundleWorld {
  let made: BundleWorld | undefined;
  let directory: string;
  let secret = 1;
  const secrets = new Map<string, number>();
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "bsk-bundle-"));
    const world = await startWorld({
      network: REGTEST,
      directory,
      bitcoind: process.env["BITCOIND"],
      entropy: randomBytes(16),
      clock: { now: () => new Date(), sleep: (ms) => sleep(ms) },
      signal: new AbortController().signal,
    });
    const { devnet, desk, node } = world;
    const money = faucet(devnet);
    const indexed = async (): Promise<void> => {
      const { height } = await devnet.coins.tip();
      while ((await node.tip()).height < height) await sleep(10);
    };
    await openNamespace(SPACE, world);
    made = {
      ...world,
      faucet: money,
      bundles: async (names) => {
        const payers = names.map(() => ({ secret: ++secret, ...payerOf(secret) }));
        const funding = await money.pay(
          payers.map(({ script }) => {
            const to = addressOf(script, REGTEST.bitcoin);
            if (to === null) throw new Error("a p2pkh script has an address");
            return { to, value: FUNDS };
          }),
        );
        await world.mine();
        const { height } = await devnet.coins.tip();
        const raw = await devnet.coins.rawTransaction(funding);
        if (raw === null) throw new Error("the devnet knows its transactions");
        const consensus = await seenConsensus(desk);
        return Promise.all(
          names.map(async (text, index) => {
            const of = name(`${text}.${SPACE}`);
            const namespace = await readyNamespace(of, desk);
            const burn = nameBurn(of, namespace, REGTEST, { pricedAt: height + 1, paidAt: height + 2 });
            const payer = payers[index];
            if (payer === undefined) throw new Error("each name has a payer");
            const coin: Coin = { txid: funding, index, value: FUNDS, script: payer.script, height };
            const wish = { name: of, secret: payer.secret, coins: [coin], previous: new Map([[funding, raw]]) };
            const bundle = checkBundle(signedBundle({ ...wish, consensus, burn }), REGTEST);
            secrets.set(bundle.preorder.preorderHash, payer.secret);
            return bundle;
          }),
        );
      },
      mineOnly: async (transactions) => {
        await devnet.node.call(
          "generateblock",
          [money.address, transactions.map(({ raw }) => toHex(raw))],
          v.object({ hash: v.string() }),
        );
        await indexed();
      },
      cancel: async ({ preorder, split }) => {
        const privateKey = new Uint8Array(32).fill(secrets.get(preorder.preorderHash) ?? 0);
        const key = { privateKey, publicKey: secp256k1.getPublicKey(privateKey, true) };
        const [stake] = preorder.variants.map((variant) => variant.stake);
        if (stake === undefined) throw new Error("a ladder has steps");
        const { txid, index } = stake;
        const value = Transaction.fromBuffer(split?.raw ?? new Uint8Array()).outs[index]?.value ?? 0n;
        const script = lockingScript("p2pkh", key);
        await devnet.coins.broadcast(
          signed([{ txid, index, value, kind: "p2pkh", key }], [{ script, value: value - 20_000n }]),
        );
      },
      verdict: async (of) => {
        const status = await devnet.coins.transactionStatus(of);
        if (status.kind !== "confirmed") return status.kind;
        const judged = await node.judgement(of, status.height, status.blockHash);
        return judged.kind === "ignored" ? (judged.reason?.rule ?? "no operation") : judged.kind;
      },
      ownerOf: async (text) => {
        const of = name(`${text}.${namespaceOf(name(`x.${SPACE}`))}`);
        const status = await node.name(of);
        return status.kind === "registered" ? status.address : null;
      },
    };
  }, 120_000);
  afterAll(async () => {
    await made?.stop();
    await rm(directory, { recursive: true, force: true });
  });
  return () => {
    if (made === undefined) throw new Error("the world exists only inside of tests");
    return made;
  };
}
