/** What a node of this network came to, block by block: for comparing two nodes. */
import * as v from "valibot";
import { BskError } from "../errors.ts";
import { blockHash, consensusHash, txid, type BlockHash, type ConsensusHash, type Txid } from "../primitives/hash.ts";
import type { Network } from "../protocol/network-definition.ts";
import { type JsonAnswer, nodeTransport } from "./http-transport.ts";
import { count, height, opcode, read, text, words } from "./wire-fields.ts";
import { readInfo } from "./wire-info.ts";

export interface BlockAnswer {
  readonly hash: BlockHash;
  readonly consensusHash: ConsensusHash;
}

/** One accepted operation. */
export interface OperationAnswer {
  readonly txid: Txid;
  readonly vtxindex: number;
  readonly opcode: string;
  /** The name or namespace; for preorders their hash. */
  readonly subject: string;
}

/** All methods throw `BskError` `machine` for outages and unreadable answers, `usage` (rule `wrong-network`) for others' nodes. */
export interface NodeBlocks {
  readonly url: string;
  /** "the node at http://127.0.0.1:6270". */
  readonly description: string;
  /** Height of the last indexed block, null before the first. */
  tip(): Promise<number | null>;
  /** null above the tip. */
  blockAt(height: number): Promise<BlockAnswer | null>;
  /** Accepted operations of a block, in block order. */
  operationsAt(height: number): Promise<readonly OperationAnswer[]>;
}

const blockSchema = v.object({ height, hash: text(blockHash), consensusHash: text(consensusHash) });
/** A page holds at most 1000; what is above is cut there by an honest node. */
const MAX_OPERATIONS = 1001;
const operationsSchema = v.pipe(
  v.array(
    v.object({
      txid: text(txid),
      vtxindex: count(0xf_ffff),
      opcode,
      name: v.optional(words),
      namespace_id: v.optional(words),
      preorder_hash: v.optional(v.nullable(words)),
    }),
  ),
  v.maxLength(MAX_OPERATIONS),
);

const TIMEOUT_MS = 20_000;
/** More pages than any block of Bitcoin can fill with operations. */
const MAX_PAGES = 20;
const PER_PAGE = 1000;

/** A client of one node; nothing is sent before the first call. @throws BskError `usage` on a bad URL */
export function nodeBlocks(
  { url, direct, socks }: { readonly url: string; readonly direct: boolean; readonly socks?: string | undefined },
  network: Network,
): NodeBlocks {
  const transport = nodeTransport({ url, direct, socks, timeoutMs: TIMEOUT_MS });
  let known = false;
  const ours = async () => {
    const info = expected(await transport.get("/v2/info"), readInfo);
    if (info.networkId !== network.id) {
      throw new BskError("usage", `${transport.description} follows another network than "${network.name}"`, {
        rule: "wrong-network",
        hint: `it follows "${info.networkName}", ${info.networkId}`,
      });
    }
    known = true;
    return info;
  };
  function expected<T>({ status, value }: JsonAnswer, parse: (value: unknown) => T): T {
    if (status === 200) return transport.understand(() => parse(value));
    throw new BskError("machine", `${transport.description} refused with status ${status}`, { rule: "node-refused" });
  }
  const get = async (path: string): Promise<JsonAnswer> => {
    if (!known) await ours();
    return transport.get(path);
  };
  return {
    url: transport.url,
    description: transport.description,
    tip: async () => (await ours()).tip?.height ?? null,
    blockAt: async (at) => {
      const answer = await get(`/v2/blocks/${at}`);
      if (answer.status === 404) return null;
      const { height: theirs, ...block } = expected(answer, (value) => read(blockSchema, value, "a block"));
      if (theirs === at) return block;
      throw new BskError("refuted", `${transport.description} gave block ${theirs} for block ${at}`);
    },
    operationsAt: async (at) => {
      const found: OperationAnswer[] = [];
      for (let page = 0; page < MAX_PAGES; page++) {
        const answer = await get(`/v1/blockchains/bitcoin/operations/${at}${page === 0 ? "" : `?page=${page}`}`);
        const rows = expected(answer, (value) => read(operationsSchema, value, "the operations of a block"));
        for (const { name, namespace_id: namespaceId, preorder_hash: hash, ...operation } of rows) {
          found.push({ ...operation, subject: name ?? namespaceId ?? hash ?? "" });
        }
        if (rows.length < PER_PAGE) break;
      }
      return found;
    },
  };
}
