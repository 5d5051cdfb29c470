/**
 * Random streams of operations over all epochs: transactions without signatures, many of them valid, others not, made
 * against the chain that they continue.
 */
import * as fc from "fast-check";
import { type ScriptHex, scriptOf } from "../../src/bitcoin/address.ts";
import { decidingNulldata } from "../../src/bitcoin/script.ts";
import { type Transaction, transactionId } from "../../src/bitcoin/transaction.ts";
import type { Payload } from "../../src/ops/operation.ts";
import { encodePayload, splitNulldata } from "../../src/ops/payload.ts";
import { preorderHashOf } from "../../src/ops/preorder-hash.ts";
import { concat, fromHex, fromLatin1 } from "../../src/primitives/bytes.ts";
import { blockHash, type ConsensusHash } from "../../src/primitives/hash.ts";
import { type Name, nameHashOf, type NamespaceId, updateHashOf } from "../../src/primitives/name.ts";
import { STACKS, tokenAmount } from "../../src/primitives/token-amount.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { type BnsMachine, payloadFormsAt } from "../../src/rules/machine.ts";
import type { CandidateBlock } from "../../src/virtualchain/index-block.ts";
import type { Candidate } from "../../src/virtualchain/machine.ts";
import type { MemoryStore } from "./memory-store.ts";
import { addressAt, BURN, FIRST, KEYS, LABELS, SCRIPTS, SPACES, STREAM_NETWORK } from "./stream-world.ts";

const KINDS = [
  "preorder", "register", "register", "update", "transfer", "renew", "revoke", "import", "space", "reveal", "ready", "tokens",
] as const; // prettier-ignore

/** What somebody does; numbers choose among what there is, so that every wish means something on every chain. */
export interface Wish {
  readonly kind: (typeof KINDS)[number];
  readonly who: number;
  readonly whom: number;
  readonly what: number;
  /** Paid in tokens, where there are. */
  readonly tokens: boolean;
  /** 0: nothing is wrong. */
  readonly flaw: number;
}

const index = fc.nat({ max: 11 });
const wish: fc.Arbitrary<Wish> = fc.record({
  kind: fc.constantFrom(...KINDS),
  who: index,
  whom: index,
  what: index,
  tokens: fc.boolean(),
  flaw: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 5 }) }),
});

/** Wishes of each block, from the first to beyond the end. */
export const wishes: fc.Arbitrary<readonly (readonly Wish[])[]> = fc.array(fc.array(wish, { maxLength: 7 }), {
  minLength: 106,
  maxLength: 106,
  size: "max",
});

/** Satoshis in every output: more than any name or namespace costs in these epochs. */
const MUCH = 8_000_000_000n;

const at = <T>(list: readonly T[], i: number): T => list[i % list.length]!;

/** Wishes as blocks of one chain. Remembers what was preordered, as wallets do. */
export class Stream {
  readonly #store: MemoryStore;
  readonly #machine: BnsMachine;
  readonly #preordered: { readonly name: Name; readonly who: number; readonly whom: number }[] = [];
  readonly #spaces: { readonly id: NamespaceId; readonly who: number; readonly whom: number }[] = [];
  #salt = 0;

  constructor(store: MemoryStore, machine: BnsMachine) {
    this.#store = store;
    this.#machine = machine;
  }

