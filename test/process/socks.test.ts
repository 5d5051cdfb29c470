/** Requests through a real SOCKS 5 proxy: who is asked for what, who looks up names, and what stays off the proxy. */
import { afterEach, describe, expect, test } from "vitest";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { bitcoindRpc } from "../../src/chain/bitcoind-rpc.ts";
import { esploraCoins } from "../../src/chain/esplora.ts";
import { nodeClient } from "../../src/lightnode/node-client.ts";
import { bsk, sandbox } from "../support/bsk.ts";
import { cannedNode, INFO_JSON } from "../support/canned-node.ts";
import { REGTEST } from "../support/fake-node.ts";
import { socksServer, type SocksOptions } from "../support/socks-server.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const TIP = "ab".repeat(32);
const ANSWERS = {
  "/api/block-height/0": { body: Buffer.from(BITCOIN_CHAINS.regtest.genesisHash) },
  "/api/blocks/tip/hash": { body: Buffer.from(TIP) },
  [`/api/block/${TIP}`]: { body: { height: 7 } },
  "/v2/info": { body: INFO_JSON },
};

async function proxied(options: Partial<SocksOptions> = {}) {
  const server = await cannedNode(ANSWERS);
  const proxy = await socksServer({ target: Number(new URL(server.url).port), ...options });
  stops.push(server.stop, proxy.stop);
  return { server, proxy, socks: `socks5h://127.0.0.1:${proxy.port}` };
}

describe("through the proxy", () => {
  test("Esplora and nodes, and the proxy looks up the name", async () => {
    const { proxy, socks, server } = await proxied();
    const esplora = esploraCoins({ url: "http://coins.example/api", socks }, BITCOIN_CHAINS.regtest);
    expect(await esplora.tip()).toEqual({ height: 7, hash: TIP });
    expect(await nodeClient({ url: "http://names.example:8080", own: false, socks }, REGTEST).tip()).toMatchObject({
      height: 120,
    });
    expect(new Set(proxy.asked)).toEqual(new Set(["name coins.example:80", "name names.example:8080"]));
    expect(server.asked).toContain("/api/blocks/tip/hash");
  });

  test("with a login, and never with a wrong one", async () => {
    const { proxy } = await proxied({ login: "alice:secret" });
    const ask = (login: string) =>
      esploraCoins(
        { url: "http://coins.example/api", socks: `socks5h://${login}@127.0.0.1:${proxy.port}` },
        BITCOIN_CHAINS.regtest,
      ).tip();
    await expect(ask("alice:wrong")).rejects.toMatchObject({
      kind: "machine",
      rule: "unreachable",
      message: expect.not.stringContaining("wrong") as string,
    });
    expect(proxy.asked).toEqual([]);
    expect(await ask("alice:secret")).toMatchObject({ height: 7 });
  });

  test("an onion service may get a password through it", async () => {
    const { proxy, socks } = await proxied();
    const rpc = bitcoindRpc({ url: "http://abc.onion:8332", user: "u", password: "p", socks });
    await expect(rpc.ask("getblockcount", [], { type: "never" } as never)).rejects.toMatchObject({ kind: "machine" });
    expect(proxy.asked).toEqual(["name abc.onion:8332"]);
  });

  test("the whole program: --proxy and --node", async () => {
    const { proxy } = await proxied();
    const argv = ["node", "status", "--network", "regtest", "--node", "http://names.example"];
    const { code, out, err } = await bsk([...argv, "--proxy", `socks5://127.0.0.1:${proxy.port}`], {
      environment: { ...sandbox(), BSK_OWN_NODE: "true" },
    });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("120");
    expect(proxy.asked[0]).toBe("name names.example:80");
  });
});

describe("not through it", () => {
  test("what this machine answers itself", async () => {
    const { proxy, socks, server } = await proxied();
    expect(await nodeClient({ url: server.url, own: true, socks }, REGTEST).tip()).toMatchObject({ height: 120 });
    expect(proxy.asked).toEqual([]);
  });

  test("a password in plain text", async () => {
    const { proxy, socks } = await proxied();
    const rpc = bitcoindRpc({ url: "http://node.invalid:8332", user: "u", password: "p", socks, timeoutMs: 5000 });
    await expect(rpc.ask("getblockcount", [], { type: "never" } as never)).rejects.toMatchObject({ kind: "machine" });
    expect(proxy.asked).toEqual([]);
  });
});

test("a proxy that refuses, and one that is not there: an outage that names the proxy, never a way around it", async () => {
  const { proxy, socks, server } = await proxied({ target: null });
  const name = "http://coins.example/api";
  await expect(esploraCoins({ url: name, socks }, BITCOIN_CHAINS.regtest).tip()).rejects.toMatchObject({
    kind: "machine",
    rule: "unreachable",
    message: expect.stringContaining("through the proxy") as string,
  });
  expect(proxy.asked).toEqual(["name coins.example:80"]);
  await proxy.stop();
  stops.pop();
  await expect(esploraCoins({ url: name, socks }, BITCOIN_CHAINS.regtest).tip()).rejects.toMatchObject({
    rule: "unreachable",
  });
  expect(server.asked).toEqual([]);
});
