/** A full node that lies: it says that names still belong to whom they belonged to before. */
import { find } from "../api/answer.ts";
import { heightParameter, nameParameter } from "../api/parameters.ts";
import { ok, refuse, routesOf } from "../api/route.ts";
import { routerOf } from "../api/router.ts";
import { type ApiServer, serve } from "../api/server.ts";
import { RequestTally } from "../api/tally.ts";
import { lastProof } from "../fullnode/api/last-proof.ts";
import type { NodeStore } from "../fullnode/store/store.ts";
import { isNameRecord, parseHashedRecord } from "../ops/hashed-record.ts";
import { fromUtf8 } from "../primitives/bytes.ts";
import { type Name, namespaceOf } from "../primitives/name.ts";
import type { ToldBlock } from "../verify/answer.ts";
import { writeAnswer } from "../verify/answer-file.ts";

/** Serves `/v2/answers/NAME` and nothing else, out of the index of an honest node. @throws BskError `machine` */
export function startLiar(store: NodeStore): Promise<ApiServer> {
  const route = routesOf<NodeStore>();
  const router = routerOf([
    route(
      "/v2/answers/:name",
      { name: nameParameter, pin: heightParameter },
      ({ values: { name, pin } }) => {
        const [tip, upTo] = [store.queries.tip(), store.queries.block(pin)];
        return tip === null || upTo === null ? refuse(404, "No such block") : ok(fromUtf8(lie(name, tip, upTo, store)));
      },
      { dependsOn: "more" },
    ),
  ]);
  return serve(
    {
      tally: new RequestTally(),
      find: (request) => find({ router, node: store, consensusHashAt: () => null }, request),
    },
    { host: "127.0.0.1", port: 0, failed: () => undefined },
  );
}

/** Proven from the pin like an honest answer, but for the operations that it leaves out. */
function lie(name: Name, tip: ToldBlock, upTo: ToldBlock, store: NodeStore): string {
  const told = ({ height, consensusHash, time }: ToldBlock): ToldBlock => ({ height, consensusHash, time });
  return writeAnswer({
    network: store.network.id,
    name,
    tip: told(tip),
    upTo: told(upTo),
    operation: lastProof(name, beforeItChangedHands(name, upTo.height, store), told(upTo), store),
    namespace: lastProof(namespaceOf(name), upTo.height, told(upTo), store),
    later: null,
  });
}

/** The height of the last operation on a name while it had another owner than after a height; that height if it had none. */
function beforeItChangedHands(name: Name, upTo: number, store: NodeStore): number {
  const ownerAt = (height: number): string | null => {
    const found = store.hashed.latestOn(name, height);
    const record = found === null ? null : parseHashedRecord(found.text);
    return record !== null && isNameRecord(record) ? record.address : null;
  };
  const owner = ownerAt(upTo);
  for (let height = upTo; height >= store.network.firstBlock; height--) {
    const before = ownerAt(height);
    if (before === null) break;
    if (before !== owner) return height;
  }
  return upTo;
}
