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
import type { Candidate, Machine } from "../virtualchain/machine.ts";
import { applyOperation, checkOperation, prescan } from "./block.ts";
import { BlockState } from "./block-state.ts";
import type { Changes } from "./changes.ts";
import type { StateView } from "./state-view.ts";
import { type AcceptedBns, type BnsVerdict, reject } from "./verdict.ts";

export type BnsMachine = Machine<Operation, AcceptedBns, StateView, BlockState, Changes>;

/** Epochs from this one on are paid in tokens. */
const FIRST_TOKEN_EPOCH = 4;

/** Are all operations at this height ignored, because the network ended? */
export function isEndedAt({ endHeight }: Network, height: number): boolean {
  return endHeight !== null && height >= endHeight;
}

function isTokenEpoch({ epochs }: Network, height: number): boolean {
  return epochAt(epochs, height).number >= FIRST_TOKEN_EPOCH;
}

/** @throws BskError `machine` where the rules of a height are not implemented. */
function requireSupported(network: Network, height: number): void {
  if (isEndedAt(network, height) || !isTokenEpoch(network, height)) return;
  throw new BskError("machine", `height ${height} is in an epoch whose names are paid in tokens`, {
    rule: "epoch-not-supported",
    hint: "this version indexes the epochs that are paid in bitcoin",
  });
}

/** The forms of payload that a height knows. */
export function payloadFormsAt({ epochs }: Network, height: number): PayloadForms {
  return { registrationZonefile: enables(epochAt(epochs, height), "OP_REGISTER_UPDATE") };
}

/** The operation of a candidate, or why it is none. */
export function parseCandidate(candidate: Candidate, at: BlockHeight, network: Network): Decoded<Operation> {
  return extractOperation(candidate, network.bitcoin, payloadFormsAt(network, at));
}

/** BNS on one network. `announcers`: names whose owners this node takes announcements from, no matter of consensus. */
export function bnsMachine(network: Network, announcers: readonly Name[] = []): BnsMachine {
  return {
    magic: fromLatin1(network.magic),
    opcodes: OPCODES,
    parse: (candidate, at) => {
      requireSupported(network, at);
      if (isEndedAt(network, at)) return null;
      const parsed = parseCandidate(candidate, at, network);
      return parsed.kind === "ok" ? parsed.value : null;
    },
    open: (view, at, ops) => {
      requireSupported(network, at);
      const state = new BlockState(view, at, network, announcers);
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
  if (isTokenEpoch(network, at)) {
    return reject("epoch-not-supported", `height ${at} is in an epoch whose names are paid in tokens`);
  }
  const state = new BlockState(view, at, network, announcers);
  prescan([op], state);
  return checkOperation(op, state);
}
