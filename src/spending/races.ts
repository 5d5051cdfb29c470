/**
 * Who else is registering a name. A preorder hides its name, so that only a register can be seen for what it is: it waits
 * in a mempool, or stands in a block that the node has not indexed yet. What cannot be seen is said.
 */
import { Buffer } from "node:buffer";
import { scriptOf, address } from "../bitcoin/address.ts";
import { parseTransaction } from "../bitcoin/transaction.ts";
import { BskError, ParseError } from "../errors.ts";
import { OPCODES } from "../ops/opcode.ts";
import { decodePayload } from "../ops/payload.ts";
import type { Operation } from "../ops/operation.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import { fromLatin1 } from "../primitives/bytes.ts";
import type { PreorderHash, Txid } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import { parseCandidate, payloadFormsAt } from "../rules/machine.ts";
import { candidateOf, findCandidates, type FoundCandidate, spentOutpoints } from "../virtualchain/candidates.ts";
import type { Desk } from "./desk.ts";

/** A transaction of somebody else. */
export interface Rival {
  readonly txid: Txid;
  /** Of its block; null: it waits for one. */
  readonly height: number | null;
}

export interface RivalRegister extends Rival {
  /** Is a preorder for it known? A register without one is ignored. Null: we cannot tell. */
  readonly preordered: boolean | null;
}

export interface Races {
  readonly name: Name;
  /** Registers of the name. */
  readonly registers: readonly RivalRegister[];
  /** Preorders with the hash that is about to be sent: of the same wallet, from another machine. */
  readonly samePreorders: readonly Rival[];
  /** How much of the mempool was seen, and how many preorders of hidden names it holds; null: it cannot be seen. */
  readonly mempool: { readonly seen: number; readonly total: number; readonly preorders: number } | null;
  /** The last blocks that were read, both included; null: the source gives none. */
  readonly blocks: { readonly from: number; readonly to: number; readonly preorders: number } | null;
}

type Witness = Pick<Desk, "source" | "network"> & { readonly node: Pick<Desk["node"], "preflight"> };

/** Transactions that are looked at; a crowded mempool holds far more, and each costs a question. */
const MOST_SEEN = 5000;
/** Blocks that are read: as many as a node waits for before it indexes one (spec 01 §1). */
const RECENT_BLOCKS = 6;

interface Seen {
  readonly candidate: FoundCandidate;
  readonly height: BlockHeight | null;
}

/**
 * Looks in the mempool and the last blocks. `preorderHash`: of the preorder that is about to be sent, null if none is;
 * `own`: transactions of this wallet, which are no rivals.
 */
export async function lookForRaces(
  subject: { readonly name: Name; readonly preorderHash: PreorderHash | null },
  witness: Witness,
  own: ReadonlySet<Txid> = new Set(),
): Promise<Races> {
  const { source } = witness;
  const { height: tip } = await source.tip();
  const waiting = await waitingCandidates(witness);
  const recent = await recentCandidates(tip, witness);
  const seen = [...(waiting?.found ?? []), ...(recent?.found ?? [])].filter(
    ({ candidate }) => !own.has(candidate.txid),
  );
  const preorders = new Map<PreorderHash, Rival>();
  const registers: Seen[] = [];
  for (const each of seen) {
    const payload = payloadOf(each.candidate, tip, witness);
    const { txid } = each.candidate;
    if (payload?.kind === "NAME_PREORDER") preorders.set(payload.preorderHash, { txid, height: each.height });
    if (payload?.kind === "NAME_REGISTRATION" && payload.name === subject.name) registers.push(each);
  }
  const known = { preorders, complete: waiting !== null && waiting.seen === waiting.total && recent !== null };
  const same = subject.preorderHash === null ? undefined : preorders.get(subject.preorderHash);
  const rivals: RivalRegister[] = [];
  for (const each of registers) rivals.push(...(await rivalOf(each, tip, known, witness)));
  const hidden = (of: readonly Seen[]) =>
    of.filter(({ candidate }) => payloadOf(candidate, tip, witness)?.kind === "NAME_PREORDER").length;
  return {
    name: subject.name,
    registers: rivals,
    samePreorders: same === undefined ? [] : [same],
    mempool: waiting === null ? null : { seen: waiting.seen, total: waiting.total, preorders: hidden(waiting.found) },
    blocks: recent === null ? null : { from: recent.from, to: tip, preorders: hidden(recent.found) },
  };
}

