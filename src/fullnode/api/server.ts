/** The REST API on a socket: limits before work, headers, JSON. What the answers say is decided in `routes`. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BskError } from "../../errors.ts";
import type { ApiNode } from "./api-node.ts";
import type { ApiResponse } from "./route.ts";
import { answerRequest } from "./routes.ts";

export interface ApiServer {
  readonly url: string;
  /** Answers what was begun, then closes. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** A handler failed: a bug of ours, which the client only sees as 500. */
  readonly failed: (error: unknown, url: string) => void;
  /** A request that is not complete by then is ended; 30 000 unless told. */
  readonly requestTimeoutMs?: number;
}

/** The largest zone file with every character escaped, and a little JSON around it. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_URL_LENGTH = 32 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_CONNECTIONS = 512;

/** Seconds for which a browser may remember that cross-origin calls are allowed (spec 10 A1). */
const CORS_MAX_AGE = 21_600;
const CORS = {
  "access-control-allow-origin": "*",
};
const PREFLIGHT = {
  ...CORS,
  "access-control-allow-methods": "GET, PUT, POST, DELETE",
  "access-control-allow-headers": "content-type, authorization, range",
  "access-control-max-age": String(CORS_MAX_AGE),
};

/** Listens. @throws BskError `machine`, rule `port-in-use` or `cannot-listen` */
export async function serveApi(node: ApiNode, options: ServerOptions): Promise<ApiServer> {
  const { host, port, failed, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const limits = {
    maxHeaderSize: MAX_URL_LENGTH + 16 * 1024,
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: requestTimeoutMs / 2,
  };
  const server = createServer(limits, (request, response) => {
    answer(request, response, node).catch((error: unknown) => {
      // The client left, or was too slow: the connection is gone, and nobody waits for an answer.
      if (request.destroyed && !request.complete) return;
      failed(error, request.url ?? "");
      if (!response.headersSent) send(response, { status: 500, body: { error: "internal error" } }, request.method);
      else response.destroy();
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listening(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      }),
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const inUse = cause.code === "EADDRINUSE";
      reject(
        new BskError("machine", inUse ? `port ${port} on ${host} is in use` : `cannot listen on ${host} port ${port}`, {
          rule: inUse ? "port-in-use" : "cannot-listen",
          hint: "another node may be running; choose another port with --port",
          cause,
        }),
      );
    });
    server.listen({ host, port }, () => resolve());
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, node: ApiNode): Promise<void> {
  const { method = "GET", url = "/" } = request;
  if (method === "OPTIONS") {
    response.writeHead(200, PREFLIGHT).end();
    return;
  }
  if (url.length > MAX_URL_LENGTH) {
    send(response, { status: 414, body: { error: "URL too long" } }, method);
    return;
  }
  // A body that is not read to its end: the connection cannot be used again.
  const close = () => response.setHeader("connection", "close");
  if (method !== "POST" && (request.headers["content-length"] ?? request.headers["transfer-encoding"]) !== undefined)
    close();
  const body = method === "POST" ? await readBody(request) : undefined;
  if (body === null) {
    close();
    send(response, { status: 413, body: { error: `Body too large: at most ${MAX_BODY_BYTES} bytes` } }, method);
    return;
  }
  const { "content-type": contentType, "if-none-match": ifNoneMatch } = request.headers;
  send(response, answerRequest({ method, url, contentType, ifNoneMatch, ...(body && { body }) }, node), method);
}

/** The whole body, null if it is too large. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function send(response: ServerResponse, { status, body, headers }: ApiResponse, method = "GET"): void {
  const raw = body instanceof Uint8Array;
  const bytes = raw ? body : Buffer.from(JSON.stringify(body));
  const empty = status === 304;
  response.writeHead(status, {
    ...CORS,
    ...(empty ? {} : { "content-type": "application/json", "content-length": bytes.length }),
    ...headers,
  });
  response.end(method === "HEAD" || empty ? undefined : bytes);
}
