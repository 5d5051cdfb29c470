/**
 * An Esplora HTTP API over a devnet, as Blockstream's electrs answers it where our client asks, oddities included:
 * `/tx/:txid/status` and `/outspend` know every txid. It walks the whole chain for each new tip: short chains only.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as v from "valibot";
import type { Devnet } from "../../src/chain/devnet.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { sha256 } from "../../src/primitives/digest.ts";

const transactionSchema = v.object({
  txid: v.string(),
  hex: v.string(),
  vin: v.array(v.object({ txid: v.optional(v.string()), vout: v.optional(v.number()) })),
  vout: v.array(
    v.object({
      value: v.number(),
      n: v.number(),
      scriptPubKey: v.object({ hex: v.string(), address: v.optional(v.string()) }),
    }),
  ),
});
type Status = { confirmed: false } | { confirmed: true; block_height: number; block_hash: string };
type Found = v.InferOutput<typeof transactionSchema> & { status: Status };

export interface EsploraServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveEsplora(devnet: Devnet, fees: Record<string, number> = {}): Promise<EsploraServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      answer(devnet, fees, request.url ?? "/", Buffer.concat(chunks).toString()).then(
        ([status, body]) =>
          response
            .writeHead(status)
            .end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

type Answer = readonly [status: number, body: unknown];

async function answer(devnet: Devnet, fees: Record<string, number>, url: string, body: string): Promise<Answer> {
  const parts = url.replace(/^\/api\//u, "").split("/");
  const [what, id, part, n] = parts;
  const path = parts.join("/");
  if (path === "blocks/tip/hash") return [200, (await devnet.blocks.tip()).hash];
  if (path === "blocks/tip/height") return [200, String((await devnet.blocks.tip()).height)];
  if (path === "fee-estimates") return [200, fees];
  if (what === "block-height") {
    const reply = await devnet.node.ask("getblockhash", [Number(id)], v.string());
    return reply.ok ? [200, reply.value] : [404, "Block not found"];
  }
  if (what === "block" && part === "raw") {
    return [200, Buffer.from(await devnet.node.call("getblock", [id, 0], v.string()), "hex")];
  }
  if (what === "block") return [200, await devnet.node.call("getblock", [id, 1], v.looseObject({}))];
  if (path === "tx") return broadcast(devnet, body);
  const all = await transactions(devnet);
  const unconfirmed = all.filter(({ status }) => !status.confirmed).map(({ txid }) => txid);
  if (path === "mempool/txids") return [200, unconfirmed];
  if (path === "mempool/recent") return [200, unconfirmed.slice(-10).map((txid) => ({ txid }))];
  if (path === `address/${id}/txs/mempool`) return [200, []];
  if (what === "address" || what === "scripthash") return [200, utxos(all, what, id ?? "")];
  if (what !== "tx") return [404, "Not found"];
  const found = all.find(({ txid }) => txid === id);
  if (part === "status") return [200, found?.status ?? { confirmed: false }];
  if (part === "outspend") {
    const spender = spenderOf(all, id ?? "", Number(n));
    return [
      200,
      spender === undefined ? { spent: false } : { spent: true, txid: spender.txid, status: spender.status },
    ];
  }
  if (found === undefined) return [404, "Transaction not found"];
  if (part === "hex") return [200, found.hex];
  return [200, { txid: found.txid, status: found.status }];
}

async function broadcast(devnet: Devnet, hex: string): Promise<Answer> {
  const reply = await devnet.node.ask("sendrawtransaction", [hex], v.string());
  if (reply.ok) return [200, reply.value];
  const { code, message } = reply;
  return [400, `sendrawtransaction RPC error: ${JSON.stringify({ code, message })}`];
}

async function transactions(devnet: Devnet): Promise<Found[]> {
  const found = [...(await confirmedTransactions(devnet))];
  for (const txid of await devnet.node.call("getrawmempool", [], v.array(v.string()))) {
    const tx = await devnet.node.call("getrawtransaction", [txid, 1], transactionSchema);
    found.push({ ...tx, status: { confirmed: false } });
  }
  return found;
}

/** Transactions of the chain that ends in a block: the same for ever. */
const chains = new Map<string, Found[]>();

async function confirmedTransactions(devnet: Devnet): Promise<Found[]> {
  const { height, hash: tip } = await devnet.blocks.tip();
  const known = chains.get(tip);
  if (known !== undefined) return known;
  const found: Found[] = [];
  const blockSchema = v.object({ hash: v.string(), tx: v.array(transactionSchema) });
  for (let at = 0; at <= height; at++) {
    const hash = await devnet.node.call("getblockhash", [at], v.string());
    const block = await devnet.node.call("getblock", [hash, 2], blockSchema);
    for (const tx of block.tx) found.push({ ...tx, status: { confirmed: true, block_height: at, block_hash: hash } });
  }
  chains.set(tip, found);
  return found;
}

function spenderOf(all: readonly Found[], txid: string, index: number): Found | undefined {
  return all.find(({ vin }) => vin.some((input) => input.txid === txid && input.vout === index));
}

function utxos(all: readonly Found[], by: "address" | "scripthash", wanted: string): unknown[] {
  return all.flatMap(({ txid, vout, status }) =>
    vout
      .filter(({ n, scriptPubKey: { hex, address } }) => {
        const mine = by === "address" ? address === wanted : toHex(sha256(fromHex(hex))) === wanted;
        return mine && spenderOf(all, txid, n) === undefined;
      })
      .map(({ n, value }) => ({ txid, vout: n, status, value: Math.round(value * 1e8) })),
  );
}
