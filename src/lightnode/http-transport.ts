/** Requests to a bsk node: time and size limits, outages as errors, bodies as values. */
import { BskError, ParseError } from "../errors.ts";
import { type BytesAnswer, type HttpServer, parseServerUrl, sendForBytes } from "../chain/http.ts";

/** A server's answer with its body read as JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly value: unknown;
}

/**
 * Every method throws `BskError` `machine`: rule `unreachable`, `timeout`, `answer-too-large`, `node-failed` (a status of
 * 5xx) or `bad-answer` (no JSON). Other statuses are answers.
 */
export interface NodeTransport {
  readonly url: string;
  /** "the node at http://127.0.0.1:6270". */
  readonly description: string;
  get(path: string): Promise<JsonAnswer>;
  getBytes(path: string, maxBytes: number): Promise<BytesAnswer>;
  /** JSON as text in UTF-8, byte for byte; a status that is not 200 has none. */
  getText(path: string, maxBytes: number): Promise<{ readonly status: number; readonly text: string }>;
  post(path: string, body: object): Promise<JsonAnswer>;
  /** Runs a parser on what the node sent. @throws BskError `machine`, rule `bad-answer`, for its ParseError. */
  understand<T>(parse: () => T): T;
}

/** The largest JSON answer that we take: a page of a long history. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;

const JSON_TYPE = /^application\/json(?:;|$)/iu;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `direct`: never through the proxy of the environment; `socks`: the proxy of the user. @throws BskError `usage` on a bad URL. */
export function nodeTransport(options: {
  readonly url: string;
  readonly direct: boolean;
  readonly socks?: string | undefined;
  readonly timeoutMs: number;
}): NodeTransport {
  const { url } = parseServerUrl(options.url);
  const description = `the node at ${url}`;
  const server: HttpServer = { description, url, direct: options.direct, socks: options.socks };

  const ask = async (method: "GET" | "POST", path: string, maxBytes: number, body?: string): Promise<BytesAnswer> => {
    const answer = await sendForBytes(server, {
      method,
      path,
      timeoutMs: options.timeoutMs,
      maxBytes,
      ...(body === undefined ? {} : { body, contentType: "application/json" }),
    });
    if (answer.status < 500) return answer;
    throw new BskError("machine", `${description} failed with status ${answer.status} at ${path}`, {
      rule: "node-failed",
    });
  };
  const badAnswer = (cause: unknown): BskError =>
    new BskError("machine", `${description} gave an answer that cannot be read`, {
      rule: "bad-answer",
      hint: "is it a bsk node of this version?",
      cause,
    });
  const json = ({ status, bytes }: BytesAnswer): JsonAnswer => {
    try {
      return { status, value: JSON.parse(strictUtf8.decode(bytes)) as unknown };
    } catch (cause) {
      throw badAnswer(cause);
    }
  };
  return {
    url,
    description,
    get: async (path) => json(await ask("GET", path, MAX_JSON_BYTES)),
    getBytes: (path, maxBytes) => ask("GET", path, maxBytes),
    getText: async (path, maxBytes) => {
      const { status, bytes, header } = await ask("GET", path, maxBytes);
      if (status !== 200) return { status, text: "" };
      const type = header("content-type");
      if (type !== "" && !JSON_TYPE.test(type)) throw badAnswer(new Error(`it is ${type.slice(0, 80)}`));
      try {
        return { status, text: strictUtf8.decode(bytes) };
      } catch (cause) {
        throw badAnswer(cause);
      }
    },
    post: async (path, body) => json(await ask("POST", path, MAX_JSON_BYTES, JSON.stringify(body))),
    understand: (parse) => {
      try {
        return parse();
      } catch (error) {
        if (error instanceof ParseError) throw badAnswer(error);
        throw error;
      }
    },
  };
}
