/** A REST API on a socket: limits before work. What the answers say is decided by routes. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BskError } from "../errors.ts";
import { limitConnections } from "./connections.ts";
import type { Gate } from "./gate.ts";
import { type ApiLimits, DEFAULT_LIMITS, MAX_URL_LENGTH } from "./limits.ts";
import { Reception, type Service } from "./reception.ts";
import { respond } from "./respond.ts";

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
  /** Those that are not told are the default. */
  readonly limits?: Partial<ApiLimits>;
  /** Addresses of proxies whose `X-Forwarded-For` is believed. */
  readonly proxies?: readonly string[];
  /** Who may ask; absent: everybody. */
  readonly gate?: Gate;
}

/** Listens. @throws BskError `machine`, rule `port-in-use` or `cannot-listen` */
export async function serve(service: Service, options: ServerOptions): Promise<ApiServer> {
  const { host, port, failed } = options;
  const limits: ApiLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const proxies = new Set(options.proxies);
  const reception = new Reception(service, limits, proxies, options.gate);
  const fail = (error: unknown, request: IncomingMessage, response: ServerResponse): void => {
    // The client left, or was too slow: the connection is gone, and nobody waits for an answer.
    if (request.destroyed && !request.complete) return;
    failed(error, request.url ?? "");
    if (response.headersSent) response.destroy();
    else respond(response, { status: 500, body: { error: "internal error" } }, request.method ?? "GET");
  };
  const server = createServer(
    {
      maxHeaderSize: MAX_URL_LENGTH + 16 * 1024,
      requestTimeout: limits.requestMs,
      headersTimeout: Math.min(limits.headersMs, limits.requestMs),
      connectionsCheckingInterval: Math.min(limits.headersMs, limits.requestMs) / 2,
    },
    (request, response) => {
      if (refused.has(request.socket)) return;
      try {
        reception.answer(request, response)?.catch((error: unknown) => {
          fail(error, request, response);
        });
      } catch (error) {
        fail(error, request, response);
      }
    },
  );
  // An answer that nobody reads must not hold its connection.
  server.timeout = limits.silenceMs;
  const refused = limitConnections(server, limits, proxies, service.tally);
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