  /** The next block of the chain that the store holds. */
  block(wanted: readonly Wish[]): CandidateBlock {
    const tip = this.#store.tip();
    const height = tip === null ? FIRST : tip.height + 1;
    const hash = (of: number) => blockHash(of.toString(16).padStart(64, "0"));
    const candidates = wanted.flatMap((one, i) => this.#candidate(one, height, i + 1) ?? []);
    return { height: blockHeight(height), hash: hash(height), previousHash: hash(height - 1), time: 0, candidates };
  }

  #candidate(one: Wish, height: number, vtxindex: number): Candidate | null {
    const recent = this.#store.consensusHashAt(height - 1 - (one.flaw === 1 ? 30 : one.what % 5));
    const made = this.#make(one, height, recent ?? ("00".repeat(16) as ConsensusHash));
    if (made === null) return null;
    const { payload, outputs, signer = one.who } = made;
    const key = at(KEYS, one.flaw === 2 ? signer + 1 : signer);
    const script = at(SCRIPTS, one.flaw === 2 ? signer + 1 : signer);
    const data = encodePayload(STREAM_NETWORK.magic, payload);
    if (one.flaw === 3) data[data.length - 1]! ^= 1;
    const values = outputs.map((to) => ({ value: one.flaw === 4 ? 1n : MUCH, script: fromHex(to) }));
    const transaction: Transaction = {
      version: 1,
      inputs: [
        {
          previousTxid: fromHex((++this.#salt).toString(16).padStart(64, "0")),
          previousIndex: 0,
          scriptSig: concat(Uint8Array.of(1, 0, key.publicKey.length), key.publicKey),
          sequence: 0xffff_ffff,
        },
      ],
      outputs: [{ value: 0n, script: concat(Uint8Array.of(0x6a, data.length), data) }, ...values],
      lockTime: 0,
    };
    const nulldata = decidingNulldata(transaction.outputs.map((output) => output.script))!;
    const split = splitNulldata(nulldata, fromLatin1(STREAM_NETWORK.magic), this.#machine.opcodes);
    if (split === null) return null;
    return { txid: transactionId(transaction), vtxindex, transaction, spentScripts: [fromHex(script)], ...split };
  }

  #make(one: Wish, height: number, consensusHash: ConsensusHash): Made | null {
    const { kind, who, whom, what } = one;
    const forms = payloadFormsAt(STREAM_NETWORK, height);
    const [mine, theirs] = [at(SCRIPTS, who), at(SCRIPTS, whom)];
    const names = this.#store.view.allNames();
    const owned = names.length === 0 ? null : at(names, what);
    const owner = owned === null ? who : Math.max(0, SCRIPTS.indexOf(owned.sender));
    const payTo = this.#payTo(owned?.name ?? null, height);
    const fee = { tokenFee: tokenAmount(one.tokens ? 200_000_000n : 0n) };
    switch (kind) {
      case "preorder": {
        const name = `${at(LABELS, what)}.${at(SPACES, whom + what)}` as Name;
        this.#preordered.push({ name, who, whom });
        const preorderHash = preorderHashOf(name, mine, addressAt(theirs));
        const paid = forms.nameTokens === true && one.tokens ? { ...fee, tokenUnits: STACKS } : {};
        const to = "tokenUnits" in paid ? BURN : this.#payTo(name, height);
        return { payload: { kind: "NAME_PREORDER", preorderHash, consensusHash, ...paid }, outputs: [mine, to] };
      }
      case "register": {
        if (this.#preordered.length === 0) return null;
        const { name, who: signer, whom: to } = this.#preordered.at(-1 - (what % this.#preordered.length))!;
        const payload: Payload = { kind: "NAME_REGISTRATION", name, zonefileHash: null };
        return { payload, outputs: [at(SCRIPTS, to), mine], signer };
      }
      case "update": {
        if (owned === null) return null;
        const updateHash = updateHashOf(owned.name, consensusHash);
        const zonefileHash = preorderHashOf(owned.name, mine, addressAt(theirs)) as never;
        return { payload: { kind: "NAME_UPDATE", updateHash, zonefileHash }, outputs: [mine], signer: owner };
      }
      case "transfer": {
        if (owned === null) return null;
        const nameHash = nameHashOf(owned.name);
        const payload: Payload = { kind: "NAME_TRANSFER", keepZonefile: one.tokens, nameHash, consensusHash };
        return { payload, outputs: [theirs, mine], signer: owner };
      }
      case "renew": {
        if (owned === null) return null;
        const tokens = forms.nameTokens === true && one.tokens;
        const zonefileHash = tokens ? (preorderHashOf(owned.name, mine, addressAt(mine)) as never) : null;
        const payload: Payload = { kind: "NAME_REGISTRATION", name: owned.name, zonefileHash, ...(tokens ? fee : {}) };
        const to = one.flaw === 5 ? theirs : owned.sender;
        return { payload, outputs: [to, mine, tokens ? BURN : payTo], signer: owner };
      }
      case "revoke": {
        if (owned === null) return null;
        return { payload: { kind: "NAME_REVOKE", name: owned.name }, outputs: [], signer: owner };
      }
      case "import": {
        const name = `${at(LABELS, what)}.${at(SPACES, what + whom)}` as Name;
        const revealer = this.#store.view.namespace(at(SPACES, what + whom))?.recipient;
        const signer = revealer === undefined ? who : SCRIPTS.indexOf(revealer);
        return { payload: { kind: "NAME_IMPORT", name }, outputs: [theirs, mine], signer };
      }
      case "space": {
        const id = at(SPACES, what);
        this.#spaces.push({ id, who, whom });
        const preorderHash = preorderHashOf(id, mine, addressAt(theirs));
        const paid = forms.namespaceTokens === true ? { tokenFee: tokenAmount(64_000_000_000n) } : {};
        return { payload: { kind: "NAMESPACE_PREORDER", preorderHash, consensusHash, ...paid }, outputs: [mine, BURN] };
      }
      case "reveal": {
        if (this.#spaces.length === 0) return null;
        const { id: namespaceId, who: signer, whom: to } = this.#spaces.at(-1 - (what % this.#spaces.length))!;
        const payload: Payload = {
          kind: "NAMESPACE_REVEAL", namespaceId, lifetime: 6 + whom, coeff: 1 + whom, base: 3,
          buckets: Array<number>(16).fill(what), nonalphaDiscount: 2, noVowelDiscount: 3, version: 1 + (whom % 3),
        }; // prettier-ignore
        return { payload, outputs: [at(SCRIPTS, to), mine], signer };
      }
      case "ready": {
        const namespaceId = at(SPACES, what);
        const revealer = this.#store.view.namespace(namespaceId)?.recipient;
        const signer = revealer === undefined ? who : SCRIPTS.indexOf(revealer);
        return { payload: { kind: "NAMESPACE_READY", namespaceId }, outputs: [mine], signer };
      }
      case "tokens": {
        const tokenFee = tokenAmount(BigInt(what) * 90_000_000n);
        const payload: Payload = {
          kind: "TOKEN_TRANSFER",
          consensusHash,
          tokenUnits: STACKS,
          tokenFee,
          scratchArea: "",
        };
        return { payload, outputs: [theirs] };
      }
    }
  }

  /** Whom a name's price goes to, at a guess: who made its namespace, if that is how it is paid. */
  #payTo(name: Name | null, height: number): ScriptHex {
    const namespace =
      name === null ? null : this.#store.view.namespace(name.slice(name.indexOf(".") + 1) as NamespaceId);
    if (namespace?.version !== 2 || namespace.revealBlock + 12 < height) return BURN;
    return scriptOf(namespace.address, STREAM_NETWORK.bitcoin);
  }
}

interface Made {
  readonly payload: Payload;
  /** Behind the data. */
  readonly outputs: readonly ScriptHex[];
  /** Index of who spends; else the wish's. */
  readonly signer?: number;
}
