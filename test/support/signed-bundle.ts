/** Bundles of real plans, signed with keys of the test: as a wallet would write them. */
import { address, addressOf, type ScriptHex } from "../../src/bitcoin/address.ts";
import { Transaction } from "bitcoinjs-lib";
import type { Bundle } from "../../src/bundle/bundle.ts";
import { makeBundle, type OwnTransaction } from "../../src/bundle/make.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { consensusHash, type Txid, txid, type ZonefileHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import type { Network } from "../../src/protocol/network-definition.ts";
import type { Burn } from "../../src/wallet/burn.ts";
import type { Coin } from "../../src/wallet/coins.ts";
import { ladder } from "../../src/wallet/fee-ladder.ts";
import { keyFinder, singleKey } from "../../src/wallet/keys.ts";
import type { SeenConsensus, TxPlan } from "../../src/wallet/plan.ts";
import { afterSplit, planRegistration } from "../../src/wallet/plan-registration.ts";
import { nestedSegwitScript, p2pkhScript } from "../../src/wallet/script.ts";
import { FEE_LIMITS, signPlan } from "../../src/wallet/sign.ts";
import { REGTEST } from "./fake-node.ts";

export interface BundleWish {
  readonly name?: string;
  readonly network?: Network;
  /** One byte that the private keys of payer and owner repeat. */
  readonly secret?: number;
  readonly zonefileHash?: ZonefileHash | null;
  /** Coins of the payer; a coin of test money if left out, which must be split. */
  readonly coins?: readonly Coin[];
  /** Whole transactions that made `coins`. */
  readonly previous?: ReadonlyMap<Txid, Uint8Array>;
  readonly consensus?: SeenConsensus;
  readonly burn?: Burn;
  readonly feeRate?: number;
  /** The payer's coins are segwit nested in p2sh. */
  readonly nested?: boolean;
}

export function payerOf(secret = 1, nested = false) {
  const key = singleKey(new Uint8Array(32).fill(secret));
  const { publicKey } = key.pair;
  return { key, script: nested ? nestedSegwitScript(publicKey) : p2pkhScript(publicKey) };
}

/** Everything together: preorders, registers and spares. */
export function signedBundle({
  name: of = "alice.test",
  network = REGTEST,
  secret = 1,
  zonefileHash = null,
  coins,
  previous,
  consensus = { hash: consensusHash("00112233445566778899aabbccddeeff"), height: blockHeight(1000) },
  burn = { address: address(network.burnAddress, network.bitcoin), price: satoshi(40_000) },
  feeRate = 5,
  nested = false,
}: BundleWish = {}): Bundle {
  const { key, script } = payerOf(secret, nested);
  const ownerScript = p2pkhScript(singleKey(new Uint8Array(32).fill(secret + 100)).pair.publicKey);
  const owner = addressOf(ownerScript, network.bitcoin);
  if (owner === null) throw new Error("a p2pkh script has an address");
  const funding = fundingOf(script);
  const known = new Map(previous ?? [[funding.txid, funding.raw]]);
  const planned = planRegistration(
    { name: name(of), owner, burn, consensus, zonefileHash },
    {
      network,
      purse: { coins: coins ?? [funding.coin], kept: new Set(), locked: new Set() },
      feeRate,
      changeScript: script,
    },
    FEE_LIMITS,
  );
  const signed = (plan: TxPlan): OwnTransaction & { readonly txid: Txid } => {
    const made = signPlan(plan, known, keyFinder([key]));
    return { ...made, inputs: plan.inputs };
  };
  const split = planned.split === null ? null : signed(planned.split);
  if (split !== null) known.set(split.txid, split.raw);
  const plan = split === null ? planned : afterSplit(planned, split.txid);
  const { payload, deathHeight } = plan.preorder;
  if (payload?.kind !== "NAME_PREORDER" || deathHeight === null) throw new Error("a preorder is one");
  return makeBundle({
    network: network.id,
    deathHeight,
    split,
    preorder: {
      preorderHash: payload.preorderHash,
      consensusHash: payload.consensusHash,
      burnAddress: burn.address,
      burned: Number(plan.preorder.cost.burned),
      variants: ladder(plan.preorder, 4, FEE_LIMITS).map(signed),
    },
    register: {
      name: name(of),
      owner,
      zonefileHash,
      variants: ladder(plan.register, 6, FEE_LIMITS).map(signed),
      spares: ladder(plan.spare, 6, FEE_LIMITS).map(signed),
    },
  });
}

/** A transaction from nowhere that pays the script. */
function fundingOf(script: ScriptHex) {
  const transaction = new Transaction();
  transaction.addInput(new Uint8Array(32).fill(9), 0);
  const value = satoshi(10_000_000);
  transaction.addOutput(fromHex(script), value);
  const raw = transaction.toBuffer();
  const id = txid(transaction.getId());
  const coin: Coin = { txid: id, index: 0, value, script, height: blockHeight(900) };
  return { raw, txid: id, coin };
}

/** The bundle with its n-th byte changed in every transaction's hex, and so on: changes that a dishonest relay may try. */
export function withRaw(
  bundle: Bundle,
  change: (raw: Uint8Array) => Uint8Array,
  which: "preorder" | "register",
): Bundle {
  const changed = (raws: readonly string[]): string[] =>
    raws.map((raw, i) => (i === 0 ? toHex(change(fromHex(raw))) : raw));
  if (which === "preorder" || bundle.register === null) {
    return { ...bundle, preorder: { ...bundle.preorder, variants: changed(bundle.preorder.variants) } };
  }
  return { ...bundle, register: { ...bundle.register, variants: changed(bundle.register.variants) } };
}
