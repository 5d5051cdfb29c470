/**
 * A chain as long as mainnet's for proofs: every third block holds a preorder, which dates the block, and an update of a
 * name that has no other operation. Texts are made when they are asked for.
 */
import { encodeNetstrings } from "../../src/encoding/netstring.ts";
import type { AppliedOperation } from "../../src/ops/applied.ts";
import { parseHashedRecord } from "../../src/ops/hashed-record.ts";
import { canonicalFields, type CanonicalField } from "../../src/ops/canonical.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { sha256 } from "../../src/primitives/digest.ts";
import { type Name, name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { opsHashOf } from "../../src/verify/ops-hash.ts";
import type { Latest } from "../../src/verify/name-state.ts";
import type { ProvableChain } from "../../src/verify/prove-bundle.ts";
import { type Spine, startSpine } from "../../src/verify/spine.ts";
import { buildChain } from "./built-chain.ts";
import { CHAIN_NETWORK } from "./name-chain.ts";

const READY = 3;
const BUSY = 3;

export interface ProofChain extends ProvableChain {
  readonly tip: number;
  readonly spine: Spine;
  readonly log: Latest;
  /** The name that is updated in a block. */
  nameAt(height: number): Name;
  /** A block with an update, from a number below one. */
  busy(share: number): number;
  /** Field names and texts of a block's operations, as the original calls them. */
  readonly fields: readonly (readonly CanonicalField[])[];
}

export function proofChain(blocks: number): ProofChain {
  const { firstBlock, id } = CHAIN_NETWORK;
  const applied = grownUp();
  const preorder = partsOf(applied.NAME_PREORDER);
  const update = partsOf(applied.NAME_UPDATE);
  const ready = partsOf(applied.NAMESPACE_READY);
  const nameAt = (height: number): Name => name(`name-${height}.bench`);
  const txidAt = (height: number): string =>
    toHex(sha256(Uint8Array.of(height, height >> 8, height >> 16, height >> 24)));
  const operationsAt = (height: number): readonly string[] => {
    if (height === READY) return [ready.text({})];
    if (height < READY || height % BUSY !== 0) return [];
    return [
      preorder.text({ block_number: String(height), txid: txidAt(height) }),
      update.text({ name: nameAt(height), txid: txidAt(-height), vtxindex: "2" }),
    ];
  };
  const latestOn: ProvableChain["latestOn"] = (subject, upTo) => {
    const height = subject === "bench" ? READY : Number(/^name-([0-9]+)\.bench$/u.exec(subject)?.[1] ?? Infinity);
    const text = height <= upTo ? operationsAt(height).at(-1) : undefined;
    return text === undefined ? null : { height: blockHeight(height), text };
  };
  const spine = startSpine(firstBlock);
  for (let height = firstBlock; height < firstBlock + blocks; height++) {
    const texts = operationsAt(height);
    spine.append(texts.length === 0 ? null : fromHex(opsHashOf(texts)));
  }
  const tip = spine.height();
  return {
    firstBlock,
    network: id,
    tip,
    spine,
    opsHashAt: (height) => spine.opsHashAt(height),
    consensusHashAt: (height) => spine.consensusHashAt(height),
    operationsAt,
    latestOn,
    zonefile: () => null,
    log: {
      latestOn: (subject, upTo) => {
        const found = latestOn(subject, upTo);
        return found === null ? null : { height: found.height, record: parseHashedRecord(found.text) };
      },
    },
    nameAt,
    busy: (share) => BUSY * (2 + Math.floor(share * (Math.floor(tip / BUSY) - 2))),
    fields: [preorder.fields, update.fields],
  };
}

type Kinds = "NAME_PREORDER" | "NAME_UPDATE" | "NAMESPACE_READY";

function grownUp(): Record<Kinds, AppliedOperation> {
  const { store, indexed } = buildChain({ blocks: 20, births: 1 });
  store.close();
  const all = indexed.flatMap(({ accepted }) => accepted.map((each) => each.accepted));
  const of = (kind: Kinds): AppliedOperation => {
    const found = all.find((operation) => operation.kind === kind);
    if (found === undefined) throw new Error(`the chain of the benchmarks has no ${kind}`);
    return found;
  };
  return { NAME_PREORDER: of("NAME_PREORDER"), NAME_UPDATE: of("NAME_UPDATE"), NAMESPACE_READY: of("NAMESPACE_READY") };
}

function partsOf(operation: AppliedOperation) {
  const fields = canonicalFields(operation) ?? [];
  const letter = fields.find(([field]) => field === "op")?.[1].charAt(0) ?? "";
  return {
    fields,
    /** The text with other values in some fields. */
    text: (changed: Readonly<Record<string, string>>): string =>
      `${letter}:${encodeNetstrings(fields.map(([field, value]) => changed[field] ?? value))}`,
  };
}
