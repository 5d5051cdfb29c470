/** Evidence against nodes, a file for each falsehood (docs/protocol/evidence.md). Nothing of it is ever thrown away. */
import { BskError } from "../errors.ts";
import { fromUtf8, toHex } from "../primitives/bytes.ts";
import { hash160 } from "../primitives/digest.ts";
import type { Evidence } from "../verify/evidence.ts";
import { writeEvidence } from "../verify/evidence-file.ts";

export interface EvidenceBook {
  /**
   * Keeps it, and gives the path of its file: of one that is there already where the same was kept before.
   * null: it is too large, or there is no more room.
   * @throws BskError `machine` where the disk does not take it
   */
  keep(evidence: Evidence): Promise<string | null>;
}

/** Where it is kept. */
export interface EvidenceStore {
  /** Names of the files that are there. */
  list(): Promise<readonly string[]>;
  /** Gives the path of a file. */
  pathOf(file: string): string;
  /** Whole or not at all. @throws BskError `usage` if it is there */
  write(file: string, text: string): Promise<void>;
}

/** Most characters of one file: an honest answer with the largest zone file has below a third of it. */
const LARGEST = 512 * 1024;
/** Most files: what is kept first stays, so that nobody can push out what speaks against them. */
const MOST = 100;

export function evidenceBook(store: EvidenceStore): EvidenceBook {
  return {
    keep: async (evidence) => {
      const text = writeEvidence(evidence);
      const file = `${evidence.said.answer.name}-${digestOf(evidence)}.json`;
      const known = await store.list();
      if (known.includes(file)) return store.pathOf(file);
      if (text.length > LARGEST || known.length >= MOST) return null;
      try {
        await store.write(file, text);
      } catch (error) {
        // Another process kept the same a moment ago.
        if (!(error instanceof BskError && error.kind === "usage")) throw error;
      }
      return store.pathOf(file);
    },
  };
}

/** The same for the same falsehood of the same node, whenever it was told and whoever showed it. */
function digestOf({ network, pin, said }: Evidence): string {
  const { tip: _, later: __, upTo, ...answer } = said.answer;
  const told = { network, pin, node: said.node, answer, hash: upTo?.consensusHash ?? null };
  return toHex(hash160(fromUtf8(JSON.stringify(told)))).slice(0, 16);
}
