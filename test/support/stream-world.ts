/** The world that random streams of operations play in: every epoch in a few blocks, four people, three namespaces. */
import { type Address, addressOf, scriptHex, type ScriptHex, scriptOf } from "../../src/bitcoin/address.ts";
import { concat, fromHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import type { NamespaceId } from "../../src/primitives/name.ts";
import { MAINNET_EPOCHS } from "../../src/protocol/epoch.ts";
import { networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";
import { allocationOf } from "../../src/tokens/allocation.ts";
import { testKey } from "./spend.ts";

export const FIRST = 100;
const ENDS = [115, 130, 145, 165, 180, null];
/** Every epoch in 15 blocks or so, lives and prices as short and small; the end is 200. */
export const STREAM_NETWORK = networkOf({
  ...newNetworkDefinition("stream", "regtest", FIRST, "id"),
  endHeight: 200,
  epochs: MAINNET_EPOCHS.map((epoch, i) => ({
    ...epoch,
    endBlock: ENDS[i] ?? null,
    gracePeriod: Math.min(epoch.gracePeriod, 3),
    receiveFeesPeriod: Math.min(epoch.receiveFeesPeriod, 12),
  })),
  importKeyringSize: 1,
  namePreorderExpire: 10,
  namespaceRevealExpire: 12,
  maxNamesPerSender: 3,
});

export const KEYS = ["a", "b", "c", "d"].map((seed) => testKey(`stream ${seed}`));
export const SCRIPTS = KEYS.map(({ publicKey }) =>
  scriptHex(concat(fromHex("76a914"), hash160(publicKey), fromHex("88ac"))),
);
export const addressAt = (script: ScriptHex): Address => addressOf(script, STREAM_NETWORK.bitcoin)!;
export const BURN = scriptOf(STREAM_NETWORK.burnAddress as Address, STREAM_NETWORK.bitcoin);
export const LABELS = ["a", "bb", "c0", "x-y"];
export const SPACES = ["one", "two", "three"] as NamespaceId[];

/** The last of the four has none; what is vested comes in every epoch. */
export const STREAM_ALLOCATION = allocationOf(
  SCRIPTS.slice(0, 3).map((script, i) => ({
    address: addressAt(script),
    value: "3000000000000",
    vesting: { 120: 5 + i, 150: "70000000000", 170: 1 },
    lock_send: i === 2 ? 170 : 0,
    receive_whitelisted: i !== 1,
  })),
);
