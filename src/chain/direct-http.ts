/**
 * One request straight to a server, never through a proxy, over Node's own client: nothing else is loaded, so that a
 * command that asks the user's own node starts fast.
 */
import { Buffer } from "node:buffer";
import { type IncomingMessage, request as requestOverHttp } from "node:http";
import { HttpFailure, type RawAnswer, type RawRequest } from "./http-exchange.ts";

/** Any status is an answer; redirects are not followed. @throws HttpFailure */
export async function exchangeDirectly(request: RawRequest): Promise<RawAnswer> {
  const { url, method, body, contentType, auth, timeoutMs, maxBytes } = request;
  const signal = AbortSignal.timeout(timeoutMs);
  const send = url.startsWith("https:") ? (await import("node:https")).request : requestOverHttp;
  const options = {
    method,
    signal,
    headers: {
      accept: "*/*",
      ...(body === undefined ? {} : { "content-type": contentType, "content-length": Buffer.byteLength(body) }),
    },
    ...(auth === undefined ? {} : { auth: `${auth.username}:${auth.password}` }),
  };
  let reused = false;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = send(url, options, resolve);
      sent.on("error", (error) => {
        reused = sent.reusedSocket;
        reject(error);
      });
      sent.end(body);
    });
    return { status: response.statusCode ?? 0, data: await bodyOf(response, maxBytes) };
  } catch (error) {
    if (error instanceof HttpFailure) throw error;
    if (signal.aborted) throw new HttpFailure("timeout", "timeout", "no answer in time", false);
    const { code, message } = error as NodeJS.ErrnoException;
    throw new HttpFailure("unreachable", code ?? message, message, reused);
  }
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new HttpFailure("too-large", "too-large", `more than ${maxBytes} bytes`, false);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
