/** The servers of the comparison, each in a thread of its own: the asker needs a core for itself. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { FOR_ALL } from "../../src/api/respond.ts";
import { answerRequest } from "../../src/fullnode/api/routes.ts";
import { serveApi } from "../../src/fullnode/api/server.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { Tally } from "../../src/fullnode/tally.ts";
import { CHAIN_NETWORK } from "./name-chain.ts";

/** Which server, over which database; the bare one holds the answers to these paths. */
export interface ApiThread {
  readonly server: "ours" | "bare";
  readonly database: string;
  readonly paths: readonly string[];
}

function nodeOver(database: string) {
  const store = NodeStore.open(database, CHAIN_NETWORK);
  const sourceHeight = store.tip()?.height ?? null;
  return {
    store,
    version: "0.0.0",
    tally: new Tally(),
    status: () => ({
      indexing: false,
      sourceHeight,
      source: "nothing",
      spentScripts: null,
      trouble: null,
      forkWatch: { followers: [], lastReorg: null, deepestReorg: 0, witnesses: [] },
    }),
    now: () => 0,
  };
}

/** What every answer lets pages of all origins do. */
const CORS = Object.fromEntries(
  FOR_ALL.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, FOR_ALL[i + 1] ?? ""]] : [])),
);

/** Everything that our server sends, kept ready: status 200, headers and body. */
async function serveBare(database: string, paths: readonly string[]): Promise<number> {
  const node = nodeOver(database);
  const answers = new Map<string, { readonly headers: Record<string, string | number>; readonly body: string }>();
  for (const url of paths) {
    const { body, headers } = answerRequest({ method: "GET", url }, node);
    const text = JSON.stringify(body);
    answers.set(url, {
      body: text,
      headers: {
        ...CORS,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        ...headers,
      },
    });
  }
  node.store.close();
  const server = createServer((request, response) => {
    const answer = answers.get(request.url ?? "");
    response.writeHead(200, answer?.headers).end(answer?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function serveOurs(database: string): Promise<number> {
  const failed = (error: unknown): never => {
    throw error;
  };
  const api = await serveApi(nodeOver(database), { host: "127.0.0.1", port: 0, failed });
  return Number(new URL(api.url).port);
}

/** What a thread does that this bundle was started in. */
export async function beApiThread(): Promise<void> {
  const { server, database, paths } = workerData as ApiThread;
  parentPort?.postMessage(await (server === "ours" ? serveOurs(database) : serveBare(database, paths)));
}

/** Starts a thread that serves; resolves with its port when it listens. */
export async function startApiThread(thread: ApiThread): Promise<{ readonly port: number; readonly worker: Worker }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: thread });
  const port = await new Promise<number>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return { port, worker };
}
