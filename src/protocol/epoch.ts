/**
 * The table of protocol eras: history is data, not `if`s (spec 02 §1).
 *
 * Source: original `config.py`, EPOCHS. Prices in satoshis.
 */
export type Feature =
  /** p2sh owners and senders. */
  | "MULTISIG"
  /** A label only: the set of valid output scripts did not change (spec 01 §2). */
  | "SEGWIT"
  /** A registration may carry a zone file hash. */
  | "OP_REGISTER_UPDATE"
  /** A renewal may carry a zone file hash and a new owner. */
  | "OP_RENEW_TRANSFER_UPDATE"
  /** Version 2 namespaces: names pay the creator for a time. */
  | "NAMESPACE_BURN_TO_CREATOR"
  | "NAMESPACE_PAY_WITH_STACKS"
  | "STACKS_BUY_NAMESPACES"
  /** A registration must follow its preorder within `namePreorderExpire` blocks. */
  | "PREORDER_EXPIRE"
  | "NAMEOPS_COST_TOKENS"
  | "TOKEN_TRANSFER"
  | "INT_DIVISION"
  | "TOKEN_TRANSFER_CONSENSUS_HASH_OPTIONAL";

export interface Epoch {
  /** 1, 2, 3 … */
  readonly number: number;
  /** Last height of the epoch, inclusive; null: it does not end. */
  readonly endBlock: number | null;
  readonly features: readonly Feature[];
  /** A name lives `lifetime * lifetimeMultiplier` blocks. */
  readonly lifetimeMultiplier: number;
  /** Blocks after expiry in which only a renewal is accepted. */
  readonly gracePeriod: number;
  /** Blocks after the reveal in which names of a version 2 namespace pay its creator. */
  readonly receiveFeesPeriod: number;
  /** Names cost their curve price times this IEEE double; null where prices are not in bitcoin doubles (epoch 4 on). */
  readonly priceMultiplier: number | null;
  /** Satoshis by length of the namespace id, index 0 to 19; null where namespaces cost tokens. */
  readonly namespacePrices: readonly number[] | null;
  /** Prices since there are tokens; absent in the epochs before. */
  readonly tokens?: TokenTerms;
}

/** Prices of the epochs with tokens, exact in whole numbers. */
export interface TokenTerms {
  /** Names cost their curve price in satoshis divided by this, rounded down. */
  readonly nameDivisor: number;
  /** Millionths of a token by length of the namespace id, index 0 to 19. */
  readonly namespacePrices: readonly number[];
}

/** Does the epoch have this feature? */
export function enables(epoch: Epoch, feature: Feature): boolean {
  return epoch.features.includes(feature);
}

/** The epoch of a height: the first whose end is not before it. @throws Error if the table does not end open. */
export function epochAt(epochs: readonly Epoch[], height: number): Epoch {
  const epoch = epochs.find(({ endBlock }) => endBlock === null || height <= endBlock);
  if (epoch === undefined) throw new Error("an epoch table ends with an epoch that does not end");
  return epoch;
}

const bySize = (one: number, two: number, four: number, eight: number, none = 2_100_000_000): readonly number[] => [
  // Index 0 is never asked: an id has at least one character. The value is the original's.
  none,
  one,
  ...Array<number>(2).fill(two),
  ...Array<number>(4).fill(four),
  ...Array<number>(12).fill(eight),
];

/** Namespace prices of epochs 1 and 2, then of epoch 3 (spec 02 §7). */
const FIRST_NAMESPACE_PRICES = bySize(40_000_000_000, 4_000_000_000, 400_000_000, 40_000_000);
const LOWER_NAMESPACE_PRICES = bySize(4_000_000_000, 400_000_000, 40_000_000, 4_000_000);

const EPOCH_1 = {
  number: 1,
  features: [],
  lifetimeMultiplier: 1,
  gracePeriod: 0,
  receiveFeesPeriod: 0,
  priceMultiplier: 1,
  namespacePrices: FIRST_NAMESPACE_PRICES,
} as const satisfies Omit<Epoch, "endBlock">;

const EPOCH_2 = { ...EPOCH_1, number: 2, features: ["MULTISIG"], lifetimeMultiplier: 2 } as const;

/** Blocks in a year: round(365.2424 * 144). */
export const BLOCKS_PER_YEAR = 52_595;

/** The last epoch whose names are paid in bitcoin; networks of our own start and stay here. */
export const EPOCH_3 = {
  number: 3,
  features: ["MULTISIG", "SEGWIT", "OP_REGISTER_UPDATE", "OP_RENEW_TRANSFER_UPDATE", "NAMESPACE_BURN_TO_CREATOR"],
  lifetimeMultiplier: 2,
  gracePeriod: 5000,
  receiveFeesPeriod: BLOCKS_PER_YEAR,
  priceMultiplier: 0.1,
  namespacePrices: LOWER_NAMESPACE_PRICES,
} as const satisfies Omit<Epoch, "endBlock">;

const EPOCH_4 = {
  ...EPOCH_3,
  number: 4,
  features: [
    ...EPOCH_3.features,
    "NAMESPACE_PAY_WITH_STACKS",
    "STACKS_BUY_NAMESPACES",
    "PREORDER_EXPIRE",
    "NAMEOPS_COST_TOKENS",
    "TOKEN_TRANSFER",
    "INT_DIVISION",
  ],
  priceMultiplier: null,
  namespacePrices: null,
  tokens: {
    nameDivisor: 10,
    namespacePrices: bySize(640_000_000_000, 64_000_000_000, 6_400_000_000, 640_000_000, 0),
  },
} as const satisfies Omit<Epoch, "endBlock">;

const EPOCH_5 = {
  ...EPOCH_4,
  number: 5,
  features: [...EPOCH_4.features, "TOKEN_TRANSFER_CONSENSUS_HASH_OPTIONAL"],
} as const;

/** The epochs of the historic network (spec 02 §1). */
export const MAINNET_EPOCHS: readonly Epoch[] = [
  { ...EPOCH_1, endBlock: 436_650 },
  { ...EPOCH_2, endBlock: 488_500 },
  { ...EPOCH_3, endBlock: 547_921 },
  { ...EPOCH_4, endBlock: 599_866 },
  { ...EPOCH_5, endBlock: 613_249 },
  { ...EPOCH_5, number: 6, endBlock: null },
];
