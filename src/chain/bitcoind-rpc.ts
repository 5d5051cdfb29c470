/**
 * JSON-RPC of Bitcoin Core and of nodes that speak its dialect (https://developer.bitcoin.org/reference/rpc/).
 *
 * What the node refuses is a value (`RpcReply`); that it cannot be asked is an error.
 */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import { parseServerUrl, send, type HttpServer } from "./http.ts";

export interface BitcoindOptions {
  /** http://host:port; a user and password inside it are used and never shown. */
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Bitcoin Core's `.cookie`; read again when the node has restarted. Used where no user is given. */
  readonly cookieFile?: string | undefined;
  /** Proxy to go through, see `parseSocksProxy`; a password goes through it only to an onion service or over https. */
  readonly socks?: string | undefined;
  /** For one answer; default 30 s. */
  readonly timeoutMs?: number | undefined;
  /** How long to wait for a node that is still loading; default 60 s. */
  readonly warmUpMs?: number | undefined;
}

/** Error codes of Bitcoin Core (rpc/protocol.h). */
export const RPC_CODES = {
  misc: -1,
  invalidAddressOrKey: -5,
  invalidParameter: -8,
  verifyError: -25,
  verifyRejected: -26,
  alreadyInChain: -27,
  inWarmUp: -28,
  methodNotFound: -32601,
} as const;

export type RpcReply<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: number; readonly message: string };

