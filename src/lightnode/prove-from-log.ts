/** Proofs out of the verified log on this machine: nobody is asked, and what is long can be listed. */
import { subjectOf } from "../ops/hashed-subject.ts";
import type { NetworkId } from "../primitives/hash.ts";
import type { OperationLog } from "../verify/op-log.ts";
import { type BundleRequest, type MadeBundle, proveBundle } from "../verify/prove-bundle.ts";
import type { ZonefileStore } from "./zonefile-store.ts";

/** As much as a file may hold (verify/bundle-file.ts), and some room for what is beside the list. */
const MOST_LISTED = { blocks: 1_000_000, characters: 12 * 1024 * 1024 };

/** `zonefiles`: those kept on this machine; null: none. */
export function proveFromLog(
  log: OperationLog,
  network: NetworkId,
  request: Omit<BundleRequest, "mostListed">,
  zonefiles: ZonefileStore | null,
): MadeBundle {
  const { spine } = log;
  return proveBundle(
    { ...request, mostListed: MOST_LISTED },
    {
      network,
      firstBlock: spine.firstBlock,
      opsHashAt: (height) => spine.opsHashAt(height),
      consensusHashAt: (height) => spine.consensusHashAt(height),
      operationsAt: (height) => log.textsAt(height),
      latestOn: (subject, upTo) => {
        const found = log.latestOn(subject, upTo);
        if (found === null) return null;
        const { height, record } = found;
        const text = log
          .textsAt(height)
          .find((each) => each.includes(`:${record.txid}`) && subjectOf(each).subject === subject);
        return text === undefined ? null : { height, text };
      },
      zonefile: (hash) => zonefiles?.get(hash) ?? null,
    },
  );
}
