/** Our payloads, output orders and signatures against transactions of the original client. */
import * as fs from "node:fs";
import { script as codec, Transaction } from "bitcoinjs-lib";
import { describe, expect, test } from "vitest";
import { scriptOf, address } from "../../src/bitcoin/address.ts";
import { fromHex, fromUtf8, reversed, toHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { announcementHash, consensusHash, zonefileHash } from "../../src/primitives/hash.ts";
import { name, namespaceId } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { MAINNET, networkOf } from "../../src/protocol/network-definition.ts";
import type { Coin } from "../../src/wallet/coins.ts";
import { keyTree } from "../../src/wallet/derivation.ts";
import { keyFinder, singleKey } from "../../src/wallet/keys.ts";
import { parseMnemonic, seedOf } from "../../src/wallet/mnemonic.ts";
import type { PlanContext, TxPlan } from "../../src/wallet/plan.ts";
import { planAnnounce, planRenew, planRevoke, planTransfer, planUpdate } from "../../src/wallet/plan-name.ts";
import { planImport, planNamespaceReady, planNamespaceReveal } from "../../src/wallet/plan-namespace.ts";
import { planPreorder, planRegister } from "../../src/wallet/plan-registration.ts";
import { coin, purse, script } from "./purse.ts";

interface Row {
  readonly name: string;
  readonly script: string;
  readonly inputs: readonly {
    readonly txid: string;
    readonly index: number;
    readonly value: number;
    readonly address: string;
  }[];
  readonly outputs: readonly { readonly address: string; readonly value: number }[];
  readonly txid: string;
}

const { rows } = JSON.parse(
  fs.readFileSync(new URL("../vectors/wallet/legacy-layout.json", import.meta.url), "utf8"),
) as { readonly rows: readonly Row[] };

const network = networkOf(MAINNET);
const on = network.bitcoin;
const tree = keyTree(seedOf(parseMnemonic(`${"abandon ".repeat(11)}about`)));
const keyOf = keyFinder(
  [{ purpose: "payment", index: 0 } as const, { purpose: "owner", index: 0 } as const].map((path) =>
    singleKey(tree.privateKey(path)),
  ),
);
const PAYER = script("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA");
const OWNER_ADDRESS = address("1NBsnVpx9SVD88MxC7tPUE6xxuWt1wigyL", on);
const OWNER = scriptOf(OWNER_ADDRESS, on);
const judecn = name("judecn.id");
const zonefile = zonefileHash.of(hash160(fromUtf8("$ORIGIN judecn.id\n")));
const message = "278cef025bb6cc5514c702bb68a79c91852e4967";
const consensus = { hash: consensusHash("00112233445566778899aabbccddeeff"), height: blockHeight(500_000) };
const burn = { address: address(MAINNET.burnAddress, on), price: satoshi(100_000) };

/** The purse holds exactly what the original spent. */
function contextOf(row: Row): PlanContext {
  const coins: Coin[] = row.inputs.map((input) =>
    coin(parseInt(input.txid.slice(0, 2), 16), input.value, script(input.address), 100, input.index),
  );
  return { network, purse: purse(coins, { kept: new Set([OWNER]) }), feeRate: 10, changeScript: PAYER };
}

const PLANS: Readonly<Record<string, (context: PlanContext) => TxPlan>> = {
  preorder: (context) =>
    planPreorder({ name: judecn, owner: OWNER_ADDRESS, burn, consensus, zonefileHash: null }, context),
  register: (context) =>
    planRegister({ name: judecn, owner: OWNER_ADDRESS, payer: PAYER, zonefileHash: null }, context),
  "register with zone file hash": (context) =>
    planRegister({ name: judecn, owner: OWNER_ADDRESS, payer: PAYER, zonefileHash: zonefile }, context),
  update: (context) => planUpdate({ name: judecn, owner: OWNER, zonefileHash: zonefile, consensus }, context),
  transfer: (context) =>
    planTransfer(
      {
        name: judecn,
        owner: OWNER,
        newOwner: address("19Zr9EqFt9eT4mNBwMsxa8sF5UFWe9C6Ya", on),
        keepZonefile: true,
        consensus,
      },
      context,
    ),
  revoke: (context) => planRevoke({ name: judecn, owner: OWNER }, context),
  "renew with zone file hash": (context) =>
    planRenew({ name: judecn, owner: OWNER, newOwner: OWNER_ADDRESS, zonefileHash: zonefile, burn }, context),
  "namespace reveal": (context) =>
    planNamespaceReveal(
      {
        namespaceId: namespaceId("test"),
        parameters: {
          lifetime: 52_595,
          coeff: 4,
          base: 4,
          buckets: [6, 5, 4, 3, 2, 1, ...Array<number>(10).fill(0)],
          nonalphaDiscount: 10,
          noVowelDiscount: 10,
          version: 3, // prettier-ignore
        },
        revealer: OWNER_ADDRESS,
        payer: PAYER,
      },
      context,
    ),
  "namespace ready": (context) => planNamespaceReady({ namespaceId: namespaceId("test"), revealer: PAYER }, context),
  import: (context) =>
    planImport(
      { name: name("judecn.test"), importer: PAYER, recipient: OWNER_ADDRESS, zonefileHash: zonefileHash(message) },
      context,
    ),
  announce: (context) => planAnnounce({ sender: PAYER, announcementHash: announcementHash(message) }, context),
};

/** The original let the acting coin pay for everything where one key did both; ours brings it back and pays apart. */
const PAID_BY_THE_ACTOR = ["namespace ready", "import", "announce"];

describe("transactions of the original client", () => {
  test.each(rows)("$name: same payload, same outputs in the same order", (row) => {
    const context = contextOf(row);
    const apart = PAID_BY_THE_ACTOR.includes(row.name);
    const more = { ...context.purse, coins: [...context.purse.coins, coin(0x44, 90_000, PAYER)] };
    const plan = PLANS[row.name]?.(apart ? { ...context, purse: more } : context);
    const [data, ...outputs] = plan?.outputs ?? [];
    expect(data).toEqual({ role: "data", value: 0n, script: row.script });
    const scripts = row.outputs.map((output) => script(output.address));
    expect(outputs.slice(0, apart ? row.outputs.length : undefined).map((output) => output.script)).toEqual(scripts);
    if (apart) return;
    expect(outputs.map(({ value }) => Number(value))).toEqual(row.outputs.map(({ value }) => value));
    expect(plan?.inputs.map(({ txid }) => txid)).toEqual(row.inputs.map(({ txid }) => txid));
  });

  test.each(rows)("$name: the same transaction id, signature for signature", (row) => {
    const transaction = new Transaction();
    transaction.version = 1;
    for (const { txid, index } of row.inputs) transaction.addInput(reversed(fromHex(txid)), index, 0xffffffff);
    transaction.addOutput(fromHex(row.script), 0n);
    for (const { address: to, value } of row.outputs) transaction.addOutput(fromHex(script(to)), BigInt(value));
    row.inputs.forEach((input, i) => {
      const spent = script(input.address);
      const key = keyOf(spent);
      if (key === undefined) throw new Error(`no key for ${input.address}`);
      const signature = key.pair.sign(transaction.hashForSignature(i, fromHex(spent), Transaction.SIGHASH_ALL));
      const encoded = codec.signature.encode(signature, Transaction.SIGHASH_ALL);
      transaction.setInputScript(i, codec.compile([encoded, key.pair.publicKey]));
    });
    expect(transaction.getId()).toBe(row.txid);
    expect(toHex(transaction.outs[0]?.script ?? new Uint8Array())).toBe(row.script);
  });
});
