/** A chain on which one key preorders a name twice, as p2pkh and as p2sh, and registers it as p2sh. */
import { scriptHex, type ScriptHex } from "../../src/bitcoin/address.ts";
import { decidingNulldata, p2pkhScript, p2shScript } from "../../src/bitcoin/script.ts";
import { type Transaction, transactionId } from "../../src/bitcoin/transaction.ts";
import type { BlockSource } from "../../src/chain/source.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { Payload } from "../../src/ops/operation.ts";
import { encodePayload, splitNulldata } from "../../src/ops/payload.ts";
import { preorderHashOf } from "../../src/ops/preorder-hash.ts";
import { concat, fromHex, toHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { blockHash, txidOf } from "../../src/primitives/hash.ts";
import type { Name, NamespaceId } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import type { Candidate } from "../../src/virtualchain/machine.ts";
import { addressAt, BURN, FIRST, KEYS, SCRIPTS, STREAM_NETWORK as NETWORK } from "./stream-world.ts";

const MUCH = 8_000_000_000n;
const SIGNATURE = Uint8Array.of(1, 0);
const machine = bnsMachine(NETWORK);
const key = KEYS[0]!.publicKey;
const pushed = concat(Uint8Array.of(key.length), key);
const AS_KEY = p2pkhScript(hash160(key));
const AS_SCRIPT = p2shScript(hash160(key));
const [CREATOR, OWNER] = [SCRIPTS[1]!, SCRIPTS[2]!];

/** What a chain's blocks came to, and a source that knows every script that was spent. */
export function twoPayers(): { readonly store: NodeStore; readonly source: BlockSource } {
  const store = NodeStore.open(":memory:", NETWORK);
  const scripts = new Map<string, Uint8Array>();
  let salt = 0;
  const candidate = (
    vtxindex: number,
    payload: Payload,
    outputs: readonly ScriptHex[],
    spent: Uint8Array,
  ): Candidate => {
    const data = encodePayload(NETWORK.magic, payload);
    const previousTxid = fromHex((++salt).toString(16).padStart(64, "0"));
    scripts.set(txidOf(previousTxid), spent);
    // Three pushes show no public key, as the rules read it: the two preorders differ in nothing that is hashed.
    const scriptSig = concat(SIGNATURE, SIGNATURE, pushed);
    const transaction: Transaction = {
      version: 1,
      inputs: [{ previousTxid, previousIndex: 0, scriptSig, sequence: 0xffff_ffff }],
      outputs: [
        { value: 0n, script: concat(Uint8Array.of(0x6a, data.length), data) },
        ...outputs.map((to) => ({ value: MUCH, script: fromHex(to) })),
      ],
      lockTime: 0,
    };
    const split = splitNulldata(decidingNulldata(transaction.outputs.map(({ script }) => script))!, machine.magic, machine.opcodes)!; // prettier-ignore
    return { txid: transactionId(transaction), vtxindex, transaction, spentScripts: [spent], ...split };
  };
  const hashOf = (height: number) => blockHash(height.toString(16).padStart(64, "0"));
  const mine = (...candidates: Candidate[]): void => {
    const height = (store.tip()?.height ?? FIRST - 1) + 1;
    const block = { hash: hashOf(height), previousHash: hashOf(height - 1), time: height, candidates };
    const { accepted } = appendBlock(machine, store, { height: blockHeight(height), ...block }, FIRST);
    if (accepted.length !== candidates.length) throw new Error(`block ${height} holds what the rules refuse`);
  };
  const recent = () => store.consensusHashAt((store.tip()?.height ?? FIRST - 1))!; // prettier-ignore

  const namespaceId = "one" as NamespaceId;
  const name = "a.one" as Name;
  const creator = fromHex(CREATOR);
  const spaceHash = preorderHashOf(namespaceId, CREATOR, addressAt(CREATOR));
  const preorder = (vtxindex: number, payer: Uint8Array) => {
    const preorderHash = preorderHashOf(name, scriptHex(payer), addressAt(OWNER));
    return candidate(vtxindex, { kind: "NAME_PREORDER", preorderHash, consensusHash: recent() }, [OWNER, BURN], payer);
  };
  mine(candidate(1, { kind: "NAMESPACE_PREORDER", preorderHash: spaceHash, consensusHash: recent() }, [CREATOR, BURN], creator)); // prettier-ignore
  mine(candidate(1, {
    kind: "NAMESPACE_REVEAL", namespaceId, lifetime: 50, coeff: 1, base: 1, buckets: Array<number>(16).fill(0),
    nonalphaDiscount: 1, noVowelDiscount: 1, version: 1,
  }, [CREATOR, CREATOR], creator)); // prettier-ignore
  mine(candidate(1, { kind: "NAMESPACE_READY", namespaceId }, [CREATOR], creator));
  mine(preorder(1, AS_KEY), preorder(2, AS_SCRIPT));
  mine(candidate(1, { kind: "NAME_REGISTRATION", name, zonefileHash: null }, [OWNER, OWNER], AS_SCRIPT));
  const rows = new Map(store.rows("blocks").map((row) => [row["height"], row]));
  return {
    store,
    source: {
      description: "a Bitcoin node of a test",
      tip: () => Promise.resolve(store.tip()!),
      blockHashAt: (height) => Promise.resolve(store.blockHashAt(height)),
      headerAt: (height) => {
        const row = rows.get(height);
        return Promise.resolve(
          row === undefined
            ? null
            : ({ hash: row["hash"], previousHash: row["previous_hash"], time: row["time"] } as never),
        );
      },
      rawBlock: (hash) => Promise.reject(new Error(`nobody reads block ${toHex(fromHex(hash))}`)),
      spentScripts: (_block, outpoints) => Promise.resolve(outpoints.map(({ txid }) => scripts.get(txid)!)),
    },
  };
}
