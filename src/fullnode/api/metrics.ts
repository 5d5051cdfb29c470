/** What a monitor reads: figures of the node in the text format of Prometheus (version 0.0.4), named by its conventions. */
import type { ApiNode } from "./api-node.ts";
import { route, type Route } from "./route.ts";

/** One series of a metric. */
interface Sample {
  /** Behind the metric's name: `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly Sample[];
}

function one(type: "counter" | "gauge", name: string, help: string, value: number | null): Metric {
  return { name, type, help, samples: value === null ? [] : [{ value }] };
}

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

function serverMetrics({ tally }: ApiNode): Metric[] {
  const durations = tally.durations();
  return [
    one("gauge", "bsk_http_connections", "Connections that are open.", tally.connections),
    {
      name: "bsk_http_requests_total",
      type: "counter",
      help: "Requests since the start, by route and status.",
      samples: tally.requests().map(({ route, status, count }) => ({
        labels: { route, status: String(status) },
        value: count,
      })),
    },
    {
      name: "bsk_http_request_duration_seconds",
      type: "histogram",
      help: "Time from a request's headers to its answer.",
      samples: [
        ...durations.map(({ bound, count }) => ({
          suffix: "_bucket",
          labels: { le: bound === Infinity ? "+Inf" : String(bound) },
          value: count,
        })),
        { suffix: "_sum", value: tally.seconds },
        { suffix: "_count", value: durations.at(-1)?.count ?? 0 },
      ],
    },
  ];
}

function escaped(label: string): string {
  return label.replace(/[\\"\n]/gu, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}

function line(name: string, { suffix = "", labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(([key, label]) => `${key}="${escaped(label)}"`);
  return `${name}${suffix}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function exposition(metrics: readonly Metric[]): string {
  const block = ({ name, type, help, samples }: Metric) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map((sample) => line(name, sample)),
  ];
  return `${metrics.flatMap(block).join("\n")}\n`;
}

export const metricsRoute: Route = route(
  "/metrics",
  {},
  ({ node }) => ({
    status: 200,
    body: new TextEncoder().encode(exposition([...indexMetrics(node), ...serverMetrics(node)])),
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
  }),
  { dependsOn: "more" },
);
