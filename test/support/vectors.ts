/** Where the vectors are, and what is in them. */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { withLargeIntegers } from "../../src/tokens/large-integers.ts";

const VECTORS = new URL("../vectors/", import.meta.url);
const REPLAY = new URL("replay/", VECTORS);

export interface ReplayVector {
  readonly group: string;
  readonly vector: string;
  readonly path: string;
}

export interface ExpectedBlock {
  readonly height: number;
  readonly opsHash: string;
  readonly consensusHash: string;
  readonly accepted: readonly {
    readonly txid: string;
    readonly vtxindex: number;
    readonly opcode: string;
    readonly serialized?: string;
    readonly consensusFields?: readonly (readonly [field: string, value: unknown])[];
    readonly record: Readonly<Record<string, unknown>>;
  }[];
}

interface ReplayContent {
  readonly expected: readonly ExpectedBlock[];
  readonly finalState: Record<"name_records" | "namespaces" | "preorders", Readonly<Record<string, unknown>>[]>;
  readonly queries: { readonly snv: readonly unknown[] };
}

/** The replay vectors of some groups. */
export function replayVectors(...groups: readonly ("scenarios" | "fuzz" | "integration")[]): ReplayVector[] {
  return groups.flatMap((group) =>
    readdirSync(new URL(`${group}/`, REPLAY)).map((file) => ({
      group,
      vector: file.replace(/\.json\.gz$/u, ""),
      path: new URL(`${group}/${file}`, REPLAY).pathname,
    })),
  );
}

export function readReplayVector(path: string): ReplayContent {
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as ReplayContent;
}

/** A JSON file under test/vectors. */
export function readVectors(path: string): unknown {
  return withLargeIntegers(readFileSync(new URL(path, VECTORS), "utf8"));
}

interface Table {
  readonly rows: readonly (readonly unknown[])[];
  readonly [column: string]: unknown;
}

/** The tables of primitives.json in one of its two configurations. */
export const PRIMITIVES = readVectors("primitives.json") as Record<"test" | "mainnet", Record<string, Table>>;

/** Rows of one table; the caller knows their columns, which the table's `doc` tells. */
export function rowsOf(mode: "test" | "mainnet", table: string): readonly (readonly unknown[])[] {
  return PRIMITIVES[mode][table]!.rows;
}
