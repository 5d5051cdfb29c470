/** The outputs that the user set aside: `coin-locks.json` among a network's data, shared by all processes. */
import { join } from "node:path";
import * as v from "valibot";
import { parsedBy } from "../chain/parsed-by.ts";
import type { Files } from "../cli/files.ts";
import type { CoinLock } from "../cli/wallet.ts";
import { BskError } from "../errors.ts";
import { parseOutpoint } from "../primitives/outpoint.ts";

export interface CoinLocks {
  list(): Promise<readonly CoinLock[]>;
  /** Writes all of them, whole or not at all. The caller holds the directory's lock. */
  put(locks: readonly CoinLock[]): Promise<void>;
}

const FILE = "coin-locks.json";

const lockSchema = v.strictObject({
  outpoint: v.pipe(v.string(), parsedBy(parseOutpoint)),
  reason: v.nullable(v.string()),
  since: v.pipe(v.string(), v.isoTimestamp()),
});
const fileSchema = v.strictObject({ v: v.literal(1), locks: v.array(lockSchema) });

export function coinLocksIn(directory: string, files: Files): CoinLocks {
  const path = join(directory, FILE);
  return {
    list: async () => {
      if (!(await files.list(directory)).includes(FILE)) return [];
      return parse(await files.readText(path), path);
    },
    put: (locks) =>
      files.write(path, `${JSON.stringify({ v: 1, locks }, null, 2)}\n`, { secret: true, overwrite: true }),
  };
}

/** @throws BskError wallet: coins that were set aside are not spent because of a file that cannot be read. */
function parse(text: string, path: string): readonly CoinLock[] {
  try {
    return v.parse(fileSchema, JSON.parse(text)).locks;
  } catch (cause) {
    throw new BskError("wallet", `the list of locked coins "${path}" cannot be read`, {
      rule: "coin-locks-damaged",
      hint: "correct or remove the file; without it no coin is set aside",
      cause,
    });
  }
}
