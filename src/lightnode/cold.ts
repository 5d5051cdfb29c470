/**
 * What strangers say of a name when nothing is on this machine but a pin: all are asked at once, each once, and each answer
 * is checked as far as it carries. The newest operation that any of them proves wins; what contradicts it is evidence.
 */
import { BskError } from "../errors.ts";
import { isNameRecord, isNamespaceRecord } from "../ops/hashed-record.ts";
import { type Name, namespaceOf } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Anchor } from "../verify/anchor.ts";
import type { FullName } from "./answers.ts";
import { agreedPin } from "./agreed-pin.ts";
import type { Standing } from "./as-of.ts";
import { type Caught, catchLiars } from "./caught.ts";
import { fullNameOf } from "./log-source.ts";
import { type NodeTrouble, nobodyAnswered, troublesOf } from "./node-troubles.ts";
import { type Answered, type Askable, checkedWord, type NodeWord, wordOf } from "./node-word.ts";
import { type Pin, shownPin } from "./pin.ts";
import { claimsOf, type Newest, newestOf } from "./quorum.ts";
import type { TrustLevel } from "./trust-level.ts";

export interface ColdQuestion {
  readonly name: Name;
  /** Different machines; what they say is believed in nothing. */
  readonly nodes: readonly Askable[];
  /** null: the block on which two of them agree is taken for one. */
  readonly pin: Pin | null;
  readonly network: Network;
  readonly now: Date;
  /** Keeps the evidence against a node, and gives the path of its file; null: it could not be kept. */
  readonly caught: (found: Caught) => Promise<string | null>;
}

/** What the nodes came to. */
export interface ColdAnswer {
  /** null: the namespace of the last record was not opened in time. */
  readonly record: FullName | null;
  readonly standing: Standing & { readonly node: string };
  readonly strangers: StrangersReport;
  /** Those whose answers could be gone by. */
  readonly answered: readonly Answered[];
}

/** How the answer of strangers came about. */
export interface StrangersReport {
  /** How far the record itself is proven; which block it is in where that is. */
  readonly proven: { readonly level: "included" | "placed"; readonly height: BlockHeight | null };
  /** How many say that the name changed after the pin's block, and the highest height that they give; null: nobody. */
  readonly later: { readonly nodes: number; readonly height: BlockHeight } | null;
  readonly troubles: readonly NodeTrouble[];
  readonly caught: readonly { readonly node: string; readonly because: string; readonly evidence: string | null }[];
}

/**
 * @throws BskError as `nobodyAnswered`, `agreedPin` and `newestOf`; `unproven`, rule `name-not-registered`, where no node
 * knows of the name, and `namespace-unproven` where none proves its namespace's record, without which nobody can tell
 * whether the name has expired
 */
export async function askStrangers(question: ColdQuestion): Promise<ColdAnswer> {
  const { name, network } = question;
  const { words, pin, anchor } = await wordsOf(question);
  const asked = { name, pin: anchor, network: network.id, firstBlock: network.firstBlock };
  const answered = words.filter((word) => word.kind === "answered");
  const operation = await newestOf(claimsOf(answered, "operation"), asked);
  const namespace = await newestOf(claimsOf(answered, "namespace"), asked);
  const caught = await keepEvidence(catchLiars(words, { operation, namespace }, asked, question.now), question);
  const troubles = troublesOf(words);
  if (answered.length === 0) throw nobodyAnswered(words, troubles);
  const record = operation?.claim.operation.record;
  if (operation === null || record === undefined || !isNameRecord(record)) throw unknown(name, answered);
  const parent = namespace?.claim.operation.record;
  if (parent === undefined || !isNamespaceRecord(parent)) throw withoutNamespace(name);
  return {
    record: fullNameOf(record, parent, anchor.height, network),
    standing: {
      level: levelOf({ answered: answered.length, pin, operation }),
      asOf: { height: anchor.height, time: earliestTime(answered) },
      node: operation.claim.by[0].node.url,
      ...(pin === null ? {} : { pin: shownPin(pin) }),
      nodes: { asked: words.length, answered: answered.length, agreeing: operation.claim.by.length },
    },
    strangers: { proven: provenOf(operation), later: laterOf(answered), troubles, caught },
    answered,
  };
}

