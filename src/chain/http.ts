/** HTTP as the chain sources use it: time and size limits, and errors that name the server and never a credential. */
import { BskError } from "../errors.ts";
import { exchange } from "./http-client.ts";
import { HttpFailure, type RawAnswer } from "./http-exchange.ts";
import { throughSocks } from "./socks.ts";

/** A server to talk to. */
export interface HttpServer {
  /** For messages, without secrets: "bitcoind at http://127.0.0.1:8332". */
  readonly description: string;
  /** Without user, password, query or a slash at the end. */
  readonly url: string;
  /** Never through the proxy that the environment names: for servers that get a password. */
  readonly direct?: boolean;
  /** The SOCKS proxy of the user, as `parseSocksProxy` gives it; what goes through it says `throughSocks`. */
  readonly socks?: string | undefined;
}

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Appended to the server's URL. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly auth?: { readonly username: string; readonly password: string };
  /** From the start until the whole answer is here. */
  readonly timeoutMs: number;
  /** Larger answers are an error. */
  readonly maxBytes: number;
  /** Ends it early: its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** The body as it was stored, even where the server calls it compressed. */
  readonly asStored?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface BytesAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
  /** Header of this name in lowercase, "" where there is none. */
  readonly header: (name: string) => string;
}

/** What of a URL identifies a server, and what of it is secret. */
export interface ParsedUrl {
  readonly url: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** @throws BskError `usage` unless the text is an http or https URL. The text is not repeated: it may hold a password. */
export function parseServerUrl(text: string): ParsedUrl {
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    throw new BskError("usage", "the server's address is not a URL", { hint: "it looks like http://127.0.0.1:8332" });
  }
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    throw new BskError("usage", `the server's address is not http or https: "${parsed.protocol}"`);
  }
  return {
    url: `${parsed.protocol}//${parsed.host}${parsed.pathname.replace(/\/+$/u, "")}`,
    user: parsed.username === "" ? undefined : decodeURIComponent(parsed.username),
    password: parsed.password === "" ? undefined : decodeURIComponent(parsed.password),
  };
}

/**
 * Any status is an answer; redirects are not followed.
 * @throws BskError `machine` with rule `unreachable`, `timeout` or `answer-too-large`.
 */
export async function send(server: HttpServer, request: HttpRequest): Promise<HttpAnswer> {
  const { status, data } = await ask(server, request);
  return { status, body: data.toString("utf8") };
}

/** As `send`, for bodies that are no text. */
export async function sendForBytes(server: HttpServer, request: HttpRequest): Promise<BytesAnswer> {
  const { status, data, header } = await ask(server, request);
  return { status, bytes: new Uint8Array(data.buffer, data.byteOffset, data.length), header };
}

async function ask(server: HttpServer, request: HttpRequest): Promise<RawAnswer> {
  try {
    return await attempt(server, request);
  } catch (error) {
    // the server closed an idle connection just as we wrote to it: nothing was processed
    if (!isStaleConnection(error)) throw failure(server, request, error);
  }
  try {
    return await attempt(server, request);
  } catch (error) {
    throw failure(server, request, error);
  }
}

function attempt(server: HttpServer, request: HttpRequest): Promise<RawAnswer> {
  const { path, contentType = "text/plain", ...rest } = request;
  const url = server.url + path;
  const socks = throughSocks(url, request.auth !== undefined) ? server.socks : undefined;
  return exchange({ ...rest, url, contentType, direct: server.direct === true, socks });
}

function isStaleConnection(error: unknown): boolean {
  const reset = error instanceof HttpFailure && error.reusedSocket;
  return reset && (error.because === "ECONNRESET" || error.because === "EPIPE");
}

function failure(server: HttpServer, request: HttpRequest, error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error;
  const proxied = server.socks !== undefined && throughSocks(server.url, request.auth !== undefined);
  const by = proxied ? " through the proxy" : "";
  const cause = new Error(`${request.method} ${server.url}${request.path}: ${error.message}`);
  switch (error.kind) {
    case "timeout":
      return new BskError("machine", `${server.description} did not answer within ${request.timeoutMs} ms`, {
        rule: "timeout",
        cause,
      });
    case "too-large":
      return new BskError("machine", `${server.description} answered with more than ${request.maxBytes} bytes`, {
        rule: "answer-too-large",
        cause,
      });
    case "unreachable":
      return new BskError("machine", `${server.description} cannot be reached${by} (${error.because})`, {
        rule: "unreachable",
        hint: `check that it runs and that the address is right${by === "" ? "" : ", and the proxy"}`,
        cause,
      });
  }
}
