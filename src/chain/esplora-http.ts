/** Asking an Esplora server: JSON, texts and bytes over HTTP, and whether it follows the right chain. */
import * as v from "valibot";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import { blockHashField } from "./answer.ts";
import { send, sendForBytes, type HttpServer } from "./http.ts";

const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** One Esplora server. Both throw a `BskError` `machine` for other statuses, and for what they cannot read. */
export interface Asker {
  /** Null for 404. */
  json<T>(path: string, schema: v.GenericSchema<unknown, T>): Promise<T | null>;
  /** The plain text of the answer through a schema; null for 404. */
  parsed<T>(path: string, schema: v.GenericSchema<unknown, T>): Promise<T | null>;
  /** The bytes of the answer; null for 404. */
  bytes(path: string): Promise<Uint8Array | null>;
  post(path: string, body: string): Promise<{ status: number; body: string }>;
}

/** A client of one server; `timeoutMs`: for one answer. */
export function asker(server: HttpServer, timeoutMs: number): Asker {
  const limits = { timeoutMs, maxBytes: MAX_ANSWER_BYTES };
  const get = async (path: string): Promise<string | null> => {
    const { status, body } = await send(server, { method: "GET", path, ...limits });
    if (status === 404) return null;
    if (status === 200) return body;
    throw refused(server, path, status);
  };
  const read = <T>(path: string, schema: v.GenericSchema<unknown, T>, value: unknown): T => {
    const result = v.safeParse(schema, value);
    if (result.success) return result.output;
    throw badAnswer(server, `${path}: ${result.issues[0].message}`);
  };
  return {
    async parsed(path, schema) {
      const body = await get(path);
      return body === null ? null : read(path, schema, body.trim());
    },
    async json(path, schema) {
      const body = await get(path);
      if (body === null) return null;
      let value: unknown;
      try {
        value = JSON.parse(body);
      } catch {
        throw badAnswer(server, `${path}: no JSON`);
      }
      return read(path, schema, value);
    },
    async bytes(path) {
      const { status, bytes } = await sendForBytes(server, { method: "GET", path, ...limits });
      if (status === 404) return null;
      if (status === 200) return bytes;
      throw refused(server, path, status);
    },
    post: (path, body) => send(server, { method: "POST", path, body, ...limits }),
  };
}

/** Resolves once the server is known to follow this chain. @throws BskError `machine` with rule `wrong-chain`. */
export function chainCheck(server: HttpServer, ask: Asker, expected: BitcoinParameters): () => Promise<void> {
  let known = false;
  return async () => {
    if (known) return;
    const genesis = await ask.parsed("/block-height/0", blockHashField);
    if (genesis !== expected.genesisHash) {
      throw new BskError("machine", `${server.description} does not follow the chain "${expected.coreName}"`, {
        rule: "wrong-chain",
        hint: "each chain has its own Esplora address",
      });
    }
    known = true;
  };
}

/** An answer with a status that says nothing of the question. */
export function refused(server: HttpServer, path: string, status: number): BskError {
  const hint = status === 429 ? "it limits how often one may ask: wait a little" : "the server may be out of order";
  return new BskError("machine", `${server.description} answered ${path} with status ${status}`, {
    rule: status === 429 ? "rate-limited" : "server-refused",
    hint,
  });
}

/** An answer that cannot be. */
export function badAnswer(server: HttpServer, what: string): BskError {
  return new BskError("machine", `${server.description} gave an answer that we cannot read: ${what}`, {
    rule: "bad-answer",
  });
}
