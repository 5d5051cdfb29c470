/** What a node says of itself -> `NodeInfo`. Parsed as in wire.ts. */
import * as v from "valibot";
import { blockHash, consensusHash, networkId } from "../primitives/hash.ts";
import type { NodeInfo } from "./answers.ts";
import { count, height, read, text, words } from "./wire-fields.ts";

/** Verdicts of a node's fork watch, as it names them. */
const verdict = v.picklist(["agrees", "behind", "fork", "rules", "silent"]);
const forkWatch = v.object({
  lastReorg: v.nullable(
    v.object({ forkHeight: v.pipe(v.number(), v.integer()), depth: count(0xffff_ffff), at: count(0xffff_ffff) }),
  ),
  deepestReorg: count(0xffff_ffff),
  witnesses: v.pipe(
    v.array(
      v.object({
        source: words,
        verdict,
        height: v.nullable(v.pipe(v.number(), v.integer())),
        depth: count(0xffff_ffff),
      }),
    ),
    v.maxLength(100),
  ),
});

const lightSchema = v.object({
  pin: v.object({
    height,
    consensusHash: text(consensusHash),
    source: v.picklist(["hand", "own-node", "agreeing", "chain", "unattested"]),
    attested: v.boolean(),
  }),
  time: v.nullable(count(0xffff_ffff)),
});

const infoSchema = v.object({
  version: words,
  network: v.object({ id: text(networkId), name: words, firstBlock: height }),
  tip: v.nullable(
    v.object({ height, hash: text(blockHash), consensusHash: text(consensusHash), time: count(0xffff_ffff) }),
  ),
  indexing: v.boolean(),
  exactThrough: v.exactOptional(v.nullable(v.object({ epoch: count(1000), height }))),
  source: v.object({
    description: words,
    height: v.nullable(height),
    spentScripts: v.optional(v.nullable(words), null),
    trouble: v.nullable(words),
  }),
  light: v.exactOptional(lightSchema),
  forkWatch: v.optional(forkWatch, { lastReorg: null, deepestReorg: 0, witnesses: [] }),
});

/** The answer of `/v2/info`. @throws ParseError */
export function readInfo(value: unknown): NodeInfo {
  const { network, tip, light, ...rest } = read(infoSchema, value, "the information of a node");
  const dated = (time: number | null): Date | null => (time === null ? null : new Date(time * 1000));
  return {
    ...rest,
    ...(light === undefined ? {} : { light: { ...light, time: dated(light.time) } }),
    networkId: network.id,
    networkName: network.name,
    firstBlock: network.firstBlock,
    tip: tip === null ? null : { ...tip, time: new Date(tip.time * 1000) },
  };
}
