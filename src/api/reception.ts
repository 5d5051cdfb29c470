/** Where requests arrive: each is counted, weighed against its client's allowance, and answered. */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Allowances } from "./allowance.ts";
import type { Found } from "./answer.ts";
import { clientOf, THIS_MACHINE } from "./client.ts";
import { type ApiLimits, MAX_BODY_BYTES, MAX_URL_LENGTH } from "./limits.ts";
import { busy, respond, respondPreflight } from "./respond.ts";
import { type ApiRequest, type ApiResponse, refuse } from "./route.ts";
import type { RequestTally } from "./tally.ts";

/** What is served. */
export interface Service {
  readonly tally: RequestTally;
  /** Finds what answers a request. Never throws for what a client sent. */
  find(request: ApiRequest): Found;
}

/** Under which name requests are counted that find no route. */
const NO_ROUTE = "none";

/** An answer, and the route that it is counted under. */
interface Judged {
  readonly route: string;
  readonly answer: ApiResponse;
  /** A body was not read to its end. */
  readonly unread?: boolean;
}

export class Reception {
  readonly #service: Service;
  readonly #limits: ApiLimits;
  readonly #proxies: ReadonlySet<string>;
  readonly #allowances: Allowances;
  /** Connections that wait for answers, and for how many: who sends many requests at once still is one. */
  readonly #waiting = new Map<Socket, number>();

  constructor(service: Service, limits: ApiLimits, proxies: ReadonlySet<string>) {
    this.#service = service;
    this.#limits = limits;
    this.#proxies = proxies;
    this.#allowances = new Allowances(limits.requestsPerSecond, limits.burst);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now();
    const { method = "GET" } = request;
    this.#enter(request.socket, response);
    if (method === "OPTIONS") {
      respondPreflight(response);
      return;
    }
    const judged = this.#judge(request);
    const { route, answer, unread = false } = judged instanceof Promise ? await judged : judged;
    // A body that is not read to its end: the connection cannot be used again.
    if (unread || (method !== "POST" && hasBody(request))) response.setHeader("connection", "close");
    respond(response, answer, method);
    this.#service.tally.request(route, answer.status, (performance.now() - start) / 1000);
  }

  #enter(socket: Socket, response: ServerResponse): void {
    const before = this.#waiting.get(socket);
    // Answers that wait behind one that ends the connection are never told of its end.
    if (before === undefined) socket.once("close", () => this.#waiting.delete(socket));
    this.#waiting.set(socket, (before ?? 0) + 1);
    response.once("close", () => {
      const left = this.#waiting.get(socket);
      if (left !== undefined) this.#waiting.set(socket, left - 1);
    });
  }

  /** Has this request more company than the limits allow? */
  #isCrowded(socket: Socket): boolean {
    if ((this.#waiting.get(socket) ?? 0) > this.#limits.pipelined) return true;
    if (this.#waiting.size <= this.#limits.concurrent) return false;
    const busy = [...this.#waiting.values()].filter((requests) => requests > 0);
    return busy.length > this.#limits.concurrent;
  }

  #judge(request: IncomingMessage): Judged | Promise<Judged> {
    const { method = "GET", url = "/", headers } = request;
    if (this.#isCrowded(request.socket)) {
      return { route: NO_ROUTE, answer: busy(503, "too many requests at the same time", 1), unread: true };
    }
    if (url.length > MAX_URL_LENGTH) return { route: NO_ROUTE, answer: refuse(414, "URL too long", "url") };
    const asked = {
      method,
      url,
      contentType: headers["content-type"],
      ifNoneMatch: headers["if-none-match"],
      body: new Uint8Array(),
    };
    const found = this.#service.find(asked);
    const route = found.route?.path ?? NO_ROUTE;
    const client = clientOf(request.socket.remoteAddress, headers["x-forwarded-for"], this.#proxies);
    if (client !== THIS_MACHINE) {
      const wait = this.#allowances.take(client, found.route?.cost ?? 1, performance.now());
      if (wait > 0)
        return { route, answer: busy(429, "too many requests of one client", wait), unread: method === "POST" };
    }
    if (found.route?.method !== "POST") return { route, answer: found.answer(), unread: method === "POST" };
    return readBody(request).then((body) => {
      if (body === null) {
        return { route, answer: refuse(413, `Body too large: at most ${MAX_BODY_BYTES} bytes`, "body"), unread: true };
      }
      asked.body = body;
      return { route, answer: found.answer() };
    });
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return (headers["content-length"] ?? headers["transfer-encoding"]) !== undefined;
}

/** The whole body, null if it is too large. */
async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) return null;
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
