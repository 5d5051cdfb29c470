/** The evidence of a network: the directory `evidence` among its data. */
import { join } from "node:path";
import type { Files } from "../cli/files.ts";
import { type EvidenceBook, evidenceBook } from "../lightnode/evidence-book.ts";

export function evidenceIn(directory: string, files: Files): EvidenceBook {
  const pathOf = (file: string): string => join(directory, "evidence", file);
  return evidenceBook({
    list: () => files.list(join(directory, "evidence")),
    pathOf,
    write: (file, text) => files.write(pathOf(file), text, { secret: true }),
  });
}
