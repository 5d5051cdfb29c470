/** How other commands find a running devnet: a file that it keeps in the network's data directory while it runs. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

/** What others need to use a devnet. */
export interface DevnetFile {
  /** Process that runs it. */
  readonly pid: number;
  /** JSON-RPC of the Bitcoin node. */
  readonly bitcoindUrl: string;
  /** Holds `user:password` of the Bitcoin node. */
  readonly cookieFile: string;
  /** API of our full node on it. */
  readonly nodeUrl: string;
}

const schema = v.object({ pid: v.number(), bitcoindUrl: v.string(), cookieFile: v.string(), nodeUrl: v.string() });

const pathIn = (directory: string): string => join(directory, "devnet.json");

/** The devnet that runs on this data directory; null where none does. Ask only for networks on regtest. */
export function readDevnetFile(directory: string): DevnetFile | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(pathIn(directory), "utf8"));
  } catch {
    return null; // missing, or torn by a crash: no devnet that can be found
  }
  const result = v.safeParse(schema, value);
  // A devnet that was killed leaves its file behind.
  return result.success && isAlive(result.output.pid) ? result.output : null;
}

/** Writes the file, whole or not at all; answers what takes it away again. */
export function writeDevnetFile(directory: string, devnet: DevnetFile): () => void {
  const path = pathIn(directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify(devnet, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return () => {
    rmSync(path, { force: true });
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
