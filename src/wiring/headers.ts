/** The headers of this installation: `headers` among a network's data, and which files of headers were checked. */
import { join } from "node:path";
import * as v from "valibot";
import type { Files } from "../cli/files.ts";
import type { HeaderStore } from "../cli/ports.ts";
import { BskError } from "../errors.ts";
import { type CheckedHeadersMemory, type CheckedRun, encodeHeaders, openHeaders, runOf } from "../lightnode/headers.ts";
import type { Network } from "../protocol/network-definition.ts";

const FILE = "headers";
const MEMORY = "headers-checked.json";
/** Two and a half million headers: Bitcoin's of the next thirty years. */
const MAX_BYTES = 200_000_000;
/** Files that are remembered: one's own, and a few that others gave. */
const MOST_RUNS = 8;

const memorySchema = v.strictObject({
  v: v.literal(1),
  checked: v.array(v.strictObject({ height: v.number(), digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u)) })),
});

export function headersIn(directory: string, { bitcoin }: Network, files: Files): HeaderStore {
  const path = join(directory, FILE);
  const memory = memoryIn(directory, files);
  const read: HeaderStore["read"] = async (from, progress) => {
    const { buffer, byteOffset, length } = await files.readBytes(from, MAX_BYTES);
    // Not as the Buffer that it may be: slices of those are views, and turning one round would turn the file's bytes.
    return openHeaders(new Uint8Array(buffer, byteOffset, length), from, bitcoin, memory, progress);
  };
  return {
    path,
    read,
    own: async (progress) => ((await files.list(directory)).includes(FILE) ? read(path, progress) : null),
    keep: async (headers) => {
      await files.write(path, encodeHeaders(headers), { secret: true, overwrite: true });
      await memory.remember(runOf(headers.file));
    },
  };
}

function memoryIn(directory: string, files: Files): CheckedHeadersMemory {
  const path = join(directory, MEMORY);
  const list = async (): Promise<readonly CheckedRun[]> => {
    if (!(await files.list(directory)).includes(MEMORY)) return [];
    try {
      return v.parse(memorySchema, JSON.parse(await files.readText(path))).checked;
    } catch (error) {
      if (error instanceof BskError) throw error;
      return []; // it only saves work: what cannot be read is checked again
    }
  };
  return {
    list,
    remember: async (run) => {
      const others = (await list()).filter(({ digest }) => digest !== run.digest);
      const text = `${JSON.stringify({ v: 1, checked: [run, ...others].slice(0, MOST_RUNS) })}\n`;
      await files.write(path, text, { secret: true, overwrite: true });
    },
  };
}
