/** Plans of the operations on namespaces. Output orders: spec 08 §7; what the network demands of them: spec 01 §5. */
import { type Address, addressOf, p2pkhAddress, type ScriptHex, scriptOf } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import type { NamespaceParameters } from "../ops/operation.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import { fromHex } from "../primitives/bytes.ts";
import type { ZonefileHash } from "../primitives/hash.ts";
import type { Name, NamespaceId } from "../primitives/name.ts";
import type { Burn } from "./burn.ts";
import { LEAST_CHANGE, output, type PlanContext, planOf, type SeenConsensus, type TxPlan } from "./plan.ts";
import { burnOutput, ownerCoin, payerCoin, returned } from "./roles.ts";
import { revealReserve } from "./price.ts";
import { dustLimit, isSpendable, OWNER_OUTPUT } from "./size.ts";

export interface NamespacePreorderRequest {
  readonly namespaceId: NamespaceId;
  /** Address that the reveal will name as revealer: it enters the hash. Must be p2pkh, or nobody can ever import. */
  readonly revealer: Address;
  /** Always the network's burn address. */
  readonly burn: Burn;
  readonly consensus: SeenConsensus;
}

/** First phase; change goes back to the script of input 0 and is enough for the reveal. */
export function planNamespacePreorder(request: NamespacePreorderRequest, context: PlanContext): TxPlan {
  const { namespaceId, revealer, consensus } = request;
  checkRevealer(revealer, context);
  const burn = burnOutput(request.burn, context);
  return planOf(
    {
      purpose: "namespace-preorder",
      payload: (first) => ({
        kind: "NAMESPACE_PREORDER",
        preorderHash: preorderHashOf(namespaceId, first.script, revealer),
        consensusHash: consensus.hash,
      }),
      layout: (data, change) => [data, change, burn],
      changeToPayer: revealReserve(namespaceId, context.feeRate) + LEAST_CHANGE,
      consensus,
      hides: [scriptOf(revealer, context.network.bitcoin)],
      effect: `preorders the namespace "${namespaceId}" with revealer ${revealer}, without showing its id to anybody`,
      followUp: `reveal "${namespaceId}" as soon as a block holds the preorder`,
    },
    context,
  );
}

export interface NamespaceRevealRequest {
  readonly namespaceId: NamespaceId;
  readonly parameters: NamespaceParameters;
  readonly revealer: Address;
  /** Script of the preorder's input 0: the creator. */
  readonly payer: ScriptHex;
}

/** Exactly three outputs. */
export function planNamespaceReveal(request: NamespaceRevealRequest, context: PlanContext): TxPlan {
  const { namespaceId, parameters, revealer, payer } = request;
  checkRevealer(revealer, context);
  const recipient = output("recipient", scriptOf(revealer, context.network.bitcoin), OWNER_OUTPUT);
  const { lifetime, coeff, base, buckets, nonalphaDiscount, noVowelDiscount, version } = parameters;
  return planOf(
    {
      purpose: "namespace-reveal",
      payload: () => ({
        kind: "NAMESPACE_REVEAL",
        namespaceId,
        lifetime,
        coeff,
        base,
        buckets,
        nonalphaDiscount,
        noVowelDiscount,
        version, // prettier-ignore
      }),
      payer: payerCoin(payer, "preordered", context),
      layout: (data, change) => [data, recipient, change],
      changeToPayer: LEAST_CHANGE,
      effect: `reveals the namespace "${namespaceId}": its prices and lifetimes are fixed for ever`,
      followUp: `import names if you wish, then make "${namespaceId}" ready within ${context.network.namespaceRevealExpire} blocks`,
    },
    context,
  );
}

export interface NamespaceReadyRequest {
  readonly namespaceId: NamespaceId;
  readonly revealer: ScriptHex;
}

export function planNamespaceReady(request: NamespaceReadyRequest, context: PlanContext): TxPlan {
  const { namespaceId } = request;
  const owner = ownerCoin(request.revealer, context);
  return planOf(
    {
      purpose: "namespace-ready",
      payload: () => ({ kind: "NAMESPACE_READY", namespaceId }),
      owner,
      layout: (data, change) => [data, returned(owner), change],
      effect: `makes the namespace "${namespaceId}" ready: from now on everybody can register names in it`,
    },
    context,
  );
}

export interface ImportRequest {
  readonly name: Name;
  /** The revealer's script, or that of one of its import keys once the revealer has imported (spec 02 §6.3). */
  readonly importer: ScriptHex;
  readonly recipient: Address;
  readonly zonefileHash: ZonefileHash;
}

/** Output 2 carries the zone file hash as if it were the hash of a public key: what it holds is lost, so it holds little. */
export function planImport(request: ImportRequest, context: PlanContext): TxPlan {
  const { name, recipient, zonefileHash } = request;
  const { bitcoin } = context.network;
  const owner = ownerCoin(request.importer, context);
  const carrier = scriptOf(p2pkhAddress(fromHex(zonefileHash), bitcoin), bitcoin);
  return planOf(
    {
      purpose: "import",
      payload: () => ({ kind: "NAME_IMPORT", name }),
      owner,
      layout: (data, change) => [
        data,
        output("recipient", scriptOf(recipient, bitcoin), OWNER_OUTPUT),
        output("zonefile-hash", carrier, dustLimit(carrier)),
        returned(owner),
        change,
      ],
      effect: `imports "${name}" for ${recipient}, with the zone file of hash ${zonefileHash}`,
      followUp: "publish the zone file once a block holds the import",
    },
    context,
  );
}

/** A p2sh revealer is accepted by the network but can never import (spec 02 §6.3). */
function checkRevealer(revealer: Address, { network }: PlanContext): void {
  const script = scriptOf(revealer, network.bitcoin);
  if (isSpendable(script) && script.startsWith("76") && addressOf(script, network.bitcoin) === revealer) return;
  throw new BskError("usage", `the revealer of a namespace must be a p2pkh address, not "${revealer}"`, {
    hint: "leave it out, and the wallet makes one",
  });
}
