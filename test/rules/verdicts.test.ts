/** Each rule with an operation that passes and its breach, asked as the wallet asks: one operation in the next block. */
import { describe, expect, test } from "vitest";
import { type Address, addressOf, type ScriptHex } from "../../src/bitcoin/address.ts";
import type { Operation } from "../../src/ops/operation.ts";
import { preorderHashOf } from "../../src/ops/preorder-hash.ts";
import type { NamespaceRecord, NameRecord, PreorderRecord } from "../../src/ops/record.ts";
import {
  type ConsensusHash,
  type NameHash,
  type PreorderHash,
  txid,
  type ZonefileHash,
} from "../../src/primitives/hash.ts";
import { type Name, nameHashOf, type NamespaceId, namespaceOf, updateHashOf } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { MAINNET_EPOCHS } from "../../src/protocol/epoch.ts";
import { MAINNET, type Network, networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";
import type { Changes } from "../../src/rules/changes.ts";
import { preflight } from "../../src/rules/machine.ts";
import { MemoryView } from "../../src/rules/memory-view.ts";
import { type RuleId, RULES } from "../../src/rules/verdict.ts";
import { TOKEN_RULES } from "../support/token-rules.ts";

const DEFINITION = newNetworkDefinition("regtest", "regtest", 100, "id");
const EPOCH_3 = networkOf(DEFINITION);
const epochAlone = (index: number) =>
  networkOf({ ...DEFINITION, epochs: [{ ...MAINNET_EPOCHS[index]!, endBlock: null }] });
const EPOCH_1 = epochAlone(0);

/** The block that every operation here would be in. */
const NEXT = 200;
const script = (fill: string) => `76a914${fill.repeat(20)}88ac` as ScriptHex;
const OWNER = script("aa");
const OTHER = script("bb");
const CREATOR = script("cc");
const REVEALER = script("dd");
const P2SH = `a914${"ee".repeat(20)}87` as ScriptHex;
const at = (owner: ScriptHex): Address => addressOf(owner, EPOCH_3.bitcoin)!;
const BURN = EPOCH_3.burnAddress as Address;
const RECENT = "01".repeat(16) as ConsensusHash;
const STALE = "02".repeat(16) as ConsensusHash;
const ZONEFILE = "03".repeat(20) as ZonefileHash;
const HASH = "04".repeat(20) as PreorderHash;
const TXID = txid("05".repeat(32));
const KEY = "02e5740e63bad28081ed7cf654dd6c19029ca03382fc05ab5f5dda81f2c55b845b";

const FOO = "foo.test" as Name;
const NEW = "new.test" as Name;
/** 64 000 000 · 0.1 for three letters with the curve below. */
const PRICE = 640_000;

const origin = (sender: ScriptHex) => ({ txid: TXID, vtxindex: 1, sender, address: at(sender), senderPubkey: KEY });
const to = (owner: ScriptHex) => ({ recipient: owner, recipientAddress: at(owner) });
const curve = {
  lifetime: 50,
  coeff: 250,
  base: 4,
  buckets: [6, 5, 4, ...Array<number>(13).fill(0)],
  nonalphaDiscount: 10,
  noVowelDiscount: 10,
  version: 1,
};

function namespaceRecord(id: string, changes: Partial<NamespaceRecord> = {}): NamespaceRecord {
  return {
    ...curve,
    namespaceId: id as NamespaceId,
    preorderHash: HASH,
    sender: CREATOR,
    senderPubkey: null,
    address: at(CREATOR),
    recipient: REVEALER,
    recipientAddress: at(REVEALER),
    blockNumber: blockHeight(100),
    revealBlock: blockHeight(101),
    readyBlock: blockHeight(110),
    op: "!",
    opcode: "NAMESPACE_READY",
    txid: TXID,
    vtxindex: 1,
    opFee: 0,
    ...changes,
  };
}

function nameRecord(name: string, changes: Partial<NameRecord> = {}): NameRecord {
  return {
    name: name as Name,
    sender: OWNER,
    address: at(OWNER),
    senderPubkey: null,
    blockNumber: blockHeight(150),
    preorderBlockNumber: blockHeight(150),
    namespaceBlockNumber: blockHeight(100),
    firstRegistered: blockHeight(151),
    lastRenewed: blockHeight(151),
    revoked: false,
    valueHash: null,
    op: ":",
    opcode: "NAME_REGISTRATION",
    txid: TXID,
    vtxindex: 1,
    opFee: 0,
    importer: null,
    importerAddress: null,
    consensusHash: null,
    preorderHash: null,
    lastCreationOp: "?",
    lastUpdateConsensusHash: null,
    ...changes,
  };
}

function preorderRecord(changes: Partial<PreorderRecord>): PreorderRecord {
  return {
    op: "?",
    preorderHash: preorderHashOf(NEW, OWNER, at(OWNER)),
    consensusHash: RECENT,
    ...origin(OWNER),
    blockNumber: blockHeight(190),
    opFee: PRICE,
    burnAddress: BURN,
    ...changes,
  };
}

const REVEALED = { op: "&", opcode: "NAMESPACE_REVEAL", readyBlock: blockHeight(0) } as const;
const opened = (id: string, changes: Partial<PreorderRecord> = {}) =>
  preorderRecord({
    op: "*",
    preorderHash: preorderHashOf(id as NamespaceId, CREATOR, at(REVEALER)),
    opFee: 40_000_000,
    ...changes,
  });

/** The state of block 199, and what a test adds to it. */
function stateWith(network: Network, extra: Partial<Changes> = {}): MemoryView {
  const view = new MemoryView(network);
  view.setConsensusHash(NEXT - 25, STALE);
  view.setConsensusHash(NEXT - 24, RECENT);
  const base: Changes = {
    names: [nameRecord(FOO)],
    namespaces: [namespaceRecord("test"), namespaceRecord("open", { ...REVEALED, revealBlock: blockHeight(195) })],
    openedPreorders: [preorderRecord({}), opened("fresh")],
    consumedPreorders: [],
    importKeys: [],
  };
  view.apply({ ...base, openedPreorders: extra.openedPreorders ?? base.openedPreorders });
  view.apply({ ...base, names: [], namespaces: [], ...extra, openedPreorders: [] });
  return view;
}

// prettier-ignore
const preorder = { kind: "NAME_PREORDER", preorderHash: HASH, consensusHash: RECENT, ...origin(OWNER), opFee: 1, burnAddress: BURN } as const;
// prettier-ignore
const register = { kind: "NAME_REGISTRATION", name: NEW, zonefileHash: ZONEFILE, ...origin(OWNER), ...to(OWNER) } as const;
// prettier-ignore
const renew = { ...register, kind: "NAME_RENEWAL", name: FOO, opFee: PRICE, burnAddress: BURN } as const;
// prettier-ignore
const update = { kind: "NAME_UPDATE", updateHash: updateHashOf(FOO, RECENT), zonefileHash: ZONEFILE, ...origin(OWNER) } as const;
// prettier-ignore
const transfer = { kind: "NAME_TRANSFER", keepZonefile: true, nameHash: nameHashOf(FOO), consensusHash: RECENT, ...origin(OWNER), ...to(OTHER) } as const;
const revoke = { kind: "NAME_REVOKE", name: FOO, ...origin(OWNER) } as const;
// prettier-ignore
const nameImport = { kind: "NAME_IMPORT", name: "imp.open" as Name, zonefileHash: ZONEFILE, ...origin(REVEALER), ...to(OTHER) } as const;
const namespacePreorder = { ...preorder, kind: "NAMESPACE_PREORDER" } as const;
// prettier-ignore
const reveal = { kind: "NAMESPACE_REVEAL", namespaceId: "fresh" as NamespaceId, ...curve, ...origin(CREATOR), ...to(REVEALER), preorderHash: preorderHashOf("fresh" as NamespaceId, CREATOR, at(REVEALER)) } as const;
const ready = { kind: "NAMESPACE_READY", namespaceId: "open" as NamespaceId, ...origin(REVEALER) } as const;
// prettier-ignore
const announce = { kind: "ANNOUNCE", announcementHash: ZONEFILE as unknown as never, ...origin(OWNER) } as const;
const many = (owner: ScriptHex, count = 25) =>
  Array.from({ length: count }, (_, i) => nameRecord(`n${i}.test`, { sender: owner, address: at(owner) }));
const lapsed = { firstRegistered: blockHeight(100), lastRenewed: blockHeight(50) };
/** With lifetime 50 doubled, names of a namespace ready at 20 expire at 120 and stay renewable. */
const early = namespaceRecord("test", { readyBlock: blockHeight(20) });
const grace = { firstRegistered: blockHeight(20), lastRenewed: blockHeight(20) };
/** No grace in epoch 1: the same name has lapsed. */
const revoked = nameRecord(FOO, { revoked: true });

interface Case {
  readonly why: string;
  readonly op: Operation;
  readonly rule: RuleId | "accepted";
  readonly state?: Partial<Changes>;
  readonly network?: Network;
  readonly announcers?: readonly Name[];
  readonly height?: number;
}

// prettier-ignore
const CASES: readonly Case[] = [
  { why: "a fresh hash", op: preorder, rule: "accepted" },
  { why: "an open hash", op: { ...preorder, preorderHash: preorderRecord({}).preorderHash }, rule: "preorder-exists" },
  { why: "a hash 25 blocks old", op: { ...preorder, consensusHash: STALE }, rule: "consensus-hash-expired" },
  { why: "a sender of 25 names", op: preorder, rule: "quota", state: { names: many(OWNER) } },
  { why: "a sender of 24 names", op: preorder, rule: "accepted", state: { names: many(OWNER, 23) } },

  { why: "preordered and paid", op: register, rule: "accepted" },
  { why: "a taken name", op: { ...register, name: FOO }, rule: "name-registered" },
  { why: "a revoked name", op: { ...register, name: FOO }, rule: "name-revoked", state: { names: [revoked] } },
  { why: "an unknown namespace", op: { ...register, name: "new.none" as Name }, rule: "namespace-not-ready" },
  { why: "a namespace not open yet", op: { ...register, name: "new.open" as Name }, rule: "namespace-not-ready" },
  { why: "an owner of 25 names", op: register, rule: "quota", state: { names: many(OWNER) } },
  { why: "another owner than preordered", op: { ...register, ...to(OTHER) }, rule: "preorder-not-found" },
  { why: "another sender than preordered", op: { ...register, ...origin(OTHER) }, rule: "preorder-not-found" },
  { why: "a preorder older than a lifetime", op: register, rule: "preorder-expired", state: { openedPreorders: [preorderRecord({ blockNumber: blockHeight(99) })], namespaces: [early] } },
  { why: "a preorder one block younger", op: register, rule: "accepted", state: { openedPreorders: [preorderRecord({ blockNumber: blockHeight(100) })], namespaces: [early] } },
  { why: "a preorder before the namespace opened", op: register, rule: "preorder-too-early", state: { openedPreorders: [preorderRecord({ blockNumber: blockHeight(109) })] } },
  { why: "a satoshi too little", op: register, rule: "insufficient-burn", state: { openedPreorders: [preorderRecord({ opFee: PRICE - 1 })] } },
  { why: "a burn to somebody", op: register, rule: "wrong-burn-address", state: { openedPreorders: [preorderRecord({ burnAddress: at(OTHER) })] } },
  { why: "a burn to nobody where the creator is due", op: register, rule: "wrong-burn-address", state: { namespaces: [namespaceRecord("test", { version: 2 })] } },
  { why: "a payment to the creator where he is due", op: register, rule: "accepted", state: { namespaces: [namespaceRecord("test", { version: 2 })], openedPreorders: [preorderRecord({ burnAddress: at(CREATOR) })] } },
  { why: "a script hash in epoch 1", op: { ...register, ...to(P2SH) }, rule: "p2sh-not-enabled", network: EPOCH_1 },

  { why: "the owner's, paid", op: renew, rule: "accepted" },
  { why: "another's", op: { ...renew, ...origin(OTHER) }, rule: "not-owner" },
  { why: "a free name", op: { ...renew, name: NEW }, rule: "name-not-registered" },
  { why: "a lapsed name", op: renew, rule: "name-not-registered", network: EPOCH_1, state: { names: [nameRecord(FOO, lapsed)], namespaces: [namespaceRecord("test", { readyBlock: blockHeight(100) })] } },
  { why: "a name in grace", op: renew, rule: "accepted", state: { names: [nameRecord(FOO, grace)], namespaces: [early] } },
  { why: "a revoked name", op: renew, rule: "name-revoked", state: { names: [revoked] } },
  { why: "an unknown namespace", op: { ...renew, name: "new.none" as Name }, rule: "namespace-not-ready" },
  { why: "an owner of exactly 25 names", op: renew, rule: "quota", state: { names: many(OWNER, 24) } },
  { why: "a satoshi too little", op: { ...renew, opFee: PRICE - 1 }, rule: "insufficient-burn" },
  { why: "a burn to somebody", op: { ...renew, burnAddress: at(OTHER) }, rule: "wrong-burn-address" },
  { why: "a new owner", op: { ...renew, ...to(OTHER) }, rule: "accepted" },
  { why: "a new owner before epoch 3", op: { ...renew, ...to(OTHER) }, rule: "owner-change-not-enabled", network: EPOCH_1 },

  { why: "the owner's", op: update, rule: "accepted" },
  { why: "another's", op: { ...update, ...origin(OTHER) }, rule: "update-hash-unknown" },
  { why: "with a stale consensus hash", op: { ...update, updateHash: updateHashOf(FOO, STALE) }, rule: "update-hash-unknown" },
  { why: "a name in grace", op: update, rule: "name-in-grace", state: { names: [nameRecord(FOO, grace)], namespaces: [early] } },
  { why: "an imported name before the namespace opened", op: { ...update, updateHash: updateHashOf("x.open", RECENT) }, rule: "namespace-not-ready", state: { names: [nameRecord("x.open", { firstRegistered: blockHeight(196) })] } },
  { why: "an owner of 26 names", op: update, rule: "quota", state: { names: many(OWNER, 25) } },

  { why: "to another", op: transfer, rule: "accepted" },
  { why: "of another's", op: { ...transfer, ...origin(REVEALER) }, rule: "not-owner" },
  { why: "to oneself", op: { ...transfer, ...to(OWNER) }, rule: "already-owner" },
  { why: "with a stale consensus hash", op: { ...transfer, consensusHash: STALE }, rule: "consensus-hash-expired" },
  { why: "of an unknown name", op: { ...transfer, nameHash: "06".repeat(16) as NameHash }, rule: "name-not-registered" },
  { why: "of a revoked name", op: transfer, rule: "name-revoked", state: { names: [revoked] } },
  { why: "of a name in grace", op: transfer, rule: "name-in-grace", state: { names: [nameRecord(FOO, grace)], namespaces: [early] } },
  { why: "to an owner of 25", op: transfer, rule: "quota", state: { names: many(OTHER) } },
  { why: "of an imported name before the namespace opened", op: { ...transfer, nameHash: nameHashOf("x.open") }, rule: "namespace-not-ready", state: { names: [nameRecord("x.open", { firstRegistered: blockHeight(196) })] } },
  { why: "by a script hash in epoch 1", op: { ...transfer, ...origin(P2SH) }, rule: "p2sh-not-enabled", network: EPOCH_1, state: { names: [nameRecord(FOO, { sender: P2SH })] } },

  { why: "the owner's", op: revoke, rule: "accepted" },
  { why: "another's", op: { ...revoke, ...origin(OTHER) }, rule: "not-owner" },
  { why: "twice", op: revoke, rule: "name-revoked", state: { names: [revoked] } },
  { why: "a free name", op: { ...revoke, name: NEW }, rule: "name-not-registered" },
  { why: "a name in grace", op: revoke, rule: "name-in-grace", state: { names: [nameRecord(FOO, grace)], namespaces: [early] } },

  { why: "by the revealer", op: nameImport, rule: "accepted" },
  { why: "without a key", op: { ...nameImport, senderPubkey: null }, rule: "no-public-key" },
  { why: "by another", op: { ...nameImport, ...origin(OTHER) }, rule: "not-import-key" },
  { why: "by a key of the ring", op: { ...nameImport, ...origin(OTHER) }, rule: "accepted", state: { importKeys: [{ namespaceId: "open" as NamespaceId, addresses: [at(OTHER)] }] } },
  { why: "by the revealer when the ring is another's", op: nameImport, rule: "not-import-key", state: { importKeys: [{ namespaceId: "open" as NamespaceId, addresses: [at(OTHER)] }] } },
  { why: "into an open namespace", op: { ...nameImport, name: "imp.test" as Name }, rule: "namespace-not-revealed" },

  { why: "a fresh hash", op: namespacePreorder, rule: "accepted" },
  { why: "an open hash", op: { ...namespacePreorder, preorderHash: opened("fresh").preorderHash }, rule: "preorder-exists" },
  { why: "a stale consensus hash", op: { ...namespacePreorder, consensusHash: STALE }, rule: "consensus-hash-expired" },
  { why: "a burn to somebody", op: { ...namespacePreorder, burnAddress: at(OTHER) }, rule: "wrong-burn-address" },

  { why: "preordered and paid", op: reveal, rule: "accepted", state: { openedPreorders: [opened("fresh")] } },
  { why: "a satoshi too little", op: reveal, rule: "insufficient-burn", state: { openedPreorders: [opened("fresh", { opFee: 39_999_999 })] } },
  { why: "not preordered", op: { ...reveal, ...origin(OTHER), preorderHash: HASH }, rule: "preorder-not-found" },
  { why: "an open namespace", op: { ...reveal, namespaceId: "test" as NamespaceId }, rule: "namespace-exists" },
  { why: "a revealed namespace", op: { ...reveal, namespaceId: "open" as NamespaceId }, rule: "namespace-exists" },
  { why: "version 3 in epoch 3", op: { ...reveal, version: 3 }, rule: "namespace-version" },
  { why: "version 2 in epoch 1", op: { ...reveal, version: 2 }, rule: "namespace-version", network: EPOCH_1 },
  { why: "no price in this epoch", op: reveal, rule: "no-price", network: networkOf({ ...DEFINITION, epochs: [{ ...MAINNET_EPOCHS[2]!, endBlock: null, namespacePrices: [] }] }) },

  { why: "by the revealer", op: ready, rule: "accepted" },
  { why: "by another", op: { ...ready, ...origin(CREATOR) }, rule: "not-revealer" },
  { why: "an open namespace", op: { ...ready, namespaceId: "test" as NamespaceId }, rule: "namespace-not-revealed" },
  { why: "a lapsed reveal", op: ready, rule: "namespace-not-revealed", state: { namespaces: [namespaceRecord("open", { ...REVEALED, revealBlock: blockHeight(NEXT - 1 - 144) })] } },
  { why: "the last block of a reveal", op: ready, rule: "accepted", state: { namespaces: [namespaceRecord("open", { ...REVEALED, revealBlock: blockHeight(NEXT - 144) })] } },

  { why: "by an announcer", op: announce, rule: "accepted", announcers: [FOO] },
  { why: "by anybody", op: announce, rule: "not-announcer" },

  { why: "after the end", op: revoke, rule: "chain-ended", network: networkOf(MAINNET), height: 665_750 },
];

describe("verdicts", () => {
  test.each(CASES)(
    "$op.kind, $why: $rule",
    ({ op, rule, state, network = EPOCH_3, announcers = [], height = NEXT }) => {
      const verdict = preflight(op, blockHeight(height), stateWith(network, state), network, announcers);
      expect(verdict.kind === "accepted" ? verdict.kind : verdict.rule).toBe(rule);
      if (verdict.kind === "rejected") expect(verdict.because).toMatch(/^[a-z0-9"].*[^.]$/u);
    },
  );

  test("every rule that one operation alone can break is broken above", () => {
    // Collisions need two operations in one block; the vectors have them. Extraction refuses what is no operation.
    const elsewhere: RuleId[] = ["name-collision", "namespace-collision", "not-an-operation"];
    const broken = new Set<string>([...CASES.map(({ rule }) => rule), ...elsewhere, ...TOKEN_RULES]);
    broken.delete("accepted");
    expect([...broken].sort()).toEqual(Object.keys(RULES).sort());
  });

  test("asking changes nothing", () => {
    const view = stateWith(EPOCH_3);
    const before = [view.allNames(), view.allNamespaces(), view.allPreorders()];
    for (const { op } of CASES) preflight(op, blockHeight(NEXT), view, EPOCH_3);
    expect([view.allNames(), view.allNamespaces(), view.allPreorders()]).toEqual(before);
    expect(view.importKeys(namespaceOf(nameImport.name))).toBeNull();
  });
});
