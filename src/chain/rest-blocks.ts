/**
 * Blocks from the REST interface of a Bitcoin node, as bytes: half as much to carry as JSON-RPC, and no password.
 * Source: Bitcoin Core doc/REST-interface.md. The node runs with `-rest`.
 */
import * as v from "valibot";
import { HEADER_SIZE } from "../bitcoin/header.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { BskError, ParseError } from "../errors.ts";
import { type BlockHash, blockHashOf, type Txid } from "../primitives/hash.ts";
import { blockHeight } from "../primitives/units.ts";
import { blockHashField, heightField } from "./answer.ts";
import { scriptsOfSpends, spendsSchema } from "./bitcoind-blocks.ts";
import { checkBlockHash, MAX_BLOCK_BYTES } from "./block-hash.ts";
import { type HttpServer, parseServerUrl, sendForBytes } from "./http.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import type { HeaderedSource, Outpoint } from "./source.ts";
import {
  pickScripts,
  scriptsFromTransactions,
  scriptsOfSpentOutputs,
  SpentScripts,
  transactionsOf,
} from "./spent-scripts.ts";

export interface RestOptions {
  /** http://host:port of the node, without `/rest`. */
  readonly url: string;
  /** For one answer; default 30 s. */
  readonly timeoutMs?: number | undefined;
}

/** Earlier transactions (proven by their ids), undo data in bytes (Bitcoin Core 30), undo data in JSON (23). */
type RestScriptsMethod = "tx" | "spenttxouts" | "block";

const infoSchema = v.object({ chain: v.string(), blocks: heightField, bestblockhash: blockHashField });
/** The most that a node gives at once. */
const MAX_HEADERS = 2000;
/** A block's undo data: as many scripts as it has inputs, each of which takes 41 bytes of it. */
const MAX_SPENT_BYTES = 128 * 1024 * 1024;
/** Blocks that are kept until their spent outputs, which come without outpoints, are asked for. */
const KEPT_BLOCKS = 8;

