/** NAME_REVOKE (spec 02 §5.6). */
import type { RevokeOp } from "../ops/operation.ts";
import { namespaceOf } from "../primitives/name.ts";
import type { BlockState } from "./block-state.ts";
import { isInGraceAt } from "../protocol/lifetime.ts";
import { type BnsVerdict, accept, reject } from "./verdict.ts";
import { isLive, liveName, readyNamespace } from "./visibility.ts";

export function checkRevoke(op: RevokeOp, state: BlockState): BnsVerdict {
  const { name, sender, address, txid, vtxindex } = op;
  const before = liveName(name, state);
  if (before === null) return reject("name-not-registered", `"${name}" is not registered`);
  const namespaceId = namespaceOf(name);
  const namespace = readyNamespace(namespaceId, state);
  if (namespace === null) return reject("namespace-not-ready", `namespace "${namespaceId}" is not open`);
  if (before.revoked) return reject("name-revoked", `"${name}" is already revoked`);
  // Unlike other operations, the name must also be live in this very block.
  if (!isLive(before, state.at, state)) return reject("name-not-registered", `"${name}" has expired`);
  if (isInGraceAt(before, namespace, state.at, state.network)) {
    return reject("name-in-grace", `"${name}" has expired and waits for its renewal`);
  }
  if (before.sender !== sender) return reject("not-owner", `"${address}" does not own "${name}"`);
  return accept({
    kind: "NAME_REVOKE",
    name: { ...before, revoked: true, valueHash: null, op: "~", opcode: "NAME_REVOKE", txid, vtxindex },
  });
}
