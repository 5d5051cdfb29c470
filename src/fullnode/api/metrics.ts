/** What a monitor reads of the node. */
import { type Metric, metricsAnswer, one, serverMetrics } from "../../api/metrics.ts";
import type { ApiNode } from "./api-node.ts";
import { route, type Route } from "./route.ts";

function indexMetrics(node: ApiNode): Metric[] {
  const { store, tally, version } = node;
  const { indexing, sourceHeight, source, trouble, forkWatch } = node.status();
  return [
    {
      name: "bsk_info",
      type: "gauge",
      help: "The program, the network that it follows and the source that it follows now.",
      samples: [{ labels: { version, network: store.network.name, source }, value: 1 }],
    },
    one("gauge", "bsk_indexed_height", "Height of the last indexed block.", store.tip()?.height ?? null),
    one("gauge", "bsk_source_height", "Height of the source's last block when it was last asked.", sourceHeight),
    one("gauge", "bsk_indexing", "1 while the node is behind its source.", Number(indexing)),
    one("gauge", "bsk_source_trouble", "1 while the source cannot be followed.", Number(trouble !== null)),
    {
      name: "bsk_operations_total",
      type: "counter",
      help: "Operations in indexed blocks since the start, by verdict.",
      samples: [
        { labels: { verdict: "accepted" }, value: tally.accepted },
        { labels: { verdict: "rejected" }, value: tally.rejected },
      ],
    },
    one("counter", "bsk_reorgs_total", "Reorganisations followed since the start.", tally.reorgs),
    one("counter", "bsk_reorg_blocks_total", "Blocks that reorganisations took back.", tally.reorgBlocks),
    one("gauge", "bsk_reorg_depth_max_blocks", "Blocks of the deepest reorganisation.", tally.deepestReorg),
    {
      name: "bsk_witness_depth_blocks",
      type: "gauge",
      help: "Blocks of ours that another source does not share, by what the fork watch takes it for.",
      samples: forkWatch.witnesses.map(({ source: witness, verdict, depth }) => ({
        labels: { source: witness, verdict },
        value: depth,
      })),
    },
  ];
}

export const metricsRoute: Route = route(
  "/metrics",
  {},
  ({ node }) => metricsAnswer([...indexMetrics(node), ...serverMetrics(node.tally)]),
  { dependsOn: "more" },
);
