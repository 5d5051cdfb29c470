/** What a monitor reads: figures in the text format of Prometheus (version 0.0.4), named by its conventions. */
import { fromUtf8 } from "../primitives/bytes.ts";
import type { ApiResponse } from "./route.ts";
import type { RequestTally } from "./tally.ts";

/** One series of a metric. */
interface Sample {
  /** Behind the metric's name: `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly Sample[];
}

export function one(type: "counter" | "gauge", name: string, help: string, value: number | null): Metric {
  return { name, type, help, samples: value === null ? [] : [{ value }] };
}

/** What a server tells of its requests. */
export function serverMetrics(tally: RequestTally): Metric[] {
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

/** An answer with these metrics. */
export function metricsAnswer(metrics: readonly Metric[]): ApiResponse {
  const block = ({ name, type, help, samples }: Metric) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map((sample) => line(name, sample)),
  ];
  return {
    status: 200,
    body: fromUtf8(`${metrics.flatMap(block).join("\n")}\n`),
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
  };
}
