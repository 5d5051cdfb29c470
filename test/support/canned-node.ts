/** A node over real HTTP that says whatever a test wants: for lies, outages and nonsense. */
import { createServer } from "node:http";
import { OWNER, REGTEST } from "./fake-node.ts";
import { listening } from "./listening.ts";

export interface Answer {
  readonly status?: number;
  /** Bytes are sent as they are, everything else as JSON. */
  readonly body: unknown;
}

/** Path (without query) to answer; what is missing is 404, `silence` never answers. */
export type Answers = Readonly<Record<string, Answer | "silence">>;

export interface CannedNode {
  readonly url: string;
  /** Paths that were asked for, with their queries. */
  readonly asked: readonly string[];
  readonly stop: () => Promise<void>;
}

export async function cannedNode(answers: Answers): Promise<CannedNode> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    const answer = answers[url.split("?")[0] ?? ""] ?? { status: 404, body: { error: "Not found" } };
    if (answer === "silence") return;
    const { status = 200, body } = answer;
    const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
    response.writeHead(status).end(bytes);
  });
  return { ...(await listening(server)), asked };
}

/** `/v2/info` of a regtest node. */
export const INFO_JSON = {
  version: "0.1.0",
  network: { id: REGTEST.id, name: "regtest", firstBlock: 1 },
  tip: { height: 120, hash: "11".repeat(32), consensusHash: "22".repeat(16), time: 1_767_323_045 },
  indexing: false,
  source: { description: "a test", height: 120, trouble: null },
};

/** The full record of a name as a node sends it. */
export function recordJson(name: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    name,
    namespace_id: name.split(".")[1],
    address: OWNER,
    sender: `76a914${"00".repeat(20)}88ac`,
    value_hash: null,
    revoked: false,
    expired: false,
    grace_period: false,
    expire_block: 5000,
    renewal_deadline: 10_000,
    block_number: 100,
    preorder_block_number: 100,
    first_registered: 101,
    last_renewed: 101,
    importer_address: null,
    opcode: "NAME_REGISTRATION",
    txid: "33".repeat(32),
    ...changes,
  };
}
