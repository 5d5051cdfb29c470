/** The journal of a network: `journal.db` among its data. */
import { join } from "node:path";
import type { Ports } from "../cli/ports.ts";
import { type Journal, openJournal } from "../journal/store.ts";
import type { Network } from "../protocol/network-definition.ts";
import { makeDirectory } from "../cli/make-directory.ts";

/** Opens it and closes it when the command has ended. @throws BskError machine */
export function networkJournal(network: Network, directory: string, atEnd: Ports["atEnd"]): Journal {
  makeDirectory(directory);
  const journal = openJournal(join(directory, "journal.db"), network.id);
  atEnd(() => {
    journal.close();
  });
  return journal;
}
