/** The file of a network's initial allocation of tokens, beside the database. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BskError, ParseError } from "../../errors.ts";
import type { Network } from "../../protocol/network-definition.ts";
import { type Allocation, parseAllocation } from "../../tokens/allocation.ts";

/**
 * Reads the file that the network's definition names; null where it names none, or the file is not there.
 * @throws BskError `machine` if it cannot be read, `usage` if it is no allocation.
 */
export async function readAllocation(directory: string, { allocation: name }: Network): Promise<Allocation | null> {
  if (name === undefined) return null;
  const path = join(directory, name);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new BskError("machine", `cannot read "${path}"`, { cause });
  }
  try {
    return parseAllocation(text);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new BskError("usage", `"${path}" is not an initial allocation of tokens`, { cause, hint: cause.message });
  }
}
