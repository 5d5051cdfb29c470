/** The proof of the last operation on a name or a namespace, as both routes that give one make it. */
import { isNameRecord, parseHashedRecord } from "../../ops/hashed-record.ts";
import type { Anchor } from "../../verify/anchor.ts";
import { type NameProof, proveRecord } from "../../verify/proof.ts";
import type { NodeStore } from "../store/store.ts";

/** Of the last one up to a height, from an indexed block at or above it, with the zone file where it is at hand; null: none. */
export function lastProof(subject: string, upTo: number, pin: Anchor, store: NodeStore): NameProof | null {
  const { firstBlock, id: network } = store.network;
  const found = store.hashed.latestOn(subject, upTo);
  if (found === null) return null;
  const record = parseHashedRecord(found.text);
  const announced = isNameRecord(record) ? record.valueHash : null;
  const zonefile = announced === null ? null : store.queries.zonefile(announced);
  return proveRecord(found.text, found.height, pin, { ...store.hashed, firstBlock, network }, zonefile);
}
