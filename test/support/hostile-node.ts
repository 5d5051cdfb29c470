/** A node over real HTTP that serves a real index, and turns its answers for names into something else. */
import { createServer, type ServerResponse } from "node:http";
import { lastProof } from "../../src/fullnode/api/last-proof.ts";
import type { NodeStore } from "../../src/fullnode/store/store.ts";
import type { NameAnswer } from "../../src/verify/answer.ts";
import { readAnswer, writeAnswer } from "../../src/verify/answer-file.ts";
import { type Get, getFrom } from "./api-node.ts";
import { listening } from "./listening.ts";

export interface HostileNode {
  readonly url: string;
  /** Paths that were asked for, with their queries. */
  readonly asked: readonly string[];
  readonly stop: () => Promise<void>;
}

/** What it does with a request; `honest` is the body that the index gives for it. */
export type Handling = (response: ServerResponse, honest: Buffer, url: string) => void;

/** Serves the index, and gives to `handle` what was asked of `/v2/answers` and, if it wants that, of all else. */
export async function hostileNode(store: NodeStore, handle: Handling, everything = false): Promise<HostileNode> {
  const get: Get = getFrom(store);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    const { status, body } = get(url);
    const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
    if (status === 200 && (everything || url.startsWith("/v2/answers/"))) handle(response, bytes, url);
    else response.writeHead(status, { "content-type": "application/json" }).end(bytes);
  });
  server.on("clientError", (_, socket) => socket.destroy());
  return { ...(await listening(server)), asked };
}

/** Answers with another answer than the index gives. */
export function turning(turn: (answer: NameAnswer, url: string) => NameAnswer): Handling {
  return (response, honest, url) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(writeAnswer(turn(readAnswer(honest.toString()), url)));
  };
}

/** Leaves out the last operation on the name: gives the one before it, or says that there is none. */
export function omitting(store: NodeStore): Handling {
  return turning((answer) => {
    const { operation, upTo } = answer;
    if (operation === null || upTo === null) return answer;
    return { ...answer, operation: lastProof(answer.name, operation.height - 1, upTo, store) };
  });
}
