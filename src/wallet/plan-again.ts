/**
 * Plans of the next version of a transaction that is on its way. All spend the same input 0 as the first, so that only
 * one of them can confirm; operation outputs and their order stay.
 */
import type { Payload } from "../ops/operation.ts";
import { updateHashOf } from "../primitives/name.ts";
import { blockHeight, satoshi } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import { dataScript, output, type SeenConsensus, type TxPlan } from "./plan.ts";
import { dustLimit, feeFor, virtualSize } from "./size.ts";

/** The same operation with another consensus hash; null where it carries none. `subject`: the name that an update is of. */
export function withConsensus(
  plan: TxPlan,
  subject: string,
  seen: SeenConsensus,
  network: Pick<Network, "magic" | "consensusHashWindow">,
): TxPlan | null {
  const payload = plan.payload === null ? null : freshPayload(plan.payload, subject, seen);
  if (payload === null) return null;
  const script = dataScript(network.magic, payload);
  return {
    ...plan,
    payload,
    outputs: plan.outputs.map((each) => (each.role === "data" ? { ...each, script } : each)),
    deathHeight: blockHeight(seen.height + network.consensusHashWindow),
  };
}

function freshPayload(payload: Payload, subject: string, { hash }: SeenConsensus): Payload | null {
  switch (payload.kind) {
    case "NAME_PREORDER":
    case "NAME_TRANSFER":
    case "NAMESPACE_PREORDER":
      return { ...payload, consensusHash: hash };
    case "NAME_UPDATE":
      return { ...payload, updateHash: updateHashOf(subject, hash) };
    default:
      return null;
  }
}

/**
 * Takes everything back: it spends what the plan spends, and pays the owner's coin to its owner and the rest to the
 * script of the first payer. `leastFee`: satoshis of what it must outbid, to which it adds the relay of its own bytes.
 * Null where too little would come back.
 */
export function planCancel(plan: TxPlan, leastFee: bigint, feeRate: number): TxPlan | null {
  const owners = plan.inputs.filter(({ role }) => role === "owner");
  const payer = plan.inputs.find(({ role }) => role === "payer");
  if (payer === undefined) return null;
  const returned = owners.map(({ script, value }) => output("returned", script, value));
  const scripts = [...returned, payer].map(({ script }) => script);
  const size = virtualSize(
    plan.inputs.map(({ script }) => script),
    scripts,
  );
  const [outbids, usual] = [leastFee + BigInt(size), feeFor(size, feeRate)];
  const fee = outbids > usual ? outbids : usual;
  const held = plan.inputs.reduce((sum, { value }) => sum + value, 0n);
  const kept = returned.reduce((sum, { value }) => sum + value, 0n);
  const rest = held - kept - fee;
  if (rest < dustLimit(payer.script)) return null;
  return {
    ...plan,
    purpose: "cancel",
    payload: null,
    outputs: [...returned, output("change", payer.script, rest)],
    fee: satoshi(fee),
    feeRate: Number(fee) / size,
    size,
    cost: { fee: satoshi(fee), burned: satoshi(0n), placed: satoshi(0n), total: satoshi(fee) },
    hides: [],
    effect: `takes back what would be spent otherwise: ${plan.effect}`,
    followUp: null,
    deathHeight: null,
  };
}
