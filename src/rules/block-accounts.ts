/** Accounts in one block: the past, with what the block has moved so far on top. Rows change at once, in block order. */
import type { TokenAmount } from "../primitives/token-amount.ts";
import { type AccountChange, type AccountKey, type AccountRecord, credited, debited } from "../tokens/account.ts";
import type { StateView } from "./state-view.ts";

export class BlockAccounts {
  readonly #base: StateView;
  readonly #last = new Map<string, AccountRecord>();
  /** Every state that an account was in, in the order of the block. */
  readonly #history: AccountRecord[] = [];

  constructor(base: StateView) {
    this.#base = base;
  }

  get(key: AccountKey): AccountRecord | null {
    return this.#last.get(mapKey(key)) ?? this.#base.account(key);
  }

  put(record: AccountRecord): void {
    this.#last.set(mapKey(record), record);
    this.#history.push(record);
  }

  /** Takes tokens out of an account that the rules found able to pay. What pays for names goes nowhere. */
  debit(key: AccountKey, amount: TokenAmount, change: AccountChange): void {
    const before = this.get(key);
    if (before === null) throw new Error("an account is debited that the rules did not ask for");
    this.put(debited(before, amount, change));
  }

  credit(key: AccountKey, amount: TokenAmount, change: AccountChange): void {
    this.put(credited(key, this.get(key), amount, change));
  }

  changes(): readonly AccountRecord[] {
    return this.#history;
  }
}

const mapKey = ({ address, type }: AccountKey): string => `${type} ${address}`;
