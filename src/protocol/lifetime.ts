/** When names and namespaces are there: expiry, grace, visibility (spec 02 §3.1, §5.8). T, g, E and G as there. */
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import { epochAt } from "./epoch.ts";
import type { NetworkDefinition } from "./network-definition.ts";

type Network = Pick<NetworkDefinition, "epochs" | "namespaceRevealExpire">;

/** What of a name's record decides how long it lives. */
export interface NameLife {
  readonly firstRegistered: BlockHeight;
  readonly lastRenewed: BlockHeight;
}

/** What of a namespace's record decides how long its names live. */
export interface NamespaceLife {
  /** Blocks, before the epoch's multiplier. */
  readonly lifetime: number;
  /** "&" revealed, "!" ready. */
  readonly op: "&" | "!";
  readonly revealBlock: BlockHeight;
  /** 0 until it is ready. */
  readonly readyBlock: BlockHeight;
}

/** T(b): blocks that a name of the namespace lives without renewal, by the rules of height b. */
export function lifetimeAt({ lifetime }: Pick<NamespaceLife, "lifetime">, height: number, { epochs }: Network): number {
  return lifetime * epochAt(epochs, height).lifetimeMultiplier;
}

/** Is the namespace revealed, not ready and within its time at a height? */
export function isNamespaceRevealedAt(namespace: NamespaceLife, height: number, network: Network): boolean {
  const { op, revealBlock } = namespace;
  return op === "&" && revealBlock <= height && height < revealBlock + network.namespaceRevealExpire;
}

/** Has the namespace been opened? Seen at once, within the block that opens it. */
export function isNamespaceReady({ op }: Pick<NamespaceLife, "op">): boolean {
  return op === "!";
}

/**
 * Is the name in the way at a height: registered by then and not lapsed? Revoked names are, until they lapse.
 * The two bounds differ by one block, as in the original.
 */
export function isLiveAt(name: NameLife, namespace: NamespaceLife | null, height: number, network: Network): boolean {
  if (namespace === null || name.firstRegistered > height) return false;
  if (!isNamespaceReady(namespace)) return isNamespaceRevealedAt(namespace, height, network);
  const span = lifetimeAt(namespace, height, network) + epochAt(network.epochs, height).gracePeriod;
  return namespace.readyBlock + span > height || name.lastRenewed + span >= height;
}

/** E: the height from which a name of a ready namespace can only be renewed, by the rules of height `at`. */
export function expireHeight(name: NameLife, namespace: NamespaceLife, at: number, network: Network): number {
  return Math.max(namespace.readyBlock, name.lastRenewed) + lifetimeAt(namespace, at, network);
}

/** Largest height that fits the type: names of a namespace without end never expire. */
const NEVER = 0x7fffffff;

/** E as a height to show, null for a name that does not expire. */
export function expireBlock(
  name: NameLife,
  namespace: NamespaceLife,
  at: number,
  network: Network,
): BlockHeight | null {
  const height = expireHeight(name, namespace, at, network);
  return height > NEVER ? null : blockHeight(height);
}

/** G: the last height of the grace period as the original reports it; null for a name that does not expire. */
export function renewalDeadline(
  name: NameLife,
  namespace: NamespaceLife,
  at: number,
  network: Network,
): BlockHeight | null {
  const height = expireHeight(name, namespace, at, network) + epochAt(network.epochs, at).gracePeriod;
  return height > NEVER ? null : blockHeight(height);
}

/** Is the name expired but still its owner's to renew? Then it can be neither updated, transferred nor revoked. */
export function isInGraceAt(name: NameLife, namespace: NamespaceLife, height: number, network: Network): boolean {
  if (!isNamespaceReady(namespace) || !isLiveAt(name, namespace, height, network)) return false;
  const expires = expireHeight(name, namespace, height, network);
  return expires <= height && height < expires + epochAt(network.epochs, height).gracePeriod;
}

/** When a name ends, by the rules of a height. */
export interface Lifespan {
  /** The height from which it can only be renewed; null: it never expires. */
  readonly expires: BlockHeight | null;
  /** The last height of its grace period; null: never. */
  readonly renewalDeadline: BlockHeight | null;
  /** Past its end, in its grace period or behind that. */
  readonly expired: boolean;
  readonly inGrace: boolean;
}

const ENDLESS: Lifespan = { expires: null, renewalDeadline: null, expired: false, inGrace: false };

/** Null where the name's namespace is gone: it was not opened in time. */
export function lifespanOf(
  name: NameLife,
  namespace: NamespaceLife,
  height: number,
  network: Network,
): Lifespan | null {
  if (!isNamespaceReady(namespace)) return isNamespaceRevealedAt(namespace, height, network) ? ENDLESS : null;
  const expires = expireBlock(name, namespace, height, network);
  return {
    expires,
    renewalDeadline: renewalDeadline(name, namespace, height, network),
    expired: expires !== null && expires <= height,
    inGrace: isInGraceAt(name, namespace, height, network),
  };
}
