/** Chains made operation by operation, for what no wallet does. Signatures are none; scripts are what they say. */
import { scriptHex, type ScriptHex } from "../../src/bitcoin/address.ts";
import { decidingNulldata, p2pkhScript, p2shScript } from "../../src/bitcoin/script.ts";
import { type Transaction, transactionId } from "../../src/bitcoin/transaction.ts";
import type { BlockSource } from "../../src/chain/source.ts";
import { BskError } from "../../src/errors.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { Payload } from "../../src/ops/operation.ts";
import { encodePayload, splitNulldata } from "../../src/ops/payload.ts";
import { preorderHashOf } from "../../src/ops/preorder-hash.ts";
import { concat, fromHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { blockHash, type ConsensusHash, txidOf } from "../../src/primitives/hash.ts";
import type { Name, NamespaceId } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import type { Candidate } from "../../src/virtualchain/machine.ts";
import { addressAt, BURN, FIRST, KEYS, SCRIPTS, STREAM_NETWORK as NETWORK } from "./stream-world.ts";

const MUCH = 8_000_000_000n;
const machine = bnsMachine(NETWORK);
const KEY = KEYS[0]!.publicKey;
/** What the key owns. */
const MINE = SCRIPTS[0]!;
const THEIRS = SCRIPTS[2]!;
const SPACE = "one" as NamespaceId;
const NAME = "a.one" as Name;
const SIGNATURE = Uint8Array.of(1, 0);
const PUSHED_KEY = concat(Uint8Array.of(KEY.length), KEY);

/** The blocks of a store without what is in them: a Bitcoin node that has pruned all of them. */
export function headersOf(store: NodeStore): BlockSource {
  const rows = new Map(store.rows("blocks").map((row) => [row["height"], row]));
  const pruned = () => Promise.reject(new BskError("machine", "it has pruned its blocks"));
  return {
    description: "a pruned Bitcoin node",
    tip: () => Promise.resolve(store.tip()!),
    blockHashAt: (height) => Promise.resolve(store.blockHashAt(height)),
    headerAt: (height) => {
      const row = rows.get(height);
      if (row === undefined) return Promise.resolve(null);
      return Promise.resolve({ hash: row["hash"], previousHash: row["previous_hash"], time: row["time"] } as never);
    },
    rawBlock: pruned,
    spentScripts: pruned,
  };
}

/** One who sends operations into blocks. */
class Sender {
  readonly store = NodeStore.open(":memory:", NETWORK);
  readonly scripts = new Map<string, Uint8Array>();
  #salt = 0;

  /** `signs`: pushes before the key. Only one push and a key show the key to the rules. */
  send(vtxindex: number, payload: Payload, outputs: readonly ScriptHex[], spent = fromHex(MINE), signs = 1): Candidate {
    const data = encodePayload(NETWORK.magic, payload);
    const previousTxid = fromHex((++this.#salt).toString(16).padStart(64, "0"));
    this.scripts.set(txidOf(previousTxid), spent);
    const scriptSig = concat(...Array.from({ length: signs }, () => SIGNATURE), PUSHED_KEY);
    const transaction: Transaction = {
      version: 1,
      inputs: [{ previousTxid, previousIndex: 0, scriptSig, sequence: 0xffff_ffff }],
      outputs: [
        { value: 0n, script: concat(Uint8Array.of(0x6a, data.length), data) },
        ...outputs.map((to) => ({ value: MUCH, script: fromHex(to) })),
      ],
      lockTime: 0,
    };
    const nulldata = decidingNulldata(transaction.outputs.map(({ script }) => script))!;
    const split = splitNulldata(nulldata, machine.magic, machine.opcodes)!;
    return { txid: transactionId(transaction), vtxindex, transaction, spentScripts: [spent], ...split };
  }

  recent(): ConsensusHash {
    return this.store.consensusHashAt(this.store.tip()?.height ?? FIRST - 1)!;
  }

  /** The next block; how many of its operations were refused. */
  mine(...candidates: readonly Candidate[]): number {
    const height = (this.store.tip()?.height ?? FIRST - 1) + 1;
    const hashOf = (at: number) => blockHash(at.toString(16).padStart(64, "0"));
    const place = { height: blockHeight(height), hash: hashOf(height), previousHash: hashOf(height - 1), time: height };
    return appendBlock(machine, this.store, { ...place, candidates }, FIRST).rejected.length;
  }

  /** The namespace, revealed. */
  reveal(): this {
    const preorderHash = preorderHashOf(SPACE, MINE, addressAt(MINE));
    const preorder: Payload = { kind: "NAMESPACE_PREORDER", preorderHash, consensusHash: this.recent() };
    this.mine(this.send(1, preorder, [MINE, BURN]));
    const reveal: Payload = {
      kind: "NAMESPACE_REVEAL", namespaceId: SPACE, lifetime: 50, coeff: 1, base: 1,
      buckets: Array<number>(16).fill(0), nonalphaDiscount: 1, noVowelDiscount: 1, version: 1,
    }; // prettier-ignore
    this.mine(this.send(1, reveal, [MINE, MINE]));
    return this;
  }

  ready(vtxindex: number): Candidate {
    return this.send(vtxindex, { kind: "NAMESPACE_READY", namespaceId: SPACE }, [MINE]);
  }

  source(): BlockSource {
    return {
      ...headersOf(this.store),
      description: "a Bitcoin node",
      spentScripts: (_block, outpoints) => Promise.resolve(outpoints.map(({ txid }) => this.scripts.get(txid)!)),
    };
  }
}

export interface HandMadeChain {
  readonly store: NodeStore;
  /** Knows all scripts that were spent, and no block. */
  readonly source: BlockSource;
}

/**
 * One key pays as p2pkh and as p2sh (its bytes are the redeem script) for one name and one owner, in one block and at one
 * price: both preorders are the same to the hash of the registration that follows, which is paid as p2sh.
 */
export function twoPayers(): HandMadeChain {
  const sender = new Sender().reveal();
  sender.mine(sender.ready(1));
  const [asKey, asScript] = [p2pkhScript(hash160(KEY)), p2shScript(hash160(KEY))];
  const preorder = (vtxindex: number, payer: Uint8Array): Candidate => {
    const preorderHash = preorderHashOf(NAME, scriptHex(payer), addressAt(THEIRS));
    const payload: Payload = { kind: "NAME_PREORDER", preorderHash, consensusHash: sender.recent() };
    return sender.send(vtxindex, payload, [THEIRS, BURN], payer, 2);
  };
  sender.mine(preorder(1, asKey), preorder(2, asScript));
  const registration: Payload = { kind: "NAME_REGISTRATION", name: NAME, zonefileHash: null };
  if (sender.mine(sender.send(1, registration, [THEIRS, THEIRS], asScript, 2)) > 0) throw new Error("it is refused");
  return { store: sender.store, source: sender.source() };
}

/** The first import into a namespace stands behind its opening, in the same block: it is refused, and had fixed the keys. */
export function lateImport(): HandMadeChain {
  const sender = new Sender().reveal();
  const late = sender.send(2, { kind: "NAME_IMPORT", name: NAME }, [THEIRS, THEIRS]);
  if (sender.mine(sender.ready(1), late) !== 1) throw new Error("one of the two is refused");
  return { store: sender.store, source: sender.source() };
}
