/** A database with many registered names and their zone files, as a node has it that indexed them: rows alone, no chain. */
import { type Address, p2pkhAddress, scriptOf } from "../../src/bitcoin/address.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { NameRecord, NamespaceRecord } from "../../src/ops/record.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { blockHash, consensusHash, opsHash, preorderHash, txid, zonefileHash } from "../../src/primitives/hash.ts";
import { type Name, name, namespaceId } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { CHAIN_NETWORK } from "./name-chain.ts";
import { SeededRandom } from "./random.ts";

const NAMES_PER_BLOCK = 200;
const NAMESPACE = namespaceId("town");

/** Makes the database at `path` with so many names; answers the names. */
export function buildTown(path: string, count: number): Name[] {
  const random = new SeededRandom(7);
  const store = NodeStore.open(path, CHAIN_NETWORK);
  const names = Array.from({ length: count }, (_, i) => name(`name-${i}.town`));
  const id = () => txid(toHex(random.bytes(32)));
  const party = (): Address => p2pkhAddress(hash160(random.bytes(33)), CHAIN_NETWORK.bitcoin);
  const founder = party();
  let previous = blockHash("0".repeat(64));

  const block = (height: number, records: readonly NameRecord[], namespaces: readonly NamespaceRecord[]): void => {
    const hash = blockHash(toHex(random.bytes(32)));
    store.append({
      height: blockHeight(height),
      hash,
      previousHash: previous,
      time: 1_500_000_000 + 600 * height,
      opsHash: opsHash(toHex(random.bytes(32))),
      consensusHash: consensusHash(toHex(random.bytes(16))),
      accepted: records.map((record) => ({
        txid: record.txid,
        vtxindex: record.vtxindex,
        accepted: { kind: "NAME_REGISTRATION", name: record, consumes: preorderHash("00".repeat(20)) },
        canonical: "",
        rawTransaction: random.bytes(300),
        senderScript: new Uint8Array(),
      })),
      rejected: [],
      changes: { names: records, namespaces, openedPreorders: [], consumedPreorders: [], importKeys: [] },
    });
    previous = hash;
  };

  const register = (of: Name, height: number, vtxindex: number): NameRecord => {
    const address = party();
    const zonefile = new TextEncoder().encode(
      `$ORIGIN ${of}\n$TTL 3600\n_http._tcp URI 10 1 "https://gaia.example/hub/${address}/profile.json"\n`,
    );
    const valueHash = zonefileHash.of(hash160(zonefile));
    store.putZonefile(valueHash, zonefile, 1_500_000_000);
    return {
      name: of,
      sender: scriptOf(address, CHAIN_NETWORK.bitcoin),
      address,
      senderPubkey: toHex(random.bytes(33)),
      blockNumber: blockHeight(height - 1),
      preorderBlockNumber: blockHeight(height - 1),
      namespaceBlockNumber: blockHeight(1),
      firstRegistered: blockHeight(height),
      lastRenewed: blockHeight(height),
      revoked: false,
      valueHash,
      op: ":",
      opcode: "NAME_REGISTRATION",
      txid: id(),
      vtxindex,
      opFee: 100_000,
      importer: null,
      importerAddress: null,
      consensusHash: null,
      preorderHash: toHex(random.bytes(20)),
      lastCreationOp: "?",
      lastUpdateConsensusHash: null,
    } as unknown as NameRecord;
  };

  const { firstBlock } = CHAIN_NETWORK;
  block(firstBlock, [], [townNamespace(founder, firstBlock, id())]);
  for (let at = 0; at < count; at += NAMES_PER_BLOCK) {
    const height = firstBlock + 1 + at / NAMES_PER_BLOCK;
    store.together(() =>
      block(
        height,
        names.slice(at, at + NAMES_PER_BLOCK).map((of, i) => register(of, height, i + 1)),
        [],
      ),
    );
  }
  store.close();
  return names;
}

function townNamespace(founder: Address, height: number, id: string): NamespaceRecord {
  const sender = scriptOf(founder, CHAIN_NETWORK.bitcoin);
  return {
    namespaceId: NAMESPACE,
    preorderHash: "00".repeat(20),
    sender,
    senderPubkey: null,
    address: founder,
    recipient: sender,
    recipientAddress: founder,
    blockNumber: height,
    revealBlock: height,
    readyBlock: height,
    op: "!",
    opcode: "NAMESPACE_READY",
    txid: id,
    vtxindex: 1,
    opFee: 1,
    version: 1,
    lifetime: 52_595,
    coeff: 4,
    base: 4,
    buckets: Array<number>(16).fill(1),
    nonalphaDiscount: 2,
    noVowelDiscount: 5,
  } as unknown as NamespaceRecord;
}
