/** A pin as people write it: `HEIGHT:CONSENSUSHASH`. */
import { ParseError } from "../errors.ts";
import type { PinSource, PinSourceKind, ShownPin } from "../lightnode/pin.ts";
import { consensusHash } from "../primitives/hash.ts";
import { parseBlockHeight } from "../primitives/units.ts";
import type { Anchor } from "../verify/anchor.ts";
import { option } from "./parameter.ts";
import type { Style } from "./style.ts";

/** @throws ParseError */
export function pin(text: string): Anchor {
  const [height, hash, ...more] = text.split(":");
  if (height === undefined || hash === undefined || more.length > 0) {
    throw new ParseError(`not a pin: "${text}" (a height and the consensus hash of that block, HEIGHT:HASH)`);
  }
  return { height: parseBlockHeight(height), consensusHash: consensusHash(hash) };
}

/** `--pin` of commands that answer under a pin. */
export const pinOption = option(pin, "the pair that you trust, instead of the pin held", {
  placeholder: "HEIGHT:HASH",
});

const SOURCES: Readonly<Record<PinSourceKind, string>> = {
  hand: "given by hand",
  "own-node": "from your own node",
  agreeing: "from nodes that agree",
  chain: "attested by the Bitcoin chain",
  unattested: "unattested: one node's word",
};

/** "from nodes that agree: https://a.example, https://b.example". */
export function sourceWords(source: PinSource): string {
  const words = SOURCES[source.kind];
  switch (source.kind) {
    case "hand":
      return words;
    case "own-node":
    case "unattested":
      return `${words}, ${source.url}`;
    case "agreeing":
      return `${words}: ${source.urls.join(", ")}`;
    case "chain":
      return source.evidence.by === "transaction"
        ? `${words}: transaction ${source.evidence.txid} of block ${source.evidence.height}`
        : `${words}: ${source.evidence.operations} operations of ${source.evidence.senders} senders, ${source.evidence.burnt} sat burnt, blocks ${source.evidence.from} to ${source.evidence.to}`;
  }
}

/** "813:4625d9bc4a8ac0a5605e07530c1e1478 (from your own node)". */
export function pinWords({ height, consensusHash: hash, source, attested }: ShownPin, style: Style): string {
  const words = `(${SOURCES[source]})`;
  return `${height}:${hash} ${attested ? style.dim(words) : style.warn(words)}`;
}
