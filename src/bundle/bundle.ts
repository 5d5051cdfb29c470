/**
 * A registration as a file that another machine can finish: signed transactions, and what they say. The format is
 * described in docs/protocol/registration-bundle.md; it has one spelling, so that what is parsed encodes to the same text.
 */
import * as v from "valibot";
import { ParseError } from "../errors.ts";
import { parsedBy } from "../chain/parsed-by.ts";
import { fromUtf8, toHex } from "../primitives/bytes.ts";
import { sha256 } from "../primitives/digest.ts";
import { consensusHash, networkId, preorderHash, txid, zonefileHash } from "../primitives/hash.ts";
import { name } from "../primitives/name.ts";
import { blockHeight } from "../primitives/units.ts";

const FORMAT = "bsk registration bundle";
const VERSION = 1;
/** Fees of a ladder, at most. */
const MAX_VARIANTS = 16;
const MAX_COINS = 200;
/** Hex digits of a transaction: nodes relay none above 100 000 virtual bytes. */
const MAX_TRANSACTION = 400_000;
const MAX_SATOSHIS = 2_100_000_000_000_000;

const text = <T>(parse: (from: string) => T) => v.pipe(v.string(), v.maxLength(256), parsedBy(parse));
const hex = (most: number) => v.pipe(v.string(), v.maxLength(most), v.regex(/^([0-9a-f]{2})+$/u, "not lowercase hex"));
const satoshis = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_SATOSHIS));
const raw = hex(MAX_TRANSACTION);
const variants = v.pipe(v.array(raw), v.minLength(1), v.maxLength(MAX_VARIANTS));
// Which network's addresses these are is for the check to say.
const addressText = v.pipe(v.string(), v.regex(/^[1-9A-HJ-NP-Za-km-z]{20,40}$/u, "not an address"));

const schema = v.strictObject({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  network: text(networkId),
  deathHeight: v.pipe(v.number(), parsedBy(blockHeight)),
  coins: v.pipe(
    v.array(
      v.strictObject({
        txid: text(txid),
        index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff)),
        value: satoshis,
        script: hex(64),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_COINS),
  ),
  split: v.nullable(raw),
  preorder: v.strictObject({
    preorderHash: text(preorderHash),
    consensusHash: text(consensusHash),
    burnAddress: addressText,
    burned: satoshis,
    variants,
  }),
  register: v.nullable(
    v.strictObject({
      name: text(name),
      owner: addressText,
      zonefileHash: v.nullable(text(zonefileHash)),
      variants,
      spares: variants,
    }),
  ),
});

/** Transactions are serializations in hex, lowest fee first. Amounts in satoshis. */
export type Bundle = Omit<v.InferOutput<typeof schema>, "format" | "version">;

/** The text of a bundle; a checksum of all the rest is its last field. */
export function encodeBundle({ network, deathHeight, coins, split, preorder, register }: Bundle): string {
  const body = {
    format: FORMAT,
    version: VERSION,
    network,
    deathHeight,
    coins: coins.map(({ txid: of, index, value, script }) => ({ txid: of, index, value, script })),
    split,
    preorder: {
      preorderHash: preorder.preorderHash,
      consensusHash: preorder.consensusHash,
      burnAddress: preorder.burnAddress,
      burned: preorder.burned,
      variants: preorder.variants,
    },
    register:
      register === null
        ? null
        : {
            name: register.name,
            owner: register.owner,
            zonefileHash: register.zonefileHash,
            variants: register.variants,
            spares: register.spares,
          },
  };
  return `${JSON.stringify({ ...body, checksum: checksumOf(body) }, null, 1)}\n`;
}

function checksumOf(body: object): string {
  return toHex(sha256(fromUtf8(JSON.stringify(body))));
}

/** Larger files are no bundles, in bytes. */
export const MAX_BUNDLE = 4_000_000;

/** Reads a bundle; whether its transactions are what it says is for `checkBundle`. @throws ParseError */
export function parseBundle(of: string): Bundle {
  if (of.length > MAX_BUNDLE) throw new ParseError("larger than any registration bundle");
  let value: unknown;
  try {
    value = JSON.parse(of);
  } catch {
    throw new ParseError("not a registration bundle: not JSON");
  }
  const result = v.safeParse(v.object({ ...schema.entries, checksum: v.string() }), value, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    throw new ParseError(`not a registration bundle: ${v.getDotPath(issue) ?? "file"}: ${issue.message}`);
  }
  const { format: _format, version: _version, checksum, ...bundle } = result.output;
  const encoded = encodeBundle(bundle);
  if (!encoded.includes(`"checksum": "${checksum}"`))
    throw new ParseError("its checksum does not fit: the file is damaged");
  if (encoded !== of) throw new ParseError("not a registration bundle: not in the one spelling of the format");
  return bundle;
}
