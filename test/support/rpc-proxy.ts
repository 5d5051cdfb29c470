/** A Bitcoin node that answers some methods otherwise than the devnet behind it: older, pruned, busy or lying nodes. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as v from "valibot";
import type { Devnet } from "../../src/chain/devnet.ts";

type Reply = { result: unknown } | { error: { code: number; message: string } };
export type RpcOverrides = Record<string, (params: readonly unknown[]) => Reply | Promise<Reply>>;

export interface RpcServer {
  readonly url: string;
  /** Headers of the last request. */
  lastAuthorization(): string | undefined;
  close(): Promise<void>;
}

const callSchema = v.object({ id: v.number(), method: v.string(), params: v.array(v.unknown()) });

/** `status` and `body` replace every answer, for servers that speak no JSON-RPC. */
export async function serveRpc(
  devnet: Devnet | null,
  overrides: RpcOverrides,
  fixed?: () => { status: number; body: string; delayMs?: number } | null,
): Promise<RpcServer> {
  let authorization: string | undefined;
  const answerOne = async (call: unknown) => {
    const { id, method, params } = v.parse(callSchema, call);
    const override = overrides[method];
    if (override !== undefined) return { result: null, error: null, ...(await override(params)), id };
    if (devnet === null) return { result: null, error: { code: -32601, message: "Method not found" }, id };
    const reply = await devnet.node.ask(method, params, v.unknown());
    return reply.ok
      ? { result: reply.value, error: null, id }
      : { result: null, error: { code: reply.code, message: reply.message }, id };
  };
  const server = createServer((request, response) => {
    authorization = request.headers.authorization;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const whole = fixed?.() ?? null;
      if (whole !== null) {
        setTimeout(() => response.writeHead(whole.status).end(whole.body), whole.delayMs ?? 0);
        return;
      }
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      // replies to a batch may come in any order
      const answer = Array.isArray(body) ? Promise.all(body.map(answerOne).reverse()) : answerOne(body);
      answer.then(
        (json) => response.writeHead(200).end(JSON.stringify(json)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lastAuthorization: () => authorization,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
