/** Nodes that are believed in nothing, each machine once, and the evidence against them. */
import { lookup } from "node:dns/promises";
import { isLoopback } from "../chain/loopback.ts";
import type { Configuration } from "../cli/config.ts";
import type { Terminal } from "../cli/terminal.ts";
import { BskError } from "../errors.ts";
import type { Strangers } from "../lightnode/cold-source.ts";
import type { Caught } from "../lightnode/caught.ts";
import { differentNodes } from "../lightnode/different-nodes.ts";
import type { EvidenceBook } from "../lightnode/evidence-book.ts";
import { nodeClient } from "../lightnode/node-client.ts";
import type { Network } from "../protocol/network-definition.ts";

/** All are asked at once, and one that does not answer holds up those that did. */
const TIMEOUT_MS = 10_000;
const LOOKUP_MS = 2_000;
/** A larger crowd proves nothing more: one honest node is enough. */
const MOST_NODES = 16;

/** @throws BskError `usage` on a bad URL, or more nodes than are asked */
export async function strangersAt(
  urls: readonly [string, ...string[]],
  around: {
    readonly network: Network;
    readonly config: Configuration;
    readonly terminal: Terminal;
    readonly evidence: EvidenceBook;
  },
): Promise<Strangers> {
  const { network, config, terminal, evidence } = around;
  if (urls.length > MOST_NODES) throw new BskError("usage", `${urls.length} nodes: at most ${MOST_NODES} are asked`);
  const socks = config.get("proxy");
  const client = (url: string) => {
    const direct = isLoopback(new URL(url).hostname);
    return nodeClient({ url, own: false, direct, socks, timeoutMs: TIMEOUT_MS }, network);
  };
  const [first, ...rest] = urls;
  const given = [client(first), ...rest.map(client)] as const;
  const { nodes, doubles } = await differentNodes(given, socks === undefined ? addressesOf : null);
  for (const { url, of } of doubles) terminal.warn(`${url} is the same machine as ${of}: it counts once`);
  return { nodes, caught: (found) => keep(found, evidence, terminal) };
}

/** Tells the user at once, whatever becomes of the answer. A disk that does not take the evidence is told, too. */
async function keep(
  { node, because, evidence }: Caught,
  book: EvidenceBook,
  terminal: Terminal,
): Promise<string | null> {
  terminal.warn(`${node} answered falsely: ${because}`);
  try {
    const path = await book.keep(evidence);
    terminal.warn(path === null ? "no room for the evidence: remove what is kept" : `evidence: ${path}`);
    return path;
  } catch (error) {
    if (!(error instanceof BskError)) throw error;
    terminal.warn(`the evidence could not be kept: ${error.message}`);
    return null;
  }
}

/** Empty where the name cannot be looked up in time: then its URL fails when it is asked. */
async function addressesOf(host: string): Promise<readonly string[]> {
  const found = lookup(host, { all: true }).then((all) => all.map(({ address }) => address));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([]);
    }, LOOKUP_MS);
  });
  return Promise.race([found.catch(() => []), late]).finally(() => {
    clearTimeout(timer);
  });
}
