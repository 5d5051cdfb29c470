/** The making of bundles, by whoever has the hashes and texts of a chain: a full node, or a log that came out at a pin. */
import { isNameRecord, parseHashedRecord } from "../ops/hashed-record.ts";
import type { NetworkId, ZonefileHash } from "../primitives/hash.ts";
import { type Name, namespaceOf } from "../primitives/name.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import type { Anchor } from "./anchor.ts";
import {
  type BundleWalk,
  type HeldOperation,
  type LoggedBlock,
  type ProofBundle,
  type ProofLevel,
  WIDEST_RUN,
} from "./bundle.ts";
import { inOneOrder, isInRun, planRun, type Run } from "./bundle-walk.ts";
import { proveOperation } from "./operation-proof.ts";
import type { HashedBlocks } from "./proof.ts";
import { datedHeight } from "./self-dated.ts";

/** The text of an operation, and the block that holds it. */
export interface HashedOperation {
  readonly height: BlockHeight;
  readonly text: string;
}

/** What a maker of bundles knows. Lookups throw RangeError outside of it. */
export interface ProvableChain extends HashedBlocks {
  readonly network: NetworkId;
  readonly firstBlock: number;
  /** The last operation on a name or namespace up to a height. */
  latestOn(subject: string, upTo: number): HashedOperation | null;
  /** null where it is not at hand. */
  zonefile(hash: ZonefileHash): Uint8Array | null;
}

export interface BundleRequest {
  readonly name: Name;
  readonly pin: Anchor;
  /** The last operation up to this height; not above the pin. */
  readonly at: BlockHeight;
  readonly level: ProofLevel;
  /** To rest on a spine or log of the reader's own. */
  readonly attached: boolean;
  /** How many blocks a list of operations may go through, and how many characters their texts may have. */
  readonly mostListed: { readonly blocks: number; readonly characters: number };
}

/** `impossible`: there is no such proof, or none that is small enough; `because` is a line without a full stop. */
export type MadeBundle =
  { readonly kind: "made"; readonly bundle: ProofBundle } | { readonly kind: "impossible"; readonly because: string };

const impossible = (because: string): MadeBundle => ({ kind: "impossible", because });

/** @throws RangeError where the pin or `at` is not among the chain's blocks */
export function proveBundle(request: BundleRequest, chain: ProvableChain): MadeBundle {
  const { name, pin, at, level, attached } = request;
  const found = chain.latestOn(name, at);
  if (found === null && level !== "complete") return impossible(`no operation on "${name}" up to block ${at}`);
  const namespace = level === "included" ? null : chain.latestOn(namespaceOf(name), at);
  const made = {
    network: chain.network,
    name,
    pin,
    at: level === "complete" ? at : null,
    level,
    operation: found === null ? null : held(found, chain),
    namespace: namespace === null ? null : held(namespace, chain),
    dates: [],
    walk: null,
    log: null,
    inclusion: null,
    zonefile: zonefileOf(found, chain),
  };
  if (attached)
    return level === "included" ? impossible("inclusion rests on nothing else") : { kind: "made", bundle: made };
  if (level === "complete") return listed(request, found, namespace, made, chain);
  if (found === null) return impossible(`no operation on "${name}" up to block ${at}`);
  if (level === "included") {
    const walk = walkOf(pin, { upper: found.height, lower: found.height }, [], chain);
    return { kind: "made", bundle: { ...made, walk } };
  }
  const run = datedRun(found, pin, chain);
  if (run === null)
    return impossible(`no operation within ${WIDEST_RUN} blocks of block ${found.height} says its height`);
  const others = namespace === null ? [] : [namespace.height];
  return { kind: "made", bundle: { ...made, dates: run.dates, walk: walkOf(pin, run, others, chain) } };
}

/** The same operation for a reader who has a spine, or at `complete` a log, of the pin's chain. */
export function attachedTo(level: "placed" | "complete", at: BlockHeight, portable: ProofBundle): ProofBundle {
  return {
    ...portable,
    level,
    at: level === "complete" ? at : null,
    dates: [],
    walk: null,
    log: null,
    inclusion: null,
  };
}

function held({ text, height }: HashedOperation, chain: ProvableChain): HeldOperation {
  return { height, ...proveOperation(text, chain.operationsAt(height)) };
}

function zonefileOf(found: HashedOperation | null, chain: ProvableChain): Uint8Array | null {
  const record = found === null ? null : parseHashedRecord(found.text);
  const hash = record !== null && isNameRecord(record) ? record.valueHash : null;
  return hash === null ? null : chain.zonefile(hash);
}

