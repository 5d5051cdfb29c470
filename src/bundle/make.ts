/** A bundle of what was planned and signed here. */
import { toHex } from "../primitives/bytes.ts";
import type { NetworkId, ZonefileHash } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import type { PlanInput } from "../wallet/plan.ts";
import type { Bundle } from "./bundle.ts";

/** A transaction of ours, and what it spends. */
export interface OwnTransaction {
  /** Signed serialization. */
  readonly raw: Uint8Array;
  readonly inputs: readonly Pick<PlanInput, "txid" | "index" | "value" | "script">[];
}

export interface BundleParts {
  readonly network: NetworkId;
  readonly deathHeight: Bundle["deathHeight"];
  readonly split: (OwnTransaction & { readonly txid: string }) | null;
  readonly preorder: Omit<Bundle["preorder"], "variants"> & { readonly variants: readonly OwnTransaction[] };
  /** Null: it is given out later. */
  readonly register: {
    readonly name: Name;
    readonly owner: string;
    readonly zonefileHash: ZonefileHash | null;
    readonly variants: readonly OwnTransaction[];
    readonly spares: readonly OwnTransaction[];
  } | null;
}

/** Lists each coin once that no transaction of the bundle makes. */
export function makeBundle({ network, deathHeight, split, preorder, register }: BundleParts): Bundle {
  const all = [
    ...(split === null ? [] : [split]),
    ...preorder.variants,
    ...(register === null ? [] : [...register.variants, ...register.spares]),
  ];
  const coins = new Map(
    all
      .flatMap(({ inputs }) => inputs)
      .filter(({ txid }) => txid !== split?.txid)
      .map(({ txid, index, value, script }) => [
        `${txid}:${index}`,
        { txid, index, value: Number(value), script: script },
      ]),
  );
  const raws = (of: readonly OwnTransaction[]): string[] => of.map(({ raw }) => toHex(raw));
  return {
    network,
    deathHeight,
    coins: [...coins.values()],
    split: split === null ? null : toHex(split.raw),
    preorder: { ...preorder, variants: raws(preorder.variants) },
    register:
      register === null ? null : { ...register, variants: raws(register.variants), spares: raws(register.spares) },
  };
}
