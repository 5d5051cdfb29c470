/**
 * Random streams of operations, valid and not, across all epochs and beyond the end: whatever comes, the same blocks give
 * the same database, taking blocks back gives what was before, and nobody loses or gains what is not theirs.
 */
import * as fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { expect, test } from "vitest";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { NameRecord } from "../../src/ops/record.ts";
import type { Name } from "../../src/primitives/name.ts";
import { epochAt } from "../../src/protocol/epoch.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import type { AcceptedBns } from "../../src/rules/verdict.ts";
import { balanceOf } from "../../src/tokens/account.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import type { CandidateBlock } from "../../src/virtualchain/index-block.ts";
import { digestOfAll } from "../support/indexed.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { Stream, type Wish, wishes } from "../support/stream.ts";
import { STREAM_ALLOCATION, STREAM_NETWORK as NETWORK } from "../support/stream-world.ts";

const machine = bnsMachine(NETWORK, [], STREAM_ALLOCATION);
const open = (path = ":memory:") => NodeStore.open(path, NETWORK, STREAM_ALLOCATION);
const append = (store: NodeStore, block: CandidateBlock) => appendBlock(machine, store, block, NETWORK.firstBlock);

/** How often each kind of operation was accepted, over all runs; and in each epoch. */
const accepted = new Map<string, number>();

/** The chain that wishes come to, judged in memory block by block against what must always hold. */
function chainOf(wanted: readonly (readonly Wish[])[]): readonly CandidateBlock[] {
  const store = new MemoryStore(NETWORK);
  const stream = new Stream(store, machine);
  const owners = new Map<Name, NameRecord>();
  let destroyed = 0n;
  return wanted.map((some) => {
    const block = stream.block(some);
    const came = appendBlock(machine, store, block, NETWORK.firstBlock);
    if (block.height >= 200) expect(came.accepted).toEqual([]);
    for (const { accepted: op, txid } of came.accepted) {
      const epoch = epochAt(NETWORK.epochs, block.height).number;
      for (const what of [op.kind, `${op.kind} ${epoch}`]) accepted.set(what, (accepted.get(what) ?? 0) + 1);
      const spent = toHex(block.candidates.find((candidate) => candidate.txid === txid)!.spentScripts[0]!);
      if ("name" in op) judgeOwner(op, spent, owners, store, block.height);
      destroyed += tokensPaid(op);
    }
    judgeTokens(store, block.height, destroyed);
    return block;
  });
}

/** Who changes a name has it; who gets one that somebody had, gets it after its time. */
function judgeOwner(
  op: Extract<AcceptedBns, { name: NameRecord }>,
  spent: string,
  owners: Map<Name, NameRecord>,
  store: MemoryStore,
  height: number,
): void {
  const { name } = op.name;
  const before = owners.get(name);
  if (op.kind === "NAME_REGISTRATION" && before !== undefined) {
    const { readyBlock, lifetime } = store.view.namespace(name.slice(name.indexOf(".") + 1) as never)!;
    const { lifetimeMultiplier, gracePeriod } = epochAt(NETWORK.epochs, height - 1);
    const over = Math.max(readyBlock, before.lastRenewed) + lifetime * lifetimeMultiplier + gracePeriod;
    expect(height).toBeGreaterThan(over);
  }
  if (
    op.kind === "NAME_UPDATE" ||
    op.kind === "NAME_TRANSFER" ||
    op.kind === "NAME_REVOKE" ||
    op.kind === "NAME_RENEWAL"
  ) {
    expect(spent).toBe(before?.sender);
    expect(before?.revoked).toBe(false);
  }
  if (op.kind === "NAME_UPDATE" || op.kind === "NAME_REVOKE") expect(op.name.sender).toBe(before?.sender);
  owners.set(name, op.name);
  expect(new Set(store.view.allNames().map((record) => record.name)).size).toBe(store.view.allNames().length);
}

