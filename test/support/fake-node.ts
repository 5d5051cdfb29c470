/** A node client without a node: a table of answers, and errors for what is not in it. */
import type { FullName, NodeInfo } from "../../src/lightnode/answers.ts";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import { address, scriptOf } from "../../src/bitcoin/address.ts";
import { blockHash, consensusHash, txid } from "../../src/primitives/hash.ts";
import { name, namespaceOf } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { BUILT_IN, networkOf } from "../../src/protocol/network-definition.ts";

export const REGTEST = networkOf(BUILT_IN.find((definition) => definition.name === "regtest")!);

export const OWNER = address("mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8", REGTEST.bitcoin);

export const INFO: NodeInfo = {
  version: "0.1.0",
  networkId: REGTEST.id,
  networkName: "regtest",
  firstBlock: blockHeight(1),
  tip: {
    height: blockHeight(120),
    hash: blockHash("11".repeat(32)),
    consensusHash: consensusHash("22".repeat(16)),
    time: new Date("2026-01-02T03:04:05Z"),
  },
  indexing: false,
  source: { description: "devnet", height: blockHeight(120), spentScripts: null, trouble: null },
  forkWatch: { lastReorg: null, deepestReorg: 0, witnesses: [] },
};

export function aName(text: string, changes: Partial<FullName> = {}): FullName {
  return {
    name: name(text),
    namespaceId: namespaceOf(name(text)),
    address: OWNER,
    sender: scriptOf(OWNER, REGTEST.bitcoin),
    zonefileHash: null,
    revoked: false,
    expired: false,
    inGrace: false,
    expires: blockHeight(5000),
    renewalDeadline: blockHeight(10_000),
    firstSeen: blockHeight(100),
    preordered: blockHeight(100),
    registered: blockHeight(101),
    renewed: blockHeight(101),
    importer: null,
    lastOperation: { opcode: "NAME_REGISTRATION", txid: txid("33".repeat(32)) },
    ...changes,
  };
}

/** Answers what it is given; every other question is a fault of the test. */
export function fakeNode(answers: Partial<NodeClient>): NodeClient {
  const refuse = (method: string) => () => Promise.reject(new Error(`the fake node has no answer for ${method}`));
  return {
    url: "http://127.0.0.1:16268",
    own: true,
    info: () => Promise.resolve(INFO),
    tip: () => Promise.resolve({ networkId: REGTEST.id, height: 120 }),
    consensusHashAt: refuse("consensusHashAt"),
    subdomain: refuse("subdomain"),
    resolverFor: refuse("resolverFor"),
    name: refuse("name"),
    record: refuse("record"),
    history: refuse("history"),
    namespace: refuse("namespace"),
    namesOf: refuse("namesOf"),
    namePrice: refuse("namePrice"),
    namespacePrice: refuse("namespacePrice"),
    zonefile: refuse("zonefile"),
    proof: refuse("proof"),
    walk: refuse("walk"),
    stretch: refuse("stretch"),
    operationTexts: refuse("operationTexts"),
    answer: refuse("answer"),
    ancestry: refuse("ancestry"),
    putZonefile: refuse("putZonefile"),
    preflight: refuse("preflight"),
    verdict: refuse("verdict"),
    judgement: refuse("judgement"),
    ...answers,
  };
}