export interface RpcRequest {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Limits of one answer, where the usual ones do not fit. */
export interface AnswerLimits {
  readonly timeoutMs?: number;
  /** A larger answer is an error before it is all here. */
  readonly maxBytes?: number;
}

type Schema<T> = v.GenericSchema<unknown, T>;

/** One node. Every method throws `machine` errors: `unreachable`, `timeout`, `unauthorized`, `warming-up`, `bad-answer`. */
export interface BitcoindRpc {
  readonly description: string;
  /** @throws BskError also when the node refuses, with rule `node-refused`. */
  call<T>(method: string, params: readonly unknown[], schema: Schema<T>, limits?: AnswerLimits): Promise<T>;
  ask<T>(method: string, params: readonly unknown[], schema: Schema<T>, limits?: AnswerLimits): Promise<RpcReply<T>>;
  /** Replies in the order of the requests, which go out in portions. */
  askAll<T>(requests: readonly RpcRequest[], schema: Schema<T>, portion?: number): Promise<RpcReply<T>[]>;
}

// getblock with prevouts of a full block is the largest answer: about ten times its 4 MB
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;
const PORTION = 50;
const WARM_UP_STEP_MS = 500;

const replySchema = v.object({
  id: v.optional(v.nullable(v.union([v.number(), v.string()]))),
  result: v.optional(v.unknown()),
  error: v.optional(v.nullable(v.object({ code: v.number(), message: v.string() }))),
});
type RawReply = v.InferOutput<typeof replySchema>;

/** A client for one node; nothing is sent before the first call. @throws BskError `usage` on a bad URL. */
export function bitcoindRpc(options: BitcoindOptions): BitcoindRpc {
  const { url, user, password } = parseServerUrl(options.url);
  const server: HttpServer = { description: `bitcoind at ${url}`, url, direct: true, socks: options.socks };
  const login = credentials(options, user, password);
  const usual = { timeoutMs: options.timeoutMs ?? 30_000, maxBytes: MAX_ANSWER_BYTES };
  const warmUpMs = options.warmUpMs ?? 60_000;

  async function post(body: unknown, limits: Required<AnswerLimits>): Promise<unknown> {
    const once = async (fresh: boolean) => {
      const auth = await login(fresh);
      return send(server, {
        method: "POST",
        path: "/",
        body: JSON.stringify(body),
        contentType: "application/json",
        ...limits,
        ...(auth === null ? {} : { auth }),
      });
    };
    let answer = await once(false);
    if (answer.status === 401 && options.cookieFile !== undefined) answer = await once(true);
    if (answer.status === 401 || answer.status === 403) {
      throw new BskError("machine", `${server.description} does not accept our user and password`, {
        rule: "unauthorized",
        hint: "check the user, the password or the cookie file of the Bitcoin node",
      });
    }
    try {
      return JSON.parse(answer.body) as unknown;
    } catch {
      throw badAnswer(server, `status ${answer.status} and no JSON`);
    }
  }

  async function exchange(requests: readonly RpcRequest[], limits: Required<AnswerLimits>): Promise<RawReply[]> {
    const calls = requests.map(({ method, params }, id) => ({ jsonrpc: "1.0", id, method, params }));
    const [only] = calls;
    if (only === undefined) return [];
    const answer = await post(calls.length === 1 ? only : calls, limits);
    const parsed = v.safeParse(v.pipe(v.array(replySchema), v.maxLength(calls.length)), [answer].flat());
    if (!parsed.success) throw badAnswer(server, "not a JSON-RPC reply");
    if (calls.length === 1) return parsed.output;
    const byId = new Map(parsed.output.map((reply) => [reply.id, reply]));
    return calls.map(({ id, method }) => {
      const reply = byId.get(id);
      if (reply === undefined) throw badAnswer(server, `no reply to "${method}" in a batch`);
      return reply;
    });
  }

  /** Asks again while the node says that it is loading. */
  async function patiently(requests: readonly RpcRequest[], limits: Required<AnswerLimits>): Promise<RawReply[]> {
    for (let waitedMs = 0; ; waitedMs += WARM_UP_STEP_MS) {
      const replies = await exchange(requests, limits);
      const loading = replies.find(({ error }) => error?.code === RPC_CODES.inWarmUp);
      if (loading === undefined) return replies;
      if (waitedMs >= warmUpMs) {
        throw new BskError("machine", `${server.description} is still loading: "${loading.error?.message ?? ""}"`, {
          rule: "warming-up",
          hint: "try again when it has started",
        });
      }
      await sleep(WARM_UP_STEP_MS);
    }
  }

  function read<T>(reply: RawReply, method: string, schema: Schema<T>): RpcReply<T> {
    if (reply.error !== null && reply.error !== undefined)
      return { ok: false, code: reply.error.code, message: reply.error.message };
    const parsed = v.safeParse(schema, reply.result);
    if (parsed.success) return { ok: true, value: parsed.output };
    const [issue] = parsed.issues;
    throw badAnswer(server, `"${method}": ${v.getDotPath(issue) ?? "result"}: ${issue.message}`);
  }

  const ask = async <T>(method: string, params: readonly unknown[], schema: Schema<T>, limits: AnswerLimits = {}) => {
    const [reply] = await patiently([{ method, params }], { ...usual, ...limits });
    if (reply === undefined) throw badAnswer(server, `no reply to "${method}"`);
    return read(reply, method, schema);
  };

  return {
    description: server.description,
    ask,
    async call(method, params, schema, limits) {
      const reply = await ask(method, params, schema, limits);
      if (reply.ok) return reply.value;
      throw new BskError("machine", `${server.description} refused "${method}": ${reply.message} (${reply.code})`, {
        rule: "node-refused",
      });
    },
    async askAll<T>(requests: readonly RpcRequest[], schema: Schema<T>, size = PORTION) {
      const replies: RpcReply<T>[] = [];
      for (let start = 0; start < requests.length; start += size) {
        const portion = requests.slice(start, start + size);
        const raw = await patiently(portion, usual);
        replies.push(...raw.map((reply, i) => read(reply, portion[i]?.method ?? "", schema)));
      }
      return replies;
    },
  };
}

function badAnswer(server: HttpServer, what: string): BskError {
  return new BskError("machine", `${server.description} gave an answer that we cannot read: ${what}`, {
    rule: "bad-answer",
  });
}

type Login = (fresh: boolean) => Promise<{ username: string; password: string } | null>;

/** User and password from the options or the URL, else from the cookie file (kept until asked for afresh). */
function credentials(options: BitcoindOptions, urlUser?: string, urlPassword?: string): Login {
  const username = options.user ?? urlUser;
  if (username !== undefined) {
    const given = { username, password: options.password ?? urlPassword ?? "" };
    return () => Promise.resolve(given);
  }
  const { cookieFile } = options;
  if (cookieFile === undefined) return () => Promise.resolve(null);
  let known: { username: string; password: string } | null = null;
  return async (fresh) => {
    if (known === null || fresh) known = await readCookie(cookieFile);
    return known;
  };
}

async function readCookie(path: string): Promise<{ username: string; password: string }> {
  let text: string;
  try {
    text = (await readFile(path, "utf8")).trim();
  } catch (cause) {
    throw new BskError("machine", `cannot read the cookie file "${path}"`, {
      rule: "unauthorized",
      hint: "the node writes it when it starts; check the path and your rights",
      cause,
    });
  }
  const colon = text.indexOf(":");
  if (colon < 1) throw new BskError("machine", `not a cookie file: "${path}"`, { rule: "unauthorized" });
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * A function that resolves once the node is known to follow this chain; it asks the node only until that is so.
 * @throws BskError `machine` with rule `wrong-chain`.
 */
export function chainCheck(rpc: BitcoindRpc, expected: BitcoinParameters): () => Promise<void> {
  let checked: Promise<void> | null = null;
  const check = async () => {
    const { chain } = await rpc.call("getblockchaininfo", [], v.object({ chain: v.string() }));
    const genesis = await rpc.call("getblockhash", [0], v.string());
    if (chain === expected.coreName && genesis === expected.genesisHash) return;
    throw new BskError("machine", `${rpc.description} follows the chain "${chain}", not "${expected.coreName}"`, {
      rule: "wrong-chain",
      hint: "point bsk to a Bitcoin node of the network's chain",
    });
  };
  return () => {
    checked ??= check().catch((error: unknown) => {
      checked = null;
      throw error;
    });
    return checked;
  };
}
