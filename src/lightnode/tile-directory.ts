/** Tiles in a directory, as `bsk node export tiles` writes it. */
import { open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { BskError } from "../errors.ts";
import { badTile, type TileFiles } from "./tile-files.ts";

export function tileDirectory(directory: string): TileFiles {
  const description = `the tiles in "${directory}"`;
  return {
    description,
    read: async (path, maxBytes) => {
      const file = resolve(directory, path);
      try {
        // Whoever can write there may have put a pipe in place of a file, which would never end.
        const found = await stat(file);
        if (!found.isFile()) throw badTile(description, path, "it is no file");
        const { size } = found;
        if (size > maxBytes) throw badTile(description, path, `it is larger than ${maxBytes} bytes`);
        return await readAtMost(file, maxBytes);
      } catch (error) {
        if (error instanceof BskError) throw error;
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR") return null;
        throw new BskError("machine", `cannot read "${file}"`, { rule: "unreadable", cause: error });
      }
    },
  };
}

async function readAtMost(file: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(file, "r");
  try {
    const bytes = Buffer.alloc(Math.min(maxBytes, (await handle.stat()).size));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytesRead);
  } finally {
    await handle.close();
  }
}
