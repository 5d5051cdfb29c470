/**
 * A chain of names in memory, the same in every run: one namespace, and in each block so many new names, each of which
 * lives through the same life. Once the first have grown up, a block holds for every 30 births 30 preorders, 30
 * registrations, 60 updates, 15 transfers, 10 renewals and 3 revocations.
 */
import { type Address, p2pkhAddress, scriptOf } from "../../src/bitcoin/address.ts";
import { type Transaction, transactionId, type TransactionOutput } from "../../src/bitcoin/transaction.ts";
import type { Payload } from "../../src/ops/operation.ts";
import { encodePayload, splitNulldata } from "../../src/ops/payload.ts";
import { preorderHashOf } from "../../src/ops/preorder-hash.ts";
import { concat, fromHex, toHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { blockHash, type ConsensusHash, type ZonefileHash, zonefileHash } from "../../src/primitives/hash.ts";
import { type Name, name, nameHashOf, namespaceId, updateHashOf } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { type Network, networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";
import type { BnsMachine } from "../../src/rules/machine.ts";
import type { Candidate } from "../../src/virtualchain/machine.ts";
import type { CandidateBlock } from "../../src/virtualchain/index-block.ts";
import { SeededRandom } from "./random.ts";

/** Equal to the built-in network of this name, so that a command line can be pointed at it. */
export const CHAIN_NETWORK: Network = networkOf(newNetworkDefinition("regtest", "regtest", 1, "id"));

const NAMESPACE = namespaceId("bench");
/** Buys the namespace, and names in it, many times over. */
const BURN = 100_000_000n;
const DUST = 5500n;
const OP_RETURN = 0x6a;

/** A key as far as the chain sees it: nobody checks signatures here. */
interface Party {
  readonly publicKey: Uint8Array;
  readonly address: Address;
}

/** A name on its way through life; what happens in the nth block after its birth. */
interface Life {
  readonly name: Name;
  readonly born: number;
  readonly count: number;
  owner: Party;
}

export class NameChain {
  readonly #random = new SeededRandom(20_150_907);
  readonly #machine: BnsMachine;
  readonly #births: number;
  #lives: Life[] = [];
  #count = 0;
  readonly #founder = this.#party();
  readonly #burn = this.#pay(CHAIN_NETWORK.burnAddress as Address, BURN);

  constructor(machine: BnsMachine, births: number) {
    this.#machine = machine;
    this.#births = births;
  }

  /** The block of a height; `seen` is the consensus hash of the block before. Ask for every height, in order. */
  block(height: number, seen: ConsensusHash): CandidateBlock {
    const transactions = height <= 3 ? [this.#founding(height, seen)] : this.#day(height, seen);
    const hashOf = (of: number) => blockHash(of.toString(16).padStart(64, "0"));
    return {
      height: blockHeight(height),
      hash: hashOf(height),
      previousHash: hashOf(height - 1),
      time: 1_500_000_000 + 600 * height,
      candidates: transactions.map((candidate, i) => ({ ...candidate, vtxindex: i + 1 })),
    };
  }

  #founding(step: number, consensusHash: ConsensusHash): Candidate {
    const { address } = this.#founder;
    if (step === 1) {
      const preorderHash = preorderHashOf(NAMESPACE, scriptOf(address, CHAIN_NETWORK.bitcoin), address);
      const change = this.#pay(address, DUST);
      return this.#carry(
        this.#founder,
        { kind: "NAMESPACE_PREORDER", preorderHash, consensusHash },
        change,
        this.#burn,
      );
    }
    if (step === 3) return this.#carry(this.#founder, { kind: "NAMESPACE_READY", namespaceId: NAMESPACE });
    const parameters = { lifetime: 52_595, coeff: 4, base: 4, nonalphaDiscount: 2, noVowelDiscount: 5, version: 1 };
    return this.#carry(
      this.#founder,
      { kind: "NAMESPACE_REVEAL", namespaceId: NAMESPACE, ...parameters, buckets: Array<number>(16).fill(1) },
      this.#pay(address, DUST),
      this.#pay(address, DUST),
    );
  }

  #day(height: number, seen: ConsensusHash): Candidate[] {
    for (let i = 0; i < this.#births; i++) {
      const count = this.#count++;
      this.#lives.push({ name: name(`name-${count}.bench`), born: height, count, owner: this.#party() });
    }
    this.#lives = this.#lives.filter(({ born }) => height - born <= 12);
    return this.#lives.flatMap((life) => {
      const operation = this.#next(life, height - life.born, seen);
      return operation === null ? [] : [operation];
    });
  }

  #next(life: Life, age: number, seen: ConsensusHash): Candidate | null {
    const { owner, count } = life;
    switch (age) {
      case 0: {
        const preorderHash = preorderHashOf(life.name, scriptOf(owner.address, CHAIN_NETWORK.bitcoin), owner.address);
        const change = this.#pay(owner.address, DUST);
        return this.#carry(owner, { kind: "NAME_PREORDER", preorderHash, consensusHash: seen }, change, this.#burn);
      }
      case 1:
        return this.#carry(owner, this.#registration(life.name), this.#pay(owner.address, DUST));
      case 2:
      case 7:
        return this.#carry(
          owner,
          { kind: "NAME_UPDATE", updateHash: updateHashOf(life.name, seen), zonefileHash: this.#zonefile() },
          this.#pay(owner.address, DUST),
        );
      case 5: {
        if (count % 2 !== 0) return null;
        life.owner = this.#party();
        const payload = { kind: "NAME_TRANSFER", keepZonefile: true, consensusHash: seen } as const;
        const recipient = this.#pay(life.owner.address, DUST);
        return this.#carry(owner, { ...payload, nameHash: nameHashOf(life.name) }, recipient);
      }
      case 9: {
        if (count % 3 !== 0) return null;
        const recipient = this.#pay(owner.address, DUST);
        return this.#carry(owner, this.#registration(life.name), recipient, recipient, this.#burn);
      }
      case 12:
        return count % 10 === 0 ? this.#carry(owner, { kind: "NAME_REVOKE", name: life.name }) : null;
      default:
        return null;
    }
  }

  #registration(of: Name): Payload {
    return { kind: "NAME_REGISTRATION", name: of, zonefileHash: this.#zonefile() };
  }

  #zonefile(): ZonefileHash {
    return zonefileHash(toHex(this.#random.bytes(20)));
  }

  #party(): Party {
    const publicKey = concat(Uint8Array.of(0x02), this.#random.bytes(32));
    return { publicKey, address: p2pkhAddress(hash160(publicKey), CHAIN_NETWORK.bitcoin) };
  }

  #pay(to: Address, value: bigint): TransactionOutput {
    return { value, script: fromHex(scriptOf(to, CHAIN_NETWORK.bitcoin)) };
  }

  /** A transaction from one P2PKH coin of `from`, as a block scan and a source of coins give it. */
  #carry(from: Party, payload: Payload, ...others: readonly TransactionOutput[]): Candidate {
    const data = encodePayload(CHAIN_NETWORK.magic, payload);
    const nulldata = concat(Uint8Array.of(OP_RETURN, data.length), data);
    const scriptSig = concat(Uint8Array.of(72), this.#random.bytes(72), Uint8Array.of(33), from.publicKey);
    const transaction: Transaction = {
      version: 1,
      inputs: [{ previousTxid: this.#random.bytes(32), previousIndex: 1, scriptSig, sequence: 0xffff_fffd }],
      outputs: [{ value: 0n, script: nulldata }, ...others],
      lockTime: 0,
    };
    const split = splitNulldata(data, this.#machine.magic, this.#machine.opcodes);
    if (split === null) throw new Error(`a payload of ${payload.kind} is not found again`);
    const spent = this.#pay(from.address, DUST).script;
    return { txid: transactionId(transaction), vtxindex: 0, transaction, spentScripts: [spent], ...split };
  }
}
