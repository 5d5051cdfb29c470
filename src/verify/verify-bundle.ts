/** The check of a bundle, with no network and no clock (docs/protocol/proof.md). */
import { type HashedNamespaceRecord, type HashedRecord, isNameRecord } from "../ops/hashed-record.ts";
import { hash160 } from "../primitives/digest.ts";
import { type BlockHash, type OpsHash, zonefileHash } from "../primitives/hash.ts";
import { namespaceOf } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Anchor } from "./anchor.ts";
import { type BundleWalk, type ProofBundle, type ProvenName } from "./bundle.ts";
import { type LogPiece, logPiece } from "./bundle-log.ts";
import { misshapen } from "./bundle-shape.ts";
import { inOneOrder, isInRun, planRun } from "./bundle-walk.ts";
import { certainHeights } from "./certain-heights.ts";
import { verifyInclusion } from "./inclusion.ts";
import { type Latest, nameStateAt } from "./name-state.ts";
import { verifyPlan } from "./name-walk.ts";
import { type Outcome, proven, refuted, unproven } from "./outcome.ts";
import { datedHeight } from "./self-dated.ts";
import type { HashedSpine } from "./spine.ts";
import { type Shown, type ShownOperations, shownOperations } from "./shown-operations.ts";

/** What of a network a check needs. */
export type BundleNetwork = Pick<Network, "id" | "firstBlock" | "epochs" | "namespaceRevealExpire">;

/** What the reader holds that was verified before. */
export interface Held {
  readonly spine?: HashedSpine | undefined;
  /** Hashed forward with the spine. */
  readonly log?: Latest | undefined;
  /** Of Bitcoin's blocks, by headers that were checked; null where they do not reach. */
  readonly blockHashAt?: ((height: BlockHeight) => BlockHash | null) | undefined;
}

/** Checks a bundle against a pin of one's own. Never throws for what a bundle says. */
export function verifyBundle(
  bundle: ProofBundle,
  pin: Anchor,
  network: BundleNetwork,
  held: Held = {},
): Outcome<ProvenName> {
  if (bundle.network !== network.id) return refuted(`the proof is of another network, ${bundle.network}`);
  const anchor = ownAnchor(bundle.pin, pin, held);
  if (anchor.kind !== "proven") return anchor;
  const wrong = misshapen(bundle, network.firstBlock);
  if (wrong !== null) return refuted(wrong);
  const found = bundle.walk === null ? attached(bundle, network, held) : portable(bundle, bundle.walk, network, held);
  return found.kind === "proven" ? withItsZonefile(found.value) : found;
}

/** The reader's own pair at the height from which the bundle goes: the pin, or what a spine that comes to it says. */
function ownAnchor(claimed: Anchor, pin: Anchor, { spine }: Held): Outcome<Anchor> {
  let own = pin;
  if (claimed.height < pin.height && spine !== undefined && comesTo(pin, spine)) {
    own = { height: claimed.height, consensusHash: spine.consensusHashAt(claimed.height) };
  }
  if (claimed.height !== own.height) {
    return unproven(`a proof from block ${pin.height}: this one goes from block ${claimed.height}`);
  }
  if (claimed.consensusHash === own.consensusHash) return proven(own);
  return refuted(`the proof goes from ${claimed.consensusHash}, the pin of that block is ${own.consensusHash}`);
}

const comesTo = (pin: Anchor, spine: HashedSpine): boolean =>
  pin.height <= spine.height() && spine.consensusHashAt(pin.height) === pin.consensusHash;

/** A bundle that shows by itself how the pin commits to what it says. */
function portable(bundle: ProofBundle, walk: BundleWalk, network: BundleNetwork, held: Held): Outcome<ProvenName> {
  const { pin, namespace, log } = bundle;
  const piece = log === null ? null : logPiece(log, walk);
  if (piece !== null && piece.kind !== "proven") return piece;
  const plan = planRun(pin.height, walk, namespace === null ? [] : [namespace.height], network.firstBlock);
  const isListed = (height: number): boolean => piece !== null && isInRun(walk, height);
  const due = plan.steps.filter((height) => !isListed(height));
  if (walk.opsHashes.length !== due.length) {
    return refuted(`the proof has ${walk.opsHashes.length} ops hashes, ${due.length} are due`);
  }
  const given = new Map(due.map((height, i) => [height, walk.opsHashes[i]]));
  const opsHashes = plan.steps.map((height) => given.get(height) ?? (piece?.value.opsHashAt(height) as OpsHash));
  const steps = verifyPlan(pin, plan, network.firstBlock, { opsHashes, consensusHashes: walk.consensusHashes });
  if (steps.kind !== "proven") return steps;
  const ordered = inOneOrder(plan, network.firstBlock, walk.consensusHashes);
  if (walk.consensusHashes.some((hash, i) => hash !== ordered[i])) return refuted("consensus hashes are out of order");
  const opsHashAt = new Map(plan.steps.map((height, i) => [height, opsHashes[i]]));
  const shown = shownOperations(bundle, (height) => opsHashAt.get(height));
  if (shown.kind !== "proven") return shown;
  const dated = datedHeights(shown.value, piece?.value ?? null, walk);
  if (dated.kind !== "proven") return dated;
  const certain = certainHeights(plan.steps, dated.value, network.firstBlock);
  return piece === null
    ? byWalk(bundle, shown.value, certain, held)
    : byLog(bundle, walk, { piece: piece.value, namespace: shown.value.namespace, certain }, network);
}

