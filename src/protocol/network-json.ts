/** Network definitions as JSON files: strict in, one spelling out. */
import * as v from "valibot";
import { address } from "../bitcoin/address.ts";
import { BITCOIN_CHAINS, type Chain } from "../bitcoin/parameters.ts";
import { ParseError } from "../errors.ts";
import type { Feature } from "./epoch.ts";
import { canonicalDefinition, type NetworkDefinition } from "./network-definition.ts";

/** As an object, so that the compiler misses none. */
const FEATURES: Readonly<Record<Feature, true>> = {
  MULTISIG: true,
  SEGWIT: true,
  OP_REGISTER_UPDATE: true,
  OP_RENEW_TRANSFER_UPDATE: true,
  NAMESPACE_BURN_TO_CREATOR: true,
  NAMESPACE_PAY_WITH_STACKS: true,
  STACKS_BUY_NAMESPACES: true,
  PREORDER_EXPIRE: true,
  NAMEOPS_COST_TOKENS: true,
  TOKEN_TRANSFER: true,
  INT_DIVISION: true,
  TOKEN_TRANSFER_CONSENSUS_HASH_OPTIONAL: true,
};

const keysOf = <K extends string>(of: Readonly<Record<K, unknown>>): readonly K[] => Object.keys(of) as K[];

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const height = whole(0, 0x7fffffff);
const count = whole(0, 0x7fffffff);

const PRICES_BY_LENGTH = v.pipe(v.array(whole(0, Number.MAX_SAFE_INTEGER)), v.length(20));

const EPOCH = v.strictObject({
  number: whole(1, 1000),
  endBlock: v.nullable(height),
  features: v.array(v.picklist(keysOf(FEATURES))),
  lifetimeMultiplier: count,
  gracePeriod: count,
  receiveFeesPeriod: count,
  priceMultiplier: v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))),
  namespacePrices: v.nullable(PRICES_BY_LENGTH),
  tokens: v.exactOptional(v.strictObject({ nameDivisor: whole(1, 0x7fffffff), namespacePrices: PRICES_BY_LENGTH })),
});

const CONSENSUS_HASH = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/u));

const DEFINITION = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,30}$/u)),
  chain: v.picklist(keysOf<Chain>(BITCOIN_CHAINS)),
  magic: v.pipe(v.string(), v.regex(/^[!-~]{2}$/u)),
  firstBlock: height,
  endHeight: v.nullable(height),
  epochs: v.pipe(v.array(EPOCH), v.minLength(1)),
  burnAddress: v.string(),
  confirmations: whole(0, 1000),
  importKeyringSize: count,
  namePreorderExpire: count,
  namespaceRevealExpire: count,
  consensusHashWindow: whole(1, 1000),
  maxNamesPerSender: count,
  nameCostUnit: count,
  genesisConsensusHash: CONSENSUS_HASH,
  apiPort: whole(1, 65_535),
  allocation: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-][0-9A-Za-z._-]{0,99}$/u))),
  checkpoints: v.exactOptional(
    v.array(
      v.strictObject({ height, from: v.exactOptional(height), consensusHash: CONSENSUS_HASH, certain: v.boolean() }),
    ),
  ),
  extensions: v.array(v.string()),
});

/**
 * A definition of its JSON text: every key present, none unknown, epochs that end in order and the last one open.
 * @throws ParseError that names the key.
 */
export function parseNetworkDefinition(text: string): NetworkDefinition {
  const result = v.safeParse(DEFINITION, parseJson(text));
  if (!result.success) {
    const [issue] = result.issues;
    throw new ParseError(`${v.getDotPath(issue) ?? "network"}: ${issue.message.toLowerCase()}`);
  }
  const definition = result.output;
  checkEpochs(definition);
  address(definition.burnAddress, BITCOIN_CHAINS[definition.chain]);
  if (definition.extensions.length > 0)
    throw new ParseError(`extensions: unknown "${definition.extensions[0] ?? ""}"; this version has none`);
  return definition;
}

/** The text of a definition file: canonical content, indented for people, and behind it what is known of the chain. */
export function formatNetworkDefinition(definition: NetworkDefinition): string {
  const { checkpoints } = definition;
  const content = JSON.parse(canonicalDefinition(definition)) as object;
  return `${JSON.stringify(checkpoints === undefined ? content : { ...content, checkpoints }, null, 2)}\n`;
}

function checkEpochs({ epochs }: NetworkDefinition): void {
  epochs.forEach(({ endBlock }, i) => {
    const isLast = i === epochs.length - 1;
    if (isLast !== (endBlock === null)) throw new ParseError("epochs: the last one, and only it, has no end");
    const before = epochs[i - 1]?.endBlock ?? -1;
    if (endBlock !== null && endBlock <= before) throw new ParseError("epochs: not in order of their ends");
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ParseError("not JSON");
  }
}