function tokensPaid(op: AcceptedBns): bigint {
  if (op.kind === "NAME_PREORDER" || op.kind === "NAMESPACE_PREORDER") return BigInt(op.preorder.tokenFee ?? 0);
  return op.kind === "NAME_RENEWAL" ? BigInt(op.name.tokenFee ?? 0) : 0n;
}

/** What accounts hold is what was given by then, less what paid for names; nobody owes. */
function judgeTokens({ view }: MemoryStore, height: number, destroyed: bigint): void {
  const last = new Map(view.accountStates().map((record) => [record.address, record]));
  const balances = [...last.values()].map(balanceOf);
  expect(balances.every((balance) => balance >= 0n)).toBe(true);
  const first = STREAM_ALLOCATION.accounts.map(({ value }) => BigInt(value));
  const vested = [...STREAM_ALLOCATION.vesting]
    .filter(([at]) => at <= height)
    .flatMap(([, given]) => given.map(({ amount }) => BigInt(amount)));
  const sum = (of: readonly bigint[]) => of.reduce((a, b) => a + b, 0n);
  expect(sum(balances)).toBe(sum(first) + sum(vested) - destroyed);
}

/** Indexed one by one, with the digest after each block; taken back to any height, and forth again. */
function oneByOne(blocks: readonly CandidateBlock[], back: number): readonly string[] {
  const store = open();
  const digests = [digestOfAll(store)];
  for (const block of blocks) {
    append(store, block);
    digests.push(digestOfAll(store));
  }
  const names = store.rows("names").map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (let left = blocks.length; left > back; left--) {
    store.rollBack();
    expect(digestOfAll(store)).toBe(digests[left - 1]);
  }
  for (const block of blocks.slice(back)) append(store, block);
  expect(digestOfAll(store)).toBe(digests.at(-1));
  store.close();
  return digests;
}

/** Indexed in batches, with the program ended and begun again between some. */
function inBatches(blocks: readonly CandidateBlock[], sizes: readonly number[]): string {
  const directory = mkdtempSync(join(tmpdir(), "bsk-stream-"));
  const path = join(directory, "node.db");
  let store = open(path);
  for (let done = 0, i = 0; done < blocks.length; i++) {
    const size = sizes[i % sizes.length]!;
    const batch = blocks.slice(done, done + size);
    store.together(() => batch.forEach((block) => append(store, block)));
    done += size;
    if (i % 3 !== 2) continue;
    store.close();
    store = open(path);
  }
  const digest = digestOfAll(store);
  store.close();
  rmSync(directory, { recursive: true });
  return digest;
}

/** What must have been accepted in each of the epochs 4 to 6, and what in any. */
const LATER = [
  "NAME_PREORDER", "NAME_REGISTRATION", "NAME_RENEWAL", "NAME_UPDATE", "NAME_REVOKE", "TOKEN_TRANSFER",
]; // prettier-ignore

const EARLIER = ["NAMESPACE_PREORDER", "NAMESPACE_REVEAL", "NAMESPACE_READY", "NAME_IMPORT", "NAME_TRANSFER"];

test("streams of operations keep what must always hold", () => {
  const long = env["BSK_LONG"] === "1";
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(wishes, sizes, fc.nat({ max: 105 }), (wanted, batches, back) => {
      const blocks = chainOf(wanted);
      const digests = oneByOne(blocks, back);
      expect(inBatches(blocks, batches)).toBe(digests.at(-1));
      expect(new Set(digests).size).toBe(digests.length);
    }),
    long ? { numRuns: 300 } : { numRuns: 6, seed: 6, endOnFailure: true },
  );
  // A stream that is always refused would show nothing.
  for (const kind of [...LATER, ...EARLIER]) {
    expect([kind, accepted.get(kind) ?? 0]).not.toEqual([kind, 0]);
  }
  for (const epoch of [4, 5, 6]) {
    for (const kind of LATER) expect([kind, accepted.get(`${kind} ${epoch}`) ?? 0]).not.toEqual([kind, 0]);
  }
});
