/** One request and its answer: the only file that knows the HTTP library. */
import type { Buffer } from "node:buffer";
import axios, { AxiosError, type AxiosRequestConfig } from "axios";
import { HttpFailure, type RawAnswer, type RawRequest } from "./http-exchange.ts";

/**
 * Any status is an answer; redirects are not followed. Goes through the proxy that the user's environment names, unless
 * the request is direct.
 * @throws HttpFailure
 */
export async function exchange(request: RawRequest): Promise<RawAnswer> {
  const { url, method, body, contentType, auth, timeoutMs, maxBytes, direct } = request;
  const config: AxiosRequestConfig<string> = {
    method,
    url,
    signal: AbortSignal.timeout(timeoutMs),
    maxContentLength: maxBytes,
    maxBodyLength: Infinity,
    maxRedirects: 0,
    responseType: "arraybuffer",
    validateStatus: () => true,
    headers: { "content-type": contentType },
    ...(direct ? { proxy: false } : {}),
    ...(body === undefined ? {} : { data: body }),
    ...(auth === undefined ? {} : { auth }),
  };
  try {
    const { status, data } = await axios.request<Buffer>(config);
    return { status, data };
  } catch (error) {
    if (!(error instanceof AxiosError)) throw error;
    const { code, message } = error;
    const reused = (error.request as { reusedSocket?: boolean } | undefined)?.reusedSocket === true;
    if (axios.isCancel(error) || code === "ECONNABORTED") throw new HttpFailure("timeout", "timeout", message, false);
    if (message.startsWith("maxContentLength")) throw new HttpFailure("too-large", "too-large", message, false);
    throw new HttpFailure("unreachable", code ?? message, message, reused);
  }
}