function walkOf(pin: Anchor, run: Run, others: readonly number[], chain: ProvableChain, isListed = false): BundleWalk {
  const plan = planRun(pin.height, run, others, chain.firstBlock);
  const { steps, leaves } = plan;
  const consensusHashes = leaves.map((height) => chain.consensusHashAt(height));
  return {
    upper: blockHeight(run.upper),
    lower: blockHeight(run.lower),
    opsHashes: steps.filter((height) => !(isListed && isInRun(run, height))).map((height) => chain.opsHashAt(height)),
    consensusHashes: inOneOrder(plan, chain.firstBlock, consensusHashes),
  };
}

const datesItself = (text: string): boolean => datedHeight(parseHashedRecord(text)) !== null;

/** An operation of a block that says the block's height. */
function dateOf(height: number, chain: ProvableChain): HeldOperation | null {
  const text = chain.operationsAt(height).find(datesItself);
  return text === undefined ? null : held({ text, height: blockHeight(height) }, chain);
}

/** The narrowest run around an operation whose ends are certain; null where it would be too wide. */
function datedRun(
  { text, height }: HashedOperation,
  pin: Anchor,
  chain: ProvableChain,
): (Run & { readonly dates: readonly HeldOperation[] }) | null {
  if (datesItself(text) || height === pin.height) return { upper: height, lower: height, dates: [] };
  const own = dateOf(height, chain);
  if (own !== null) return { upper: height, lower: height, dates: [own] };
  const above = nextCertain(height, 1, pin.height, chain);
  const below = nextCertain(height, -1, chain.firstBlock, chain);
  if (above === null || below === null || above.height - below.height > WIDEST_RUN) return null;
  const dates = [above.date, below.date].filter((date) => date !== null);
  return { upper: above.height, lower: below.height, dates };
}

/** From a height, the next one that is certain: by an operation that says it, or as the last block on that side. */
function nextCertain(
  from: number,
  direction: 1 | -1,
  last: number,
  chain: ProvableChain,
): { readonly height: number; readonly date: HeldOperation | null } | null {
  for (let height = from + direction; Math.abs(height - from) <= WIDEST_RUN; height += direction) {
    if (direction * (last - height) <= 0) return { height: last, date: null };
    const date = dateOf(height, chain);
    if (date !== null) return { height, date };
  }
  return null;
}

/** All operations from the last one on the name, or a block before it that dates itself, to `at` or one behind it. */
function listed(
  { name, pin, at, mostListed }: BundleRequest,
  found: HashedOperation | null,
  namespace: HashedOperation | null,
  made: ProofBundle,
  chain: ProvableChain,
): MadeBundle {
  const isOpen = namespace !== null && parseHashedRecord(namespace.text).letter === "!";
  const least =
    found === null ? chain.firstBlock : isOpen ? found.height : Math.min(found.height, namespace?.height ?? 0);
  const certainly = (height: number, direction: 1 | -1, last: number): number | null =>
    height === last || chain.operationsAt(height).some(datesItself)
      ? height
      : (nextCertain(height, direction, last, chain)?.height ?? null);
  const lower = found === null ? least : certainly(least, -1, chain.firstBlock);
  const upper = certainly(at, 1, pin.height);
  if (lower === null || upper === null)
    return impossible(`too few operations around blocks ${least} and ${at} say their height`);
  const tooLarge = (what: string): MadeBundle =>
    impossible(
      found === null
        ? `that "${name}" has no operation is shown by all operations since block ${lower} only, which are ${what}`
        : `the operations of ${upper - lower + 1} blocks would have to be listed, which are ${what}`,
    );
  if (upper - lower >= mostListed.blocks) return tooLarge("too many blocks");
  const log: LoggedBlock[] = [];
  let characters = 0;
  for (let height = lower; height <= upper; height++) {
    const texts = chain.operationsAt(height);
    if (texts.length === 0) continue;
    characters += texts.reduce((sum, text) => sum + text.length, 0);
    if (characters > mostListed.characters) return tooLarge("too large");
    log.push({ height: blockHeight(height), texts });
  }
  const apart = namespace !== null && namespace.height < lower;
  return {
    kind: "made",
    bundle: {
      ...made,
      operation: null,
      namespace: apart ? made.namespace : null,
      walk: walkOf(pin, { upper, lower }, apart ? [namespace.height] : [], chain, true),
      log,
    },
  };
}
