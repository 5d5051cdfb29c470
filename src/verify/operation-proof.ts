/** One operation of a block, as it was hashed, with its way to the block's ops hash. */
import { opsHash, type OpsHash } from "../primitives/hash.ts";
import { type MerklePath, provePath, rootOfPath } from "./merkle-path.ts";
import { opLeaf } from "./ops-hash.ts";

export interface OperationProof {
  /** The text that was hashed. */
  readonly text: string;
  readonly path: MerklePath;
}

/** Proves one of a block's operations. @throws RangeError if it is not among them */
export function proveOperation(text: string, ofBlock: readonly string[]): OperationProof {
  const leaves = ofBlock.map(opLeaf).sort();
  return { text, path: provePath(leaves, leaves.indexOf(opLeaf(text))) };
}

/** The ops hash of every block that holds the operation; null for a path that no tree has. */
export function opsHashOfProof({ text, path }: OperationProof): OpsHash | null {
  const root = rootOfPath(opLeaf(text), path);
  return root === null ? null : opsHash(root);
}
