/** What a registration costs, before any coin is chosen: one coin for each transaction is assumed. */
import type { ScriptHex } from "../bitcoin/address.ts";
import type { Name, NamespaceId } from "../primitives/name.ts";
import { type Satoshi, satoshi } from "../primitives/units.ts";
import { dustLimit, feeFor, OWNER_OUTPUT, virtualSize } from "./size.ts";

// Only lengths count here, so that any script of a kind stands for all.
const P2PKH = `76a914${"00".repeat(20)}88ac` as ScriptHex;
const data = (bytes: number): ScriptHex => `6a${"00".repeat(bytes + (bytes <= 75 ? 1 : 2))}` as ScriptHex;

/** Bytes behind OP_RETURN and its push: magic, opcode and the payload of spec 01 §4. */
const PREORDER_DATA = 39;
const REGISTER_DATA_WITH_ZONEFILE = 60;
const REVEAL_DATA = 20;
/** Magic, opcode and the dot before the id. */
const READY_DATA = 4;
/** Virtual bytes of a preorder with one input. */
export function preorderSize(payer: ScriptHex, burn: ScriptHex): number {
  return virtualSize([payer], [data(PREORDER_DATA), payer, burn]);
}

/** Virtual bytes of a register with one input and change. */
export function registerSize(request: {
  readonly name: Name;
  readonly zonefile: boolean;
  readonly payer: ScriptHex;
  readonly change: ScriptHex;
}): number {
  const { name, zonefile, payer, change } = request;
  return virtualSize([payer], [data(zonefile ? REGISTER_DATA_WITH_ZONEFILE : 3 + name.length), P2PKH, change]);
}

const preorderFee = (burn: ScriptHex, feeRate: number): bigint => feeFor(preorderSize(P2PKH, burn), feeRate);

const registerFee = (name: Name, zonefile: boolean, feeRate: number): bigint =>
  feeFor(registerSize({ name, zonefile, payer: P2PKH, change: P2PKH }), feeRate);

/** Satoshis that a namespace preorder keeps back for its reveal: the revealer's output and the fee. */
export function revealReserve(namespaceId: NamespaceId, feeRate: number): bigint {
  const size = virtualSize([P2PKH], [data(REVEAL_DATA + namespaceId.length), P2PKH, P2PKH]);
  return OWNER_OUTPUT + feeFor(size, feeRate);
}

export interface RegistrationCost {
  /** Price of the name, or what nodes relay where that is more. */
  readonly burn: Satoshi;
  /** Stays with the owner of the name, as the coin that signs for it. */
  readonly ownerOutput: Satoshi;
  readonly preorderFee: Satoshi;
  readonly registerFee: Satoshi;
  readonly total: Satoshi;
}

/**
 * Both transactions of a registration, in satoshis. Exact where the wallet has a p2pkh coin for each of them; one that
 * must make these coins first pays the fee of that too. A plan tells the exact sum for the coins at hand.
 */
export function registrationCost(request: {
  readonly name: Name;
  readonly price: Satoshi;
  readonly burnScript: ScriptHex;
  readonly zonefile: boolean;
  /** Satoshis per virtual byte. */
  readonly feeRate: number;
}): RegistrationCost {
  const { name, price, burnScript, zonefile, feeRate } = request;
  const least = dustLimit(burnScript);
  const burn = price > least ? price : least;
  const fees = [preorderFee(burnScript, feeRate), registerFee(name, zonefile, feeRate)] as const;
  return {
    burn: satoshi(burn),
    ownerOutput: satoshi(OWNER_OUTPUT),
    preorderFee: satoshi(fees[0]),
    registerFee: satoshi(fees[1]),
    total: satoshi(burn + OWNER_OUTPUT + fees[0] + fees[1]),
  };
}

export interface NamespaceCost {
  /** Price of the namespace, or what nodes relay where that is more. */
  readonly burn: Satoshi;
  /** Stays with the revealer, as the coin that signs for the namespace. */
  readonly revealOutput: Satoshi;
  readonly preorderFee: Satoshi;
  readonly revealFee: Satoshi;
  readonly readyFee: Satoshi;
  readonly total: Satoshi;
}

/** The three transactions that make a namespace, in satoshis, imports not counted. Exact as `registrationCost` is. */
export function namespaceCost(request: {
  readonly namespaceId: NamespaceId;
  readonly price: Satoshi;
  readonly burnScript: ScriptHex;
  /** Satoshis per virtual byte. */
  readonly feeRate: number;
}): NamespaceCost {
  const { namespaceId, price, burnScript, feeRate } = request;
  const least = dustLimit(burnScript);
  const burn = price > least ? price : least;
  const preorder = preorderFee(burnScript, feeRate);
  const reveal = revealReserve(namespaceId, feeRate) - OWNER_OUTPUT;
  const ready = feeFor(virtualSize([P2PKH], [data(READY_DATA + namespaceId.length), P2PKH]), feeRate);
  return {
    burn: satoshi(burn),
    revealOutput: satoshi(OWNER_OUTPUT),
    preorderFee: satoshi(preorder),
    revealFee: satoshi(reveal),
    readyFee: satoshi(ready),
    total: satoshi(burn + OWNER_OUTPUT + preorder + reveal + ready),
  };
}
