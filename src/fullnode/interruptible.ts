/** A block source that can be let go of: stopping a node must not wait for a server that does not answer. */
import { headerAt } from "../chain/header-at.ts";
import type { BlockSource } from "../chain/source.ts";

/** The node is being stopped; whatever was asked is of no use any more. */
export class Interrupted extends Error {}

/** The source, whose pending and later answers are failures of kind `Interrupted` once the signal is given. */
export function interruptible(source: BlockSource, signal: AbortSignal): BlockSource {
  // One listener for all that is pending: Node takes more than ten on one signal for a leak, and says so to the operator.
  const pending = new Set<() => void>();
  signal.addEventListener("abort", () => pending.forEach((stop) => stop()), { once: true });
  const unlessStopped = <T>(ask: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        reject(new Interrupted("the node is being stopped"));
      };
      if (signal.aborted) {
        stop();
        return;
      }
      pending.add(stop);
      ask()
        .then(resolve, reject)
        .finally(() => {
          pending.delete(stop);
        });
    });
  return {
    get description() {
      return source.description;
    },
    get spentScriptsMethod() {
      return source.spentScriptsMethod ?? null;
    },
    tip: () => unlessStopped(() => source.tip()),
    blockHashAt: (height) => unlessStopped(() => source.blockHashAt(height)),
    headerAt: (height) => unlessStopped(() => headerAt(source, height)),
    rawBlock: (hash) => unlessStopped(() => source.rawBlock(hash)),
    spentScripts: (inBlock, outpoints) => unlessStopped(() => source.spentScripts(inBlock, outpoints)),
    // Files answer soon enough: who reads them looks at the signal between two blocks.
    get scan() {
      return source.scan?.bind(source);
    },
  };
}