/** The words of all nodes under one pair, and the pin that it is; null: it is the word of a single node. */
async function wordsOf({ name, nodes, pin, network, now }: ColdQuestion): Promise<{
  readonly words: readonly NodeWord[];
  readonly pin: Pin | null;
  readonly anchor: Anchor;
}> {
  const on = { name, network: network.id, firstBlock: network.firstBlock };
  if (pin !== null) {
    const words = await Promise.all(nodes.map((node) => wordOf(node, { ...on, pin })));
    return { words, pin, anchor: pin };
  }
  const { told, block, urls } = await agreedPin(nodes, name);
  const anchor = block ?? told.flatMap((each) => (each.kind === "told" ? (each.answer.upTo ?? []) : []))[0];
  const words = nodes.map((node, i): NodeWord => {
    const each = told[i] as (typeof told)[number];
    if (anchor !== undefined) return checkedWord(node, each, { ...on, pin: anchor });
    return each.kind === "told"
      ? { node, kind: "refuted", answer: each.answer, because: "it names no block that it answers for" }
      : { node, ...each };
  });
  if (anchor === undefined) throw nobodyAnswered(words, troublesOf(words));
  if (block === null) return { words, pin: null, anchor };
  const { height, consensusHash } = block;
  const agreed = { network: network.id, height, consensusHash, since: now.toISOString() };
  return { words, pin: { ...agreed, source: { kind: "agreeing", urls } }, anchor: block };
}

async function keepEvidence(caught: readonly Caught[], { caught: keep }: Pick<ColdQuestion, "caught">) {
  const kept: { node: string; because: string; evidence: string | null }[] = [];
  for (const each of caught) kept.push({ node: each.node, because: each.because, evidence: await keep(each) });
  return kept;
}

/** With one node it is never `quorum`, whatever that node proves; without a pin it proves nothing. */
function levelOf(of: { readonly answered: number; readonly pin: Pin | null; readonly operation: Newest }): TrustLevel {
  if (of.pin === null) return "claimed";
  return of.answered >= 2 ? "quorum" : provenOf(of.operation).level;
}

function provenOf({ claim }: Newest): StrangersReport["proven"] {
  const { height } = claim.operation.block;
  return { level: height === null ? "included" : "placed", height };
}

/** Nothing shows that it is true: of those who tell the time of the pin's block, the earliest is taken. */
function earliestTime(answered: readonly Answered[]): Date | null {
  const times = answered.flatMap(({ answer }) => answer.upTo?.time ?? []);
  return times.length === 0 ? null : new Date(1000 * Math.min(...times));
}

function laterOf(answered: readonly Answered[]): StrangersReport["later"] {
  const heights = answered.flatMap(({ answer }) => answer.later ?? []);
  const height = heights.toSorted((a, b) => b - a)[0];
  return height === undefined ? null : { nodes: heights.length, height };
}

function unknown(name: Name, answered: readonly Answered[]): BskError {
  const who =
    answered.length === 1 ? (answered[0]?.node.url ?? "") : `each of the ${answered.length} nodes that answered`;
  return new BskError("unproven", `"${name}" is not registered, says ${who}`, {
    rule: "name-not-registered",
    hint: "nodes may hide names: ask others (--nodes URL,URL), or hash all operations up to the pin (bsk light sync)",
  });
}

function withoutNamespace(name: Name): BskError {
  return new BskError("unproven", `no node proves the record of the namespace "${namespaceOf(name)}"`, {
    rule: "namespace-unproven",
    hint: `without it nobody can tell whether "${name}" has expired; ask other nodes (--nodes URL,URL)`,
  });
}
