/**
 * All that a client without data of its own needs of a node to resolve a name, in one answer: proofs of the last
 * operation on the name and on its namespace up to a pinned block, or the plain word that there is none.
 *
 * That there is no later operation is the node's word alone; other nodes can show that it is not true (verify/evidence).
 */
import { isNameRecord, isNamespaceRecord } from "../ops/hashed-record.ts";
import type { ConsensusHash, NetworkId } from "../primitives/hash.ts";
import { type Name, namespaceOf } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { consensusHashAtEnd, type PlacedOperation } from "./ancestry.ts";
import type { Anchor } from "./anchor.ts";
import { type NameProof, verifyProof } from "./proof.ts";

/** A block as a node tells it. */
export interface ToldBlock extends Anchor {
  /** Of its header, in seconds since 1970. Nothing shows that it is true. */
  readonly time: number;
}

export interface NameAnswer {
  readonly network: NetworkId;
  /** The name that was asked for. */
  readonly name: Name;
  /** The last block that the node has indexed. */
  readonly tip: ToldBlock;
  /** The block up to which it answers; null: it has not come to the one that it was asked for. */
  readonly upTo: ToldBlock | null;
  /** The last operation on the name up to then, with its zone file where the node has it; null: there is none. */
  readonly operation: NameProof | null;
  /** The last operation on the name's namespace up to then; null: there is none. */
  readonly namespace: NameProof | null;
  /** The height of an operation on the name that came after that block, the last one; null: the node knows of none. */
  readonly later: BlockHeight | null;
}

/** What an answer proves under a pin. */
export type CheckedAnswer =
  | { readonly kind: "other-network"; readonly network: NetworkId }
  /** The node has not come to the pin's block. */
  | { readonly kind: "behind"; readonly tip: BlockHeight }
  /** It has another consensus hash at the pin's height: its history is not the pin's. */
  | { readonly kind: "other-history"; readonly consensusHash: ConsensusHash }
  /** It contradicts the pin, or itself. */
  | { readonly kind: "refuted"; readonly because: string }
  | ({ readonly kind: "answered" } & ProvenStates);

export interface ProvenStates {
  /** null: the node says that there is none. */
  readonly operation: PlacedOperation | null;
  readonly namespace: PlacedOperation | null;
  /** Has the hash that the operation's record carries; null: the node gave none. */
  readonly zonefile: Uint8Array | null;
}

export interface Asked {
  readonly name: Name;
  readonly pin: Anchor;
  readonly network: NetworkId;
  readonly firstBlock: number;
}

/** Checks what one node answered. Never throws for what it says. */
export function checkAnswer(answer: NameAnswer, { name, pin, network, firstBlock }: Asked): CheckedAnswer {
  if (answer.network !== network) return { kind: "other-network", network: answer.network };
  if (answer.name !== name) return refuted(`it answers for another name, "${answer.name}"`);
  const { upTo, tip } = answer;
  if (upTo === null) {
    if (tip.height < pin.height) return { kind: "behind", tip: tip.height };
    return refuted(`it says that it has not come to block ${pin.height}, and that its last is ${tip.height}`);
  }
  if (upTo.height !== pin.height) return refuted(`it answers up to block ${upTo.height}, not ${pin.height}`);
  if (upTo.consensusHash !== pin.consensusHash) {
    return { kind: "other-history", consensusHash: upTo.consensusHash };
  }
  const prove = (proof: NameProof | null, subject: string) =>
    proof === null ? null : placed(proof, subject, { pin, network, firstBlock });
  const operation = prove(answer.operation, name);
  if (typeof operation === "string") return refuted(operation);
  const namespace = prove(answer.namespace, namespaceOf(name));
  if (typeof namespace === "string") return refuted(namespace);
  if (operation !== null && !isNameRecord(operation.record)) return refuted(`the record is not one of a name`);
  if (namespace !== null && !isNamespaceRecord(namespace.record)) return refuted("the record is not of a namespace");
  return { kind: "answered", operation, namespace, zonefile: answer.operation?.zonefile ?? null };
}

const refuted = (because: string): CheckedAnswer => ({ kind: "refuted", because });

/** The operation that a proof proves, or why it proves none. */
function placed(
  proof: NameProof,
  subject: string,
  { pin, network, firstBlock }: Pick<Asked, "pin" | "network" | "firstBlock">,
): PlacedOperation | string {
  if (proof.network !== network) return `a proof of another network, ${proof.network}`;
  if (proof.subject !== subject) return `a proof of "${proof.subject}", not of "${subject}"`;
  const outcome = verifyProof(proof, pin, firstBlock);
  if (outcome.kind === "refuted") return outcome.because;
  if (outcome.kind === "unproven") return `its proof lacks ${outcome.missing}`;
  const { walk, height: label, operation } = proof;
  const { value } = outcome;
  return {
    text: operation.text,
    record: value.record,
    block: {
      opsHash: walk.opsHashes.at(-1) as PlacedOperation["block"]["opsHash"],
      consensusHash: consensusHashAtEnd(pin.height, label, firstBlock, walk),
      label,
      height: value.level === "placed" ? value.height : null,
    },
  };
}
