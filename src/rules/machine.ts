/** BNS as a state machine for the virtualchain, and one operation asked in advance. */
import { BskError } from "../errors.ts";
import { canonicalText } from "../ops/canonical.ts";
import { extractOperation } from "../ops/extract.ts";
import { OPCODES } from "../ops/opcode.ts";
import type { Operation } from "../ops/operation.ts";
import type { Decoded, PayloadForms } from "../ops/payload.ts";
import { fromLatin1 } from "../primitives/bytes.ts";
import type { Name } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { enables, epochAt } from "../protocol/epoch.ts";
import type { Network } from "../protocol/network-definition.ts";
import { type Allocation, allocatedAt } from "../tokens/allocation.ts";
import type { Candidate, Machine } from "../virtualchain/machine.ts";
import { applyOperation, checkOperation, prescan } from "./block.ts";
import { BlockState } from "./block-state.ts";
import type { Changes } from "./changes.ts";
import type { StateView } from "./state-view.ts";
import { type AcceptedBns, type BnsVerdict, reject } from "./verdict.ts";

export type BnsMachine = Machine<Operation, AcceptedBns, StateView, BlockState, Changes>;

/** Are all operations at this height ignored, because the network ended? */
export function isEndedAt({ endHeight }: Network, height: number): boolean {
  return endHeight !== null && height >= endHeight;
}

/** Is a height in an epoch whose operations can be paid in tokens? */
function isTokenEpoch({ epochs }: Network, height: number): boolean {
  return epochAt(epochs, height).tokens !== undefined;
}

/** The last epoch and height that can be indexed without knowing who holds tokens; null where all can. */
export function exactWithoutAllocation(network: Network): { readonly epoch: number; readonly height: number } | null {
  const first = network.epochs.findIndex(({ tokens }) => tokens !== undefined);
  if (network.allocation === undefined || first < 0) return null;
  const before = network.epochs[first - 1];
  return { epoch: before?.number ?? 0, height: before?.endBlock ?? network.firstBlock - 1 };
}

/** @throws BskError `machine` where the rules of a height ask who holds tokens, and nobody told us. */
function requireSupported(network: Network, height: number, allocation: Allocation | null): void {
  if (network.allocation === undefined || allocation !== null) return;
  if (isEndedAt(network, height) || !isTokenEpoch(network, height)) return;
  throw new BskError("machine", `height ${height} is in an epoch whose names are paid in tokens`, {
    rule: "epoch-not-supported",
    hint: `who holds them is in "${network.allocation}", which this program does not bring: see the README`,
  });
}

/** The forms of payload that a height knows. */
export function payloadFormsAt({ epochs }: Network, height: number): PayloadForms {
  const epoch = epochAt(epochs, height);
  return {
    registrationZonefile: enables(epoch, "OP_REGISTER_UPDATE"),
    nameTokens: enables(epoch, "NAMEOPS_COST_TOKENS"),
    namespaceTokens: enables(epoch, "STACKS_BUY_NAMESPACES"),
    tokenTransfers: enables(epoch, "TOKEN_TRANSFER"),
  };
}

/** The operation of a candidate, or why it is none. */
export function parseCandidate(candidate: Candidate, at: BlockHeight, network: Network): Decoded<Operation> {
  return extractOperation(candidate, network.bitcoin, payloadFormsAt(network, at));
}

/**
 * BNS on one network. `announcers`: names whose owners this node takes announcements from, no matter of consensus.
 * `allocation`: who held tokens at the start, where the network's definition names a file of it.
 */
export function bnsMachine(
  network: Network,
  announcers: readonly Name[] = [],
  allocation: Allocation | null = null,
): BnsMachine {
  return {
    magic: fromLatin1(network.magic),
    opcodes: OPCODES,
    parse: (candidate, at) => {
      requireSupported(network, at, allocation);
      if (isEndedAt(network, at)) return null;
      const parsed = parseCandidate(candidate, at, network);
      return parsed.kind === "ok" ? parsed.value : null;
    },
    open: (view, at, ops) => {
      requireSupported(network, at, allocation);
      const state = new BlockState(view, at, network, announcers);
      if (allocation !== null) {
        const given = allocatedAt(allocation, at, network.firstBlock, (key) => view.account(key));
        for (const account of given) state.accounts.put(account);
      }
      prescan(ops, state);
      return state;
    },
    check: (op, _at, state) => checkOperation(op, state),
    apply: applyOperation,
    serialize: canonicalText,
    changes: (state) => state.changes(),
  };
}

/** What the network would say to one operation, alone in the block of height `at`. */
export function preflight(
  op: Operation,
  at: BlockHeight,
  view: StateView,
  network: Network,
  announcers: readonly Name[] = [],
): BnsVerdict {
  if (isEndedAt(network, at)) {
    return reject(
      "chain-ended",
      `network "${network.name}" ignores all operations from height ${String(network.endHeight)} on`,
    );
  }
  const state = new BlockState(view, at, network, announcers);
  prescan([op], state);
  return checkOperation(op, state);
}
