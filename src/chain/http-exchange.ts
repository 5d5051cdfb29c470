/** What one request and its answer are, however they travel, and the ways in which there is no answer. */
import type { Buffer } from "node:buffer";

export interface RawRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly body?: string;
  readonly contentType: string;
  readonly auth?: { readonly username: string; readonly password: string };
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Never through the proxy that the environment names. */
  readonly direct: boolean;
  /** URL of the SOCKS proxy to go through, which also looks up host names; undefined: none. */
  readonly socks?: string | undefined;
  /** Ends the request early. */
  readonly signal?: AbortSignal | undefined;
  /** The body as it was stored, even where the server calls it compressed. */
  readonly asStored?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly data: Buffer;
  /** Header of this name in lowercase, "" where there is none. */
  readonly header: (name: string) => string;
}

/** Why there is no answer. Carries words only: the original error may hold the request with its password. */
export class HttpFailure extends Error {
  readonly kind: "timeout" | "too-large" | "unreachable";
  /** "ECONNREFUSED", where there is one. */
  readonly because: string;
  /** The request went over an idle connection: where that was reset, nothing was processed. */
  readonly reusedSocket: boolean;

  constructor(kind: HttpFailure["kind"], because: string, message: string, reusedSocket: boolean) {
    super(message);
    this.kind = kind;
    this.because = because;
    this.reusedSocket = reusedSocket;
  }
}