/** Heights of blocks that hold an operation which says its own; refuted where it says another than the bundle. */
function datedHeights(
  { operation, dates }: ShownOperations,
  piece: LogPiece | null,
  { upper, lower }: BundleWalk,
): Outcome<ReadonlySet<number>> {
  const atEnds = [...new Set([upper, lower])].flatMap((height) =>
    (piece?.recordsAt(height) ?? []).map((record) => ({ height, record })),
  );
  const dated = new Set<number>();
  for (const { height, record } of [...(operation === null ? [] : [operation]), ...dates, ...atEnds]) {
    const said = datedHeight(record);
    if (said === height) dated.add(height);
    else if (said !== null) return refuted(`a block is said to be ${height}, and holds an operation of block ${said}`);
  }
  return dates.every(({ height }) => dated.has(height))
    ? proven(dated)
    : refuted("an operation that is to date its block does not say a height");
}

function byWalk(
  { level, inclusion, zonefile }: ProofBundle,
  { operation, namespace }: ShownOperations,
  certain: ReadonlySet<number>,
  held: Held,
): Outcome<ProvenName> {
  if (operation === null) return refuted("no operation is shown");
  const { record, height } = operation;
  const placed: ProvenName = { level: "placed", record, height, namespace: namespace?.record ?? null, zonefile };
  const place =
    inclusion === null || held.blockHashAt === undefined
      ? null
      : verifyInclusion(inclusion, record, height, held.blockHashAt);
  if (place?.kind === "refuted") return place;
  if (certain.has(height) || place?.kind === "proven") return proven(placed);
  if (level === "placed" && inclusion === null) return unproven("operations that date the block");
  return proven({ level: "included", record, zonefile });
}

/** What a list of operations comes to, whose blocks are those that the pin commits to. */
interface VerifiedList {
  readonly piece: LogPiece;
  readonly namespace: Shown<HashedNamespaceRecord> | null;
  readonly certain: ReadonlySet<number>;
}

function byLog(
  { name, at, zonefile }: ProofBundle,
  { upper, lower }: BundleWalk,
  { piece, namespace, certain }: VerifiedList,
  network: BundleNetwork,
): Outcome<ProvenName> {
  if (at === null) return refuted("no height is given");
  if (!certain.has(upper) || !certain.has(lower)) return unproven(`operations that date blocks ${upper} and ${lower}`);
  const isWhole = lower === network.firstBlock;
  if (!isWhole && piece.latestOn(name, at) === null) return unproven(`the operations of the blocks before ${lower}`);
  const listed = piece.latestOn(namespaceOf(name), at);
  if (namespace !== null && (listed !== null || namespace.height >= lower)) {
    return refuted("the operation on the namespace is shown beside the list that holds it");
  }
  // Nothing follows the operation that opens a namespace; one that only reveals it may not be the last.
  if (!isWhole && listed === null && namespace?.record.letter !== "!") return unproven("what opened the namespace");
  const latest: Latest = {
    latestOn: (subject, upTo) =>
      piece.latestOn(subject, upTo) ?? (subject === namespace?.record.namespaceId ? namespace : null),
  };
  return proven({ level: "complete", at, state: nameStateAt(latest, name, at, network), zonefile });
}

/** A bundle that rests on what the reader holds. */
function attached(bundle: ProofBundle, network: BundleNetwork, { spine, log }: Held): Outcome<ProvenName> {
  const { name, at, pin, zonefile } = bundle;
  if (spine === undefined || spine.height() < pin.height) {
    return unproven(`a spine of your own up to block ${pin.height}, on which this proof rests`);
  }
  if (!comesTo(pin, spine)) return refuted(`your spine has another consensus hash at block ${pin.height}`);
  const shown = shownOperations(bundle, (height) => spine.opsHashAt(height));
  if (shown.kind !== "proven") return shown;
  if (at !== null && log !== undefined) {
    for (const [subject, said] of [
      [name, shown.value.operation],
      [namespaceOf(name), shown.value.namespace],
    ] as const) {
      const last = log.latestOn(subject, at);
      if (last?.height === said?.height && last?.record.txid === said?.record.txid) continue;
      const found = last === null ? "none" : `that of block ${last.height}`;
      return refuted(`the last operation on "${subject}" up to block ${at} is ${found}`);
    }
    return proven({ level: "complete", at, state: nameStateAt(log, name, at, network), zonefile });
  }
  const { operation, namespace } = shown.value;
  if (operation === null) return unproven(`an operation log of your own up to block ${pin.height}`);
  const { record, height } = operation;
  return proven({ level: "placed", record, height, namespace: namespace?.record ?? null, zonefile });
}

function withItsZonefile(found: ProvenName): Outcome<ProvenName> {
  if (found.zonefile === null) return proven(found);
  const record = recordOf(found);
  const hash = zonefileHash.of(hash160(found.zonefile));
  if (record !== null && isNameRecord(record) && record.valueHash === hash) return proven(found);
  return refuted("the zone file does not have the hash that the record carries");
}

/** The record that was proven; null where it was proven that there is none. */
export function recordOf(found: ProvenName): HashedRecord | null {
  if (found.level !== "complete") return found.record;
  return found.state.kind === "absent" ? null : found.state.record;
}