/** @throws BskError `rejected` with rule `race` where somebody else is ahead. */
export function requireNoRace({ name, registers, samePreorders }: Races): void {
  const ahead = registers.filter(({ preordered }) => preordered !== false);
  const [first] = [...ahead, ...samePreorders];
  if (first === undefined) return;
  const where = first.height === null ? "waits in the mempool" : `is in block ${first.height}`;
  const what = ahead.length > 0 ? "a register of it" : "the same preorder, sent from elsewhere,";
  const more = ahead.length > 1 ? `, and ${ahead.length - 1} more` : "";
  throw new BskError("rejected", `"${name}" is contested: ${what} ${where}: ${first.txid}${more}`, {
    rule: "race",
    hint: "of two that register one name, one or both lose what they burn; --race goes on all the same",
  });
}

async function waitingCandidates({ source, network }: Witness) {
  const burn = scriptOf(address(network.burnAddress, network.bitcoin), network.bitcoin);
  const sample = await source.mempool([burn], MOST_SEEN);
  if (sample === null) return null;
  const magic = fromLatin1(network.magic);
  const found = sample.transactions.flatMap((raw): Seen[] => {
    const candidate = readable(() => candidateOf(raw, magic, OPCODES));
    return candidate === null ? [] : [{ candidate, height: null }];
  });
  return { found, seen: sample.transactions.length, total: Math.max(sample.total, sample.transactions.length) };
}

async function recentCandidates(tip: BlockHeight, { source, network }: Witness) {
  const magic = fromLatin1(network.magic);
  const search = (haystack: Uint8Array, needle: Uint8Array, from: number): number =>
    Buffer.from(haystack.buffer, haystack.byteOffset, haystack.byteLength).indexOf(needle, from);
  const found: Seen[] = [];
  const from = Math.max(0, tip - RECENT_BLOCKS + 1);
  for (let at = from; at <= tip; at++) {
    const height = blockHeight(at);
    const raw = await source.rawBlockAt(height);
    if (raw === null) return null;
    for (const candidate of readable(() => findCandidates(raw, magic, OPCODES, search)) ?? [])
      found.push({ candidate, height });
  }
  return { found, from };
}

/** Null where strangers' bytes cannot be read. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function payloadOf({ opcode, payload }: FoundCandidate, tip: BlockHeight, { network }: Witness) {
  const read = decodePayload(opcode, payload, payloadFormsAt(network, tip + 1));
  return read.kind === "ok" ? read.value : null;
}

interface KnownPreorders {
  readonly preorders: ReadonlyMap<PreorderHash, Rival>;
  /** All of the mempool and of the last blocks was seen. */
  readonly complete: boolean;
}

/** The register that a candidate is, with whether it can count; none where the network would read no register in it. */
async function rivalOf(
  { candidate, height }: Seen,
  tip: BlockHeight,
  known: KnownPreorders,
  witness: Witness,
): Promise<readonly RivalRegister[]> {
  const rival = { txid: candidate.txid, height };
  const spentScripts = await spentScriptsOf(candidate, witness);
  if (spentScripts === null) return [{ ...rival, preordered: null }];
  const operation = parseCandidate({ ...candidate, spentScripts }, blockHeight(tip + 1), witness.network);
  if (operation.kind === "malformed" || operation.value.kind !== "NAME_REGISTRATION") return [];
  return [{ ...rival, preordered: await isPreordered(operation.value, known, witness) }];
}

async function isPreordered(
  { name, sender, recipientAddress }: Extract<Operation, { kind: "NAME_REGISTRATION" }>,
  { preorders, complete }: KnownPreorders,
  { node }: Witness,
): Promise<boolean | null> {
  const hash = preorderHashOf(name, sender, recipientAddress);
  if (preorders.has(hash)) return true;
  const question = { names: [], namespaces: [], preorderHashes: [hash], owners: [], nameHashes: [] };
  const snapshot = await node.preflight(question);
  if (snapshot.preorders.some(({ preorderHash }) => preorderHash === hash)) return true;
  return complete ? false : null;
}

/** Null where the source does not give a transaction whose output is spent. */
async function spentScriptsOf(candidate: FoundCandidate, { source }: Witness): Promise<Uint8Array[] | null> {
  const scripts: Uint8Array[] = [];
  for (const { txid, index } of spentOutpoints(candidate)) {
    const raw = await source.rawTransaction(txid);
    const script = raw === null ? undefined : parseTransaction(raw).outputs[index]?.script;
    if (script === undefined) return null;
    scripts.push(script);
  }
  return scripts;
}
