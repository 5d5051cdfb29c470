/** One request and its answer: the only file that knows the HTTP library. */
import type { Buffer } from "node:buffer";
import type { Agent } from "node:http";
import axios, { AxiosError, type AxiosRequestConfig } from "axios";
import { HttpFailure, type RawAnswer, type RawRequest } from "./http-exchange.ts";

/**
 * Any status is an answer; redirects are not followed. Goes through the request's SOCKS proxy, else through the proxy that
 * the user's environment names, unless the request is direct.
 * @throws HttpFailure
 */
export async function exchange(request: RawRequest): Promise<RawAnswer> {
  const { url, method, body, contentType, auth, timeoutMs, maxBytes, direct, socks, signal, asStored } = request;
  const agent = socks === undefined ? null : await agentOf(socks);
  const timeout = AbortSignal.timeout(timeoutMs);
  const config: AxiosRequestConfig<string> = {
    method,
    url,
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    maxContentLength: maxBytes,
    maxBodyLength: Infinity,
    maxRedirects: 0,
    responseType: "arraybuffer",
    validateStatus: () => true,
    headers: { "content-type": contentType, ...(asStored === true ? { "accept-encoding": "identity" } : {}) },
    decompress: asStored !== true,
    ...(direct || agent !== null ? { proxy: false } : {}),
    ...(agent === null ? {} : { httpAgent: agent, httpsAgent: agent }),
    ...(body === undefined ? {} : { data: body }),
    ...(auth === undefined ? {} : { auth }),
  };
  try {
    const { status, data, headers } = await axios.request<Buffer>(config);
    return { status, data, header: (name) => String(headers[name] ?? "") };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (!(error instanceof AxiosError)) throw error;
    const { code, message } = error;
    const reused = (error.request as { reusedSocket?: boolean } | undefined)?.reusedSocket === true;
    if (axios.isCancel(error) || code === "ECONNABORTED") throw new HttpFailure("timeout", "timeout", message, false);
    if (message.startsWith("maxContentLength")) throw new HttpFailure("too-large", "too-large", message, false);
    throw new HttpFailure("unreachable", code ?? message, message, reused);
  }
}

const agents = new Map<string, Agent>();

/** One for each proxy, with its idle connections. */
async function agentOf(socks: string): Promise<Agent> {
  const known = agents.get(socks);
  if (known !== undefined) return known;
  const { SocksProxyAgent } = await import("socks-proxy-agent");
  const agent = new SocksProxyAgent(socks, { keepAlive: true });
  agents.set(socks, agent);
  return agent;
}
