/** The parts of paths and queries that routes take, each with its one parser (spec 10 A1). */
import { ParseError } from "../errors.ts";
import {
  consensusHash,
  type ConsensusHash,
  type Txid,
  txid,
  type ZonefileHash,
  zonefileHash,
} from "../primitives/hash.ts";
import { type Name, name, type NamespaceId, namespaceId } from "../primitives/name.ts";
import { type BlockHeight, parseBlockHeight } from "../primitives/units.ts";
import type { Parameter } from "./route.ts";

export const nameParameter: Parameter<Name> = { parse: name, invalid: "Invalid name or subdomain" };
export const namespaceParameter: Parameter<NamespaceId> = { parse: namespaceId, invalid: "Invalid namespace" };
export const zonefileHashParameter: Parameter<ZonefileHash> = {
  parse: zonefileHash,
  invalid: "Invalid zone file hash",
};
export const txidParameter: Parameter<Txid> = { parse: txid, invalid: "Invalid transaction ID" };
export const consensusHashParameter: Parameter<ConsensusHash> = {
  parse: consensusHash,
  invalid: "Invalid consensus hash",
};
export const heightParameter: Parameter<BlockHeight> = { parse: parseBlockHeight, invalid: "Invalid block height" };
/** Pages count from 0; a page number that could overflow the row count is no page. */
const LAST_PAGE = 1_000_000;

function parsePage(text: string): number {
  const page = /^[0-9]{1,7}$/u.test(text) ? Number(text) : NaN;
  if (!(page <= LAST_PAGE)) throw new ParseError(`not a page: "${text}"`);
  return page;
}

export const pageParameter: Parameter<number> = { parse: parsePage, invalid: "Invalid page= argument" };
export const firstPageParameter: Parameter<number> = { ...pageParameter, absent: 0 };

function parseFlag(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "1") return true;
  if (lower === "false" || lower === "0") return false;
  throw new ParseError(`neither true nor false: "${text}"`);
}

/** A switch that is off where it is absent. */
export const flagParameter: Parameter<boolean> = {
  parse: parseFlag,
  invalid: "Invalid argument: must be true or false",
  absent: false,
};
