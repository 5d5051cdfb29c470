/** Where requests arrive: each is counted, weighed against its client's allowance, and answered. */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Allowances } from "./allowance.ts";
import type { Found } from "./answer.ts";
import { clientOf, THIS_MACHINE } from "./client.ts";
import { type Gate, OPEN_GATE } from "./gate.ts";
import { type ApiLimits, MAX_BODY_BYTES, MAX_URL_LENGTH } from "./limits.ts";
import { busy, type CorsLines, corsLines, FOR_ALL, respond, respondPreflight } from "./respond.ts";
import { type ApiRequest, type ApiResponse, refuse } from "./route.ts";
import type { RequestTally } from "./tally.ts";

/** What is served. */
export interface Service {
  readonly tally: RequestTally;
  /** Finds what answers a request, at once or later. Never throws for what a client sent. */
  find(request: ApiRequest): Pick<Found, "route"> & { answer(): ApiResponse | Promise<ApiResponse> };
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

/** What is known of a connection that has asked for something. */
interface Connection {
  /** Who asks, where no proxy says it of another. */
  readonly client: string;
  /** Requests that wait for answers. */
  waiting: number;
  /** Told of the end of each of them. */
  readonly answered: () => void;
}

const NO_BODY = new Uint8Array();

export class Reception {
  readonly #service: Service;
  readonly #limits: ApiLimits;
  readonly #proxies: ReadonlySet<string>;
  readonly #gate: Gate;
  readonly #allowances: Allowances;
  /** Who sends many requests at once still is one. */
  readonly #connections = new Map<Socket, Connection>();

  constructor(service: Service, limits: ApiLimits, proxies: ReadonlySet<string>, gate: Gate = OPEN_GATE) {
    this.#service = service;
    this.#limits = limits;
    this.#proxies = proxies;
    this.#gate = gate;
    this.#allowances = new Allowances(limits.requestsPerSecond, limits.burst);
  }

  /** Answers at once, or once the body has come. @throws whatever a handler throws, which is a fault of ours */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void> | undefined {
    const start = performance.now();
    const connection = this.#enter(request.socket, response);
    const admission = this.#gate(request.headers);
    if (admission.refused !== null) {
      this.#send({ route: NO_ROUTE, answer: admission.refused, unread: true }, request, response, start, []);
      return undefined;
    }
    const cors = admission.origin === "*" ? FOR_ALL : corsLines(admission.origin);
    if (request.method === "OPTIONS") {
      respondPreflight(response, cors);
      return undefined;
    }
    const judged = this.#judge(request, connection);
    if (!(judged instanceof Promise)) {
      this.#send(judged, request, response, start, cors);
      return undefined;
    }
    return judged.then((late) => {
      this.#send(late, request, response, start, cors);
    });
  }

  #send(
    { route, answer, unread = false }: Judged,
    request: IncomingMessage,
    response: ServerResponse,
    start: number,
    cors: CorsLines,
  ): void {
    const { method = "GET" } = request;
    // A body that is not read to its end: the connection cannot be used again.
    if (unread || (method !== "POST" && hasBody(request))) response.setHeader("connection", "close");
    respond(response, answer, method, cors);
    this.#service.tally.request(route, answer.status, (performance.now() - start) / 1000);
  }

  #enter(socket: Socket, response: ServerResponse): Connection {
    let connection = this.#connections.get(socket);
    if (connection === undefined) {
      const client = clientOf(socket.remoteAddress, undefined, this.#proxies);
      const entered: Connection = { client, waiting: 0, answered: () => entered.waiting-- };
      connection = entered;
      this.#connections.set(socket, connection);
      // Answers that wait behind one that ends the connection are never told of its end.
      socket.once("close", () => this.#connections.delete(socket));
    }
    connection.waiting++;
    response.on("close", connection.answered);
    return connection;
  }

  /** Has this request more company than the limits allow? */
  #isCrowded({ waiting }: Connection): boolean {
    if (waiting > this.#limits.pipelined) return true;
    if (this.#connections.size <= this.#limits.concurrent) return false;
    const busy = [...this.#connections.values()].filter((connection) => connection.waiting > 0);
    return busy.length > this.#limits.concurrent;
  }

  #judge(request: IncomingMessage, connection: Connection): Judged | Promise<Judged> {
    const { method = "GET", url = "/", headers } = request;
    if (this.#isCrowded(connection)) {
      return { route: NO_ROUTE, answer: busy(503, "too many requests at the same time", 1), unread: true };
    }
    if (url.length > MAX_URL_LENGTH) return { route: NO_ROUTE, answer: refuse(414, "URL too long", "url") };
    const asked = {
      method,
      url,
      contentType: headers["content-type"],
      ifNoneMatch: headers["if-none-match"],
      body: NO_BODY,
    };
    const found = this.#service.find(asked);
    const route = found.route?.path ?? NO_ROUTE;
    const forwarded = headers["x-forwarded-for"];
    const client =
      forwarded === undefined ? connection.client : clientOf(request.socket.remoteAddress, forwarded, this.#proxies);
    if (client !== THIS_MACHINE) {
      const wait = this.#allowances.take(client, found.route?.cost ?? 1, performance.now());
      if (wait > 0)
        return { route, answer: busy(429, "too many requests of one client", wait), unread: method === "POST" };
    }
    if (found.route?.method !== "POST") {
      const answer = found.answer();
      const unread = method === "POST";
      return answer instanceof Promise
        ? answer.then((later) => ({ route, answer: later, unread }))
        : { route, answer, unread };
    }
    return readBody(request).then(async (body) => {
      if (body === null) {
        return { route, answer: refuse(413, `Body too large: at most ${MAX_BODY_BYTES} bytes`, "body"), unread: true };
      }
      asked.body = body;
      return { route, answer: await found.answer() };
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
