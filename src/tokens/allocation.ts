/**
 * The initial allocation of tokens: who held how much when the chain began, and what they were given later by schedule.
 * The file is JSON in the spelling of the original's genesis block:
 *
 *   [{ "address": "1…", "type": "STACKS", "value": 100, "vesting": { "550000": 20 }, "lock_send": 0,
 *      "receive_whitelisted": true }]
 *
 * `vesting`: height -> amount, credited before the operations of that height. `lock_send`: height from which the account
 * can send. Both may be missing, as may `type` and `receive_whitelisted`. Amounts are numbers of any size, or texts.
 */
import * as v from "valibot";
import { ParseError } from "../errors.ts";
import { fromLatin1, fromUtf8, toHex } from "../primitives/bytes.ts";
import { sha256, sha256d } from "../primitives/digest.ts";
import { type Txid, txid } from "../primitives/hash.ts";
import { parseTokenAmount, STACKS, type TokenAmount, tokenType } from "../primitives/token-amount.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import { type AccountKey, type AccountRecord, credited } from "./account.ts";
import { withLargeIntegers } from "./large-integers.ts";

/** An amount that an account is given at a height. */
interface Vesting extends AccountKey {
  readonly amount: TokenAmount;
}

interface AllocatedAccount extends AccountKey {
  readonly value: TokenAmount;
  readonly lockSend: number;
  readonly receiveWhitelisted: boolean;
  readonly metadata: string;
}

export interface Allocation {
  /** SHA256 of the entries in one spelling: two files that say the same have the same. */
  readonly id: string;
  readonly accounts: readonly AllocatedAccount[];
  readonly vesting: ReadonlyMap<number, readonly Vesting[]>;
}

const amount = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.safeInteger())]),
  v.transform((value) => parseTokenAmount(String(value))),
);
const lockHeight = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const ENTRIES = v.array(
  v.object({
    address: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/u)),
    type: v.optional(v.pipe(v.string(), v.transform(tokenType)), STACKS),
    value: amount,
    vesting: v.optional(v.record(v.pipe(v.string(), v.regex(/^(?:0|[1-9][0-9]{0,8})$/u)), amount), {}),
    lock_send: v.optional(lockHeight, 0),
    receive_whitelisted: v.optional(v.boolean(), true),
    metadata: v.optional(v.nullable(v.string()), ""),
  }),
);

/** @throws ParseError that names what is wrong, an account that is listed twice included. */
export function parseAllocation(text: string): Allocation {
  let value: unknown;
  try {
    value = withLargeIntegers(text);
  } catch (cause) {
    throw new ParseError("not JSON", { cause });
  }
  return allocationOf(value);
}

/** The same of a JSON value. @throws ParseError */
export function allocationOf(value: unknown): Allocation {
  const parsed = v.safeParse(ENTRIES, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new ParseError(`${v.getDotPath(issue) ?? "allocation"}: ${issue.message.toLowerCase()}`);
  }
  const accounts: AllocatedAccount[] = [];
  const vesting = new Map<number, Vesting[]>();
  const seen = new Set<string>();
  for (const entry of parsed.output) {
    const { address, type } = entry;
    if (seen.has(`${address} ${type}`)) throw new ParseError(`account "${address}" is listed twice for ${type}`);
    seen.add(`${address} ${type}`);
    accounts.push({
      address,
      type,
      value: entry.value,
      lockSend: entry.lock_send,
      receiveWhitelisted: entry.receive_whitelisted,
      metadata: entry.metadata ?? "",
    });
    for (const [height, amount] of Object.entries(entry.vesting)) {
      const at = vesting.get(Number(height)) ?? [];
      vesting.set(Number(height), [...at, { address, type, amount }]);
    }
  }
  return { id: idOf(accounts, vesting), accounts, vesting };
}

function idOf(accounts: readonly AllocatedAccount[], vesting: Allocation["vesting"]): string {
  const rows = [
    ...accounts.map((of) => [of.address, of.type, of.value, of.lockSend, of.receiveWhitelisted, of.metadata]),
    ...[...vesting].flatMap(([height, given]) => given.map((of) => [of.address, of.type, of.amount, height])),
  ];
  return toHex(
    sha256(
      fromUtf8(
        rows
          .map((row) => JSON.stringify(row))
          .sort()
          .join("\n"),
      ),
    ),
  );
}

/**
 * The accounts that the allocation changes at a height, before its first operation: all of them at the network's first
 * block, later those with something vested. `read` tells how an account stands before.
 */
export function allocatedAt(
  { accounts, vesting }: Allocation,
  height: BlockHeight,
  firstBlock: number,
  read: (key: AccountKey) => AccountRecord | null,
): AccountRecord[] {
  if (height === firstBlock) return accounts.map((account) => initialOf(account, height));
  return (vesting.get(height) ?? []).map((given) =>
    credited(given, read(given), given.amount, { txid: vestingTxid(given, height), blockNumber: height, vtxindex: 0 }),
  );
}

function initialOf({ metadata, value, lockSend, ...account }: AllocatedAccount, height: BlockHeight): AccountRecord {
  return {
    ...account,
    credit: value,
    debit: parseTokenAmount("0"),
    lockTransferBlockId: lockSend,
    // What stands for a transaction id, as the original made it (seen for accounts without metadata).
    txid: pseudoTxid(`${account.address} genesis ${metadata}`),
    blockNumber: height,
    vtxindex: 0,
  };
}

/** Also no transaction: ours, since how the original made these is not known. No rule reads it. */
function vestingTxid({ address, type, amount }: Vesting, height: number): Txid {
  return pseudoTxid(`${address} vesting ${type} ${amount} ${height}`);
}

function pseudoTxid(text: string): Txid {
  return txid(toHex(sha256d(fromLatin1(text))));
}

/** The heights at which an allocation changes accounts, from the first block to `last`, in order. */
export function allocationHeights({ vesting }: Allocation, firstBlock: number, last: number): BlockHeight[] {
  const later = [...vesting.keys()].filter((height) => height > firstBlock && height <= last);
  return [firstBlock, ...later.sort((a, b) => a - b)].map(blockHeight);
}
