/** Answers of honest nodes, made from a chain as the original hashed it, and of nodes that leave operations out. */
import { subjectOf } from "../../src/ops/hashed-subject.ts";
import { isNameRecord, parseHashedRecord } from "../../src/ops/hashed-record.ts";
import { type NetworkId, networkId } from "../../src/primitives/hash.ts";
import { type Name, name, namespaceOf } from "../../src/primitives/name.ts";
import { type BlockHeight, blockHeight } from "../../src/primitives/units.ts";
import { type AncestryProof, proveAncestry } from "../../src/verify/ancestry.ts";
import type { Asked, NameAnswer, ToldBlock } from "../../src/verify/answer.ts";
import type { NameProof } from "../../src/verify/proof.ts";
import { proveRecord } from "../../src/verify/proof.ts";
import type { HashedChain } from "./hashed-chain.ts";

/** An operation on a name or a namespace, and where it is. */
export interface Place {
  readonly height: BlockHeight;
  readonly text: string;
  readonly subject: string;
  readonly vtxindex: number;
}

export interface AnsweringChain {
  readonly network: NetworkId;
  readonly chain: HashedChain;
  /** Operations on a subject up to a height, oldest first. */
  on(subject: string, upTo: number): readonly Place[];
  /** Every name that an operation ever named. */
  readonly names: readonly Name[];
  /** `without`: operations that the node leaves out, as if they had never been. */
  answer(of: Name, pin: number, without?: (place: Place) => boolean): NameAnswer;
  asked(of: Name, pin: number): Asked;
  ancestry(later: Place, earlier: Place): AncestryProof;
}

export function answeringChain(chain: HashedChain, network = networkId("ab".repeat(32))): AnsweringChain {
  const { firstBlock, tip } = chain;
  const heights = Array.from({ length: tip - firstBlock + 1 }, (_, i) => blockHeight(firstBlock + i));
  const places = heights.flatMap((height) =>
    chain
      .operationsAt(height)
      .map((text) => ({
        height,
        text,
        subject: subjectOf(text).subject ?? "",
        vtxindex: parseHashedRecord(text).vtxindex,
      }))
      .filter(({ subject }) => subject !== "")
      .sort((a, b) => a.vtxindex - b.vtxindex),
  );
  const on = (subject: string, upTo: number): Place[] =>
    places.filter((place) => place.subject === subject && place.height <= upTo);
  const told = (height: number): ToldBlock => ({ ...chain.anchorAt(height), time: 1_500_000_000 + 600 * height });
  return {
    network,
    chain,
    on,
    names: [
      ...new Set(places.filter(({ text }) => isNameRecord(parseHashedRecord(text))).map(({ subject }) => subject)),
    ]
      .filter((subject) => subject.includes("."))
      .map(name),
    answer(of, pin, without = () => false) {
      const last = (subject: string): NameProof | null => {
        const found = on(subject, pin).findLast((place) => !without(place));
        return found === undefined
          ? null
          : proveRecord(found.text, found.height, chain.anchorAt(pin), { ...chain, network });
      };
      const later = on(of, tip).findLast((place) => place.height > pin && !without(place));
      return {
        network,
        name: of,
        tip: told(tip),
        upTo: told(pin),
        operation: last(of),
        namespace: last(namespaceOf(of)),
        later: later?.height ?? null,
      };
    },
    asked: (of, pin) => ({ name: of, pin: chain.anchorAt(pin), network, firstBlock }),
    ancestry: (later, earlier) => proveAncestry(later.height, earlier.height, { ...chain, network }),
  };
}
