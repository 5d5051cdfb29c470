/** The chains that the original indexed, with its tables and answers after the last block. */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { withLargeIntegers } from "../../src/tokens/large-integers.ts";

const ROOT = new URL("../vectors/replay/", import.meta.url);

export type Row = Readonly<Record<string, unknown>>;

export interface GoldenQuery {
  readonly method: string;
  readonly params: readonly (string | number)[];
  readonly result: Row;
}

export interface Vector {
  readonly config: { readonly genesisAccounts: unknown };
  readonly expected: readonly {
    readonly height: number;
    readonly opsHash: string;
    readonly consensusHash: string;
    readonly accepted: readonly { readonly txid: string; readonly opcode: string }[];
    readonly rejected: readonly { readonly txid: string }[];
  }[];
  readonly finalState: {
    readonly name_records: readonly Row[];
    readonly namespaces: readonly Row[];
    readonly preorders: readonly Row[];
    readonly history: readonly Row[];
    readonly accounts: readonly Row[];
  };
  readonly queries: { readonly rpc: readonly GoldenQuery[] };
}

export interface VectorFile {
  readonly name: string;
  readonly path: string;
}

/** Every vector file, named `group/vector`. */
export function vectorFiles(): VectorFile[] {
  return ["scenarios", "fuzz", "integration"].flatMap((group) =>
    readdirSync(new URL(`${group}/`, ROOT)).map((file) => ({
      name: `${group}/${file.replace(/\.json\.gz$/u, "")}`,
      path: new URL(`${group}/${file}`, ROOT).pathname,
    })),
  );
}

export function readVector({ path }: VectorFile): Vector {
  return withLargeIntegers(gunzipSync(readFileSync(path)).toString()) as Vector;
}