/** The node's best chain, after a check that it is the wanted one. Nothing is sent before the first question. */
export function restBlocks(options: RestOptions, bitcoin: BitcoinParameters): HeaderedSource {
  const { url } = parseServerUrl(options.url);
  const server: HttpServer = { description: `REST of bitcoind at ${url}`, url, direct: true };
  const get = (path: string, maxBytes: number) => getRest(server, path, maxBytes, options.timeoutMs ?? 30_000);
  const oneBlock = oneAtATime();
  const kept = new Map<BlockHash, Uint8Array>();

  const info = async () => {
    const bytes = await get("/rest/chaininfo.json", 1024 * 1024);
    if (bytes !== null) return parseJson(server, bytes, infoSchema);
    throw new BskError("machine", `${server.description} is switched off`, {
      rule: "rest-disabled",
      hint: "start the Bitcoin node with -rest",
    });
  };
  const hashAt = async (height: number) => {
    const bytes = await get(`/rest/blockhashbyheight/${height}.bin`, 1024);
    if (bytes === null) return null;
    if (bytes.length !== 32) throw badAnswer(server, "not a block hash");
    return blockHashOf(bytes);
  };
  const block = async (hash: BlockHash) => {
    const bytes = await get(`/rest/block/${hash}.bin`, MAX_BLOCK_BYTES);
    if (bytes !== null) return checkBlockHash(server.description, hash, bytes);
    throw new BskError("machine", `${server.description} has no block "${hash}"`, { rule: "node-refused" });
  };

  let checked: Promise<void> | null = null;
  const check = async () => {
    const { chain } = await info();
    if (chain === bitcoin.coreName && (await hashAt(0)) === bitcoin.genesisHash) return;
    throw new BskError("machine", `${server.description} follows the chain "${chain}", not "${bitcoin.coreName}"`, {
      rule: "wrong-chain",
      hint: "point bsk to a Bitcoin node of the network's chain",
    });
  };
  const onOurChain = () => {
    checked ??= check().catch((error: unknown) => {
      checked = null;
      throw error;
    });
    return checked;
  };

  const fromTransactions = async (outpoints: readonly Outpoint[]) => {
    const found = new Map<Txid, Uint8Array>();
    for (const txid of transactionsOf(outpoints)) {
      const raw = await get(`/rest/tx/${txid}.bin`, MAX_BLOCK_BYTES);
      if (raw === null) return null;
      found.set(txid, raw);
    }
    return scriptsFromTransactions(outpoints, found);
  };
  const fromSpentOutputs = async (inBlock: BlockHash, outpoints: readonly Outpoint[]) => {
    const spent = await get(`/rest/spenttxouts/${inBlock}.bin`, MAX_SPENT_BYTES);
    if (spent === null) return null;
    const raw = kept.get(inBlock) ?? (await block(inBlock));
    try {
      return pickScripts(outpoints, scriptsOfSpentOutputs(raw, spent));
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause;
      throw new BskError("refuted", `${server.description} gave no spent outputs of "${inBlock}"`, {
        rule: "spent-outputs-mismatch",
        cause,
      });
    }
  };
  const fromJson = async (inBlock: BlockHash, outpoints: readonly Outpoint[]) => {
    const bytes = await get(`/rest/block/${inBlock}.json`, MAX_SPENT_BYTES);
    return bytes === null ? null : pickScripts(outpoints, scriptsOfSpends(parseJson(server, bytes, spendsSchema)));
  };
  const scripts = new SpentScripts<RestScriptsMethod>(
    [
      { method: "tx", ask: (_inBlock, outpoints) => fromTransactions(outpoints) },
      { method: "spenttxouts", ask: fromSpentOutputs },
      { method: "block", ask: (inBlock, outpoints) => oneBlock(() => fromJson(inBlock, outpoints)) },
    ],
    () =>
      new BskError("machine", `${server.description} cannot tell the outputs that a block spends`, {
        rule: "spent-scripts-unavailable",
        hint: "the node must run with -txindex=1, or be Bitcoin Core 23 or later and not pruned",
      }),
  );

  return {
    description: server.description,
    get spentScriptsMethod() {
      return scripts.method;
    },
    async tip() {
      await onOurChain();
      const { blocks, bestblockhash } = await info();
      return { height: blocks, hash: bestblockhash };
    },
    async blockHashAt(height) {
      await onOurChain();
      return hashAt(height);
    },
    async rawBlock(hash) {
      await onOurChain();
      const bytes = await block(hash);
      kept.set(hash, bytes);
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT_BLOCKS) break;
        kept.delete(oldest);
      }
      return bytes;
    },
    async headers(from, count) {
      await onOurChain();
      const first = await hashAt(blockHeight(from));
      if (first === null) return [];
      const wanted = Math.min(count, MAX_HEADERS);
      // the older form of the path, which newer nodes still know
      const bytes = (await get(`/rest/headers/${wanted}/${first}.bin`, wanted * HEADER_SIZE)) ?? new Uint8Array();
      if (bytes.length % HEADER_SIZE !== 0) throw badAnswer(server, "not whole headers");
      const each = Array.from({ length: bytes.length / HEADER_SIZE }, (_, i) => i * HEADER_SIZE);
      return each.map((at) => bytes.subarray(at, at + HEADER_SIZE));
    },
    async spentScripts(inBlock, outpoints) {
      await onOurChain();
      return scripts.of(inBlock, outpoints);
    },
  };
}

/** The body; null where the node has no such thing. @throws BskError `machine` */
async function getRest(server: HttpServer, path: string, maxBytes: number, timeoutMs: number) {
  const { status, bytes } = await sendForBytes(server, { method: "GET", path, timeoutMs, maxBytes });
  if (status === 200) return bytes;
  if (status === 404) return null;
  const said = new TextDecoder().decode(bytes.subarray(0, 200)).trim();
  const rule = status === 503 ? "warming-up" : "node-refused";
  throw new BskError("machine", `${server.description} answered "${path}" with status ${status}: "${said}"`, { rule });
}

function parseJson<T>(server: HttpServer, bytes: Uint8Array, schema: v.GenericSchema<unknown, T>): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw badAnswer(server, "no JSON");
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw badAnswer(server, parsed.issues[0].message);
}

function badAnswer(server: HttpServer, what: string): BskError {
  return new BskError("machine", `${server.description} gave an answer that we cannot read: ${what}`, {
    rule: "bad-answer",
  });
}
