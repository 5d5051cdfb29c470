/** The pins of a network: `pins.json` among its data. */
import { join } from "node:path";
import type { Files } from "../cli/files.ts";
import { lockPatiently } from "../cli/lock.ts";
import type { Clock } from "../cli/ports.ts";
import { openPinBook, type PinBook } from "../lightnode/pin-book.ts";
import type { Network } from "../protocol/network-definition.ts";

const FILE = "pins.json";
/** Beside the wallet's lock of the same directory: a long signing does not keep pins from being written. */
const LOCK = "pins.lock";

/** @throws BskError `machine`, rule `pins-damaged` */
export function pinsIn(directory: string, network: Network, files: Files, clock: Clock): Promise<PinBook> {
  const path = join(directory, FILE);
  return openPinBook(
    {
      path,
      read: async () => ((await files.list(directory)).includes(FILE) ? files.readText(path) : null),
      write: (text) => files.write(path, text, { secret: true, overwrite: true }),
      exclusively: async (work) => {
        const release = await lockPatiently((ms) => clock.sleep(ms), directory, "bsk pin", LOCK);
        try {
          return await work();
        } finally {
          release();
        }
      },
    },
    network.id,
    () => clock.now(),
  );
}
