/**
 * `bsk/verify`: the check of proofs for other programs, in Node or in a browser. No network, no clock, no Node module.
 *
 * Its types stand alone, since they are what users of the package see.
 */
import { ParseError } from "../errors.ts";
import { isNameRecord } from "../ops/hashed-record.ts";
import { consensusHash } from "../primitives/hash.ts";
import { parseBlockHeight } from "../primitives/units.ts";
import { BUILT_IN, networkOf } from "../protocol/network-definition.ts";
import { parseNetworkDefinition } from "../protocol/network-json.ts";
import { readBundle } from "./bundle-file.ts";
import type { ProvenName } from "./bundle.ts";
import { recordOf, verifyBundle as verify } from "./verify-bundle.ts";

/** What the caller trusts. */
export interface Trust {
  /** A height and the consensus hash of that block (32 hex digits), as an object or as "HEIGHT:HASH". */
  readonly pin: string | { readonly height: number; readonly consensusHash: string };
  /** "mainnet" if left out, "testnet", "regtest", or the text of a network's definition file. */
  readonly network?: string;
}

/** What a proof came to: nothing in it but what the pin authenticates. */
export interface Proven {
  readonly kind: "proven";
  /** The network accepted the operation; in exactly that block; and nothing happened to the name after it. */
  readonly level: "included" | "placed" | "complete";
  readonly name: string;
  /** Of the block that holds the operation; null at "included", and where there is no operation. */
  readonly height: number | null;
  /** At "complete": the height whose state is shown. */
  readonly at: number | null;
  /** At "complete". */
  readonly state: "absent" | "live" | "grace" | "lapsed" | "revoked" | null;
  /** The address that the operation gave the name to; null where there is none. */
  readonly owner: string | null;
  readonly zonefileHash: string | null;
  /** Its hash is `zonefileHash`; null where the proof does not hold it. */
  readonly zonefile: Uint8Array | null;
  /** At "complete": the height from which the name can only be renewed; null: never, or not shown. */
  readonly expires: number | null;
  /** The operation's fields in the order hashed; null where there is none. */
  readonly record: Readonly<Record<string, unknown>> | null;
}

export type Result =
  | Proven
  /** The file contradicts the pin, or itself, or is no proof. */
  | { readonly kind: "refuted"; readonly because: string }
  /** The file does not hold what it takes under this pin. */
  | { readonly kind: "unproven"; readonly missing: string };

/**
 * Checks the text of a proof file. Never throws for what the file says.
 * @throws Error for a pin or a network that is none
 */
export function verifyBundle(text: string, trust: Trust): Result {
  const { pin, network } = trustOf(trust);
  try {
    const bundle = readBundle(text);
    const outcome = verify(bundle, pin, network);
    return outcome.kind === "proven" ? shown(bundle.name, outcome.value) : outcome;
  } catch (error) {
    if (error instanceof ParseError) return { kind: "refuted", because: error.message };
    throw error;
  }
}

function trustOf({ pin, network = "mainnet" }: Trust) {
  const text = typeof pin === "string" ? pin : `${pin.height}:${pin.consensusHash}`;
  const [height, hash, ...more] = text.split(":");
  if (height === undefined || hash === undefined || more.length > 0) {
    throw new ParseError(`not a pin: "${text}" (HEIGHT:HASH)`);
  }
  return {
    pin: { height: parseBlockHeight(height), consensusHash: consensusHash(hash) },
    network: networkOf(BUILT_IN.find(({ name }) => name === network) ?? parseNetworkDefinition(network)),
  };
}

function shown(name: string, value: ProvenName): Proven {
  const found = recordOf(value);
  const { letter: _, ...record } = found ?? { letter: null };
  const state = value.level === "complete" ? value.state : null;
  const ofName = found !== null && isNameRecord(found) ? found : null;
  return {
    kind: "proven",
    level: value.level,
    name,
    height: value.level === "placed" ? value.height : state === null || state.kind === "absent" ? null : state.since,
    at: value.level === "complete" ? value.at : null,
    state: state?.kind ?? null,
    owner: ofName?.address ?? null,
    zonefileHash: ofName?.valueHash ?? null,
    zonefile: value.zonefile,
    expires: state === null || state.kind === "absent" ? null : state.expires,
    record: found === null ? null : record,
  };
}
