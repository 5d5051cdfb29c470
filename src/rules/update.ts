/** NAME_UPDATE (spec 02 §5.4). */
import type { UpdateOp } from "../ops/operation.ts";
import type { NameRecord } from "../ops/record.ts";
import type { ConsensusHash } from "../primitives/hash.ts";
import { namespaceOf, updateHashOf } from "../primitives/name.ts";
import type { BlockState } from "./block-state.ts";
import { isInGraceAt } from "../protocol/lifetime.ts";
import { type BnsVerdict, accept, reject } from "./verdict.ts";
import { ownedNames, readyNamespace } from "./visibility.ts";

/** The name and consensus hash that the update hash was made of: ownership and freshness in one test. */
function resolve(
  { updateHash }: UpdateOp,
  owned: readonly NameRecord[],
  state: BlockState,
): { readonly name: NameRecord; readonly consensusHash: ConsensusHash } | null {
  for (const consensusHash of state.recentConsensusHashes()) {
    const name = owned.find((record) => updateHashOf(record.name, consensusHash) === updateHash);
    if (name !== undefined) return { name, consensusHash };
  }
  return null;
}

export function checkUpdate(op: UpdateOp, state: BlockState): BnsVerdict {
  const { sender, address, updateHash } = op;
  const owned = ownedNames(sender, state);
  if (owned.length > state.network.maxNamesPerSender) {
    return reject("quota", `"${address}" owns more than ${state.network.maxNamesPerSender} names`);
  }
  const resolved = resolve(op, owned, state);
  if (resolved === null) {
    return reject(
      "update-hash-unknown",
      `"${address}" owns no name that makes ${updateHash} with a recent consensus hash`,
    );
  }
  const { name, consensusHash } = resolved;
  const namespaceId = namespaceOf(name.name);
  const namespace = readyNamespace(namespaceId, state);
  if (namespace === null) return reject("namespace-not-ready", `namespace "${namespaceId}" is not open`);
  if (isInGraceAt(name, namespace, state.at, state.network)) {
    return reject("name-in-grace", `"${name.name}" has expired and waits for its renewal`);
  }
  return accept({
    kind: "NAME_UPDATE",
    updateHash,
    consensusHash,
    name: {
      ...name,
      valueHash: op.zonefileHash,
      consensusHash,
      lastUpdateConsensusHash: consensusHash,
      op: "+",
      opcode: "NAME_UPDATE",
      txid: op.txid,
      vtxindex: op.vtxindex,
    },
  });
}
