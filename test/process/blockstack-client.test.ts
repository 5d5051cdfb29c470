/**
 * The client that applications of the original use, unchanged, with our full node as its node, and then with a light server
 * beside that node: it opens a namespace, registers a name, publishes a zone file and a profile, and finds them again.
 */
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { address as parseAddress, scriptOf } from "../../src/bitcoin/address.ts";
import { fromHex, fromUtf8 } from "../../src/primitives/bytes.ts";
import { hash160, sha256 } from "../../src/primitives/digest.ts";
import { zonefileHash } from "../../src/primitives/hash.ts";
import { satoshi } from "../../src/primitives/units.ts";
import { BIN } from "../support/bsk.ts";
import { blockstack, BlockstackNamespace, type ClientNetwork } from "../support/blockstack-client.ts";
import { REGTEST } from "../support/fake-node.ts";
import { until } from "../support/indexed.ts";
import { type Home, useTown } from "../support/town.ts";

const keyOf = (who: string) => `${Buffer.from(sha256(fromUtf8(who))).toString("hex")}01`;
const { network: networks, safety, transactions: make, config } = blockstack;

const town = useTown();
let client: ClientNetwork;
/** The server that the client talks to. */
let serverUrl: string;
/** Blocks that it stands behind the chain, and the last one that it answers for. */
let behind = 0;
let answersFor: () => Promise<number>;
let profiles: Server;
let profileUrl: string;
let served: unknown = null;

/** The same key on Bitcoin and on this chain: the client shows addresses of both. */
const addressOf = (key: string) => blockstack.publicKeyToAddress(blockstack.getPublicKeyFromPrivate(key.slice(0, 64)));
const here = (address: string) => client.coerceAddress(address);

const payer = keyOf("payer");
const owner = keyOf("owner");
const creator = keyOf("creator");

beforeAll(async () => {
  const { node, faucet } = town();
  config.logLevel = "none";
  vi.spyOn(console, "warn").mockImplementation(() => undefined); // of its own dependencies' age
  talkTo(node.url);
  answersFor = () => Promise.resolve(node.store.tip()!.height);

  profiles = createServer((_, response) => response.end(JSON.stringify(served)));
  profiles.listen(0, "127.0.0.1");
  await once(profiles, "listening");
  profileUrl = `http://127.0.0.1:${(profiles.address() as AddressInfo).port}/profile.json`;

  const pay = (key: string) => ({
    to: parseAddress(here(addressOf(key)), REGTEST.bitcoin),
    value: satoshi(2_000_000_000),
  });
  await faucet.mine(60);
  await faucet.pay([pay(payer), pay(owner), pay(creator)]);
  await town().mine();
});
afterAll(() => {
  vi.restoreAllMocks();
  profiles.close();
});

function talkTo(url: string): void {
  const { devnet } = town();
  serverUrl = url;
  client = new networks.LocalRegtest(url, "http://127.0.0.1:1", {
    getBlockHeight: async () => (await devnet.coins.tip()).height,
    getNetworkedUTXOs: async (address) => {
      const { height } = await devnet.coins.tip();
      const script = scriptOf(parseAddress(address, REGTEST.bitcoin), REGTEST.bitcoin);
      const coins = await devnet.coins.coins([script]);
      return coins.map((coin) => ({
        tx_hash: coin.txid,
        tx_output_n: coin.index,
        value: Number(coin.value),
        confirmations: coin.height === null ? 0 : height + 1 - coin.height,
      }));
    },
    broadcastTransaction: (txHex) => devnet.coins.broadcast(fromHex(txHex)),
  });
  config.network = client;
}

/** Sends what the client made, and waits until the server answers for its block. */
async function send(made: Promise<string>): Promise<void> {
  await town().devnet.coins.broadcast(fromHex(await made));
  for (let i = 0; i <= behind; i++) await town().mine();
  const { height } = await town().devnet.coins.tip();
  await until("the server has come to it", async () => (await answersFor()) >= height - behind);
}

/** A light server beside the node, which has synced up to three blocks below its tip. */
async function lightServer(at: Home): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const argv = ["light", "serve", "--port", "0", "--poll", "1", "--network", "regtest", "--node", town().node.url];
  const child = spawn(process.execPath, [BIN, ...argv], { env: at.environment });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const url = () => /"serving","url":"([^"]*)"/u.exec(err)?.[1];
  await until("it serves", () => url() !== undefined);
  return {
    url: url()!,
    stop: async () => {
      child.kill();
      if (child.exitCode === null) await once(child, "close");
    },
  };
}

const ask = (check: string, ...what: readonly unknown[]) => safety[check]!(...what);

describe.each([
  ["a full node", "folk"],
  ["a light server", "kin"],
])("with %s, in its own order of things", (server, space) => {
  const muneeb = `muneeb.${space}`;
  /** Where the light server keeps what it verified. */
  let home: Home | null = null;

  beforeAll(async () => {
    if (server === "a full node") return undefined;
    home = town().home();
    const light = await lightServer(home);
    talkTo(light.url);
    behind = 3;
    answersFor = async () => {
      const info = (await (await fetch(`${light.url}/v1/info`)).json()) as { last_block_processed: number | null };
      return info.last_block_processed ?? 0;
    };
    await until("it has synced", async () => (await answersFor()) > 0);
    return light.stop;
  });

  test("a namespace: its price, preorder, reveal and opening", async () => {
    const price = await client.getNamespacePrice(space);
    expect([price.units, String(price.amount)]).toEqual([
      "BTC",
      String((await client.getNamespacePriceV1(space)).amount),
    ]);
    expect(Number(price.amount)).toBeGreaterThan(0);
    expect(await ask("isNamespaceValid", space)).toBe(true);
    expect(await ask("isNamespaceAvailable", space)).toBe(true);
    const revealer = here(addressOf(creator));
    await send(make["makeNamespacePreorder"]!(space, revealer, payer));

    const namespace = new BlockstackNamespace(space);
    namespace.setVersion(1);
    namespace.setLifetime(52_595);
    namespace.setCoeff(4);
    namespace.setBase(4);
    namespace.setBuckets(Array.from({ length: 16 }, () => 1));
    namespace.setNonalphaDiscount(2);
    namespace.setNoVowelDiscount(5);
    await send(make["makeNamespaceReveal"]!(namespace, revealer, payer));
    expect(await ask("isNamespaceAvailable", space)).toBe(false);
    expect(await ask("namespaceIsRevealed", space)).toBe(true);
    expect(await ask("revealedNamespace", space, revealer)).toBe(true);

    await send(make["makeNamespaceReady"]!(space, creator));
    expect(await ask("namespaceIsReady", space)).toBe(true);
    expect(await client.getNamespaceInfo(space)).toMatchObject({ namespace_id: space, version: 1, ready: true });
    await expect(client.getNamespaceInfo("nowhere")).rejects.toThrow("Namespace not found");
  });

  test("a name: free, paid for, and then owned", async () => {
    const price = await client.getNamePrice(muneeb);
    expect([price.units, String(price.amount)]).toEqual(["BTC", String((await client.getNamePriceV1(muneeb)).amount)]);
    expect(await client.getNamespaceBurnAddress(space)).toBe(REGTEST.burnAddress);
    expect(await client.getConsensusHash()).toBe(town().node.store.consensusHashAt(await answersFor()));
    const to = here(addressOf(owner));
    expect(await ask("isNameAvailable", muneeb)).toBe(true);
    expect(await ask("addressCanReceiveName", to)).toBe(true);
    expect(await client.getNamesOwned(to)).toEqual([]);
    await expect(client.getNameInfo(muneeb)).rejects.toThrow("Name not found");

    await send(make["makePreorder"]!(muneeb, to, payer));
    const zonefile = blockstack.makeProfileZoneFile(muneeb, profileUrl);
    await send(make["makeRegister"]!(muneeb, to, payer, zonefile));

    expect(await ask("isNameAvailable", muneeb)).toBe(false);
    expect(await ask("ownsName", muneeb, to)).toBe(true);
    expect(await ask("ownsName", muneeb, here(addressOf(payer)))).toBe(false);
    expect(await ask("isInGracePeriod", muneeb)).toBe(false);
    expect(await client.getNamesOwned(addressOf(owner))).toEqual([muneeb]);
    expect(await client.getNameInfo(muneeb)).toMatchObject({
      status: "registered",
      address: to,
      zonefile: null,
    });
  });

  test("its zone file: handed in, and found by its hash", async () => {
    const zonefile = blockstack.makeProfileZoneFile(muneeb, profileUrl);
    const hash = zonefileHash.of(hash160(fromUtf8(zonefile)));
    await expect(client.getZonefile(hash)).rejects.toThrow("Bad response status: 404");
    expect(await client.broadcastZoneFile(zonefile)).toEqual([]);
    expect(await client.getZonefile(hash)).toBe(zonefile);
    // One that nobody announced is refused, and the client sees that.
    await expect(client.broadcastZoneFile(`${zonefile}; more\n`)).rejects.toThrow();
  });

  test("its profile: signed by the owner, looked up through the node; another's signature is refused", async () => {
    const profile = { "@context": "http://schema.org", "@type": "Person", name: "Muneeb" };
    served = [blockstack.wrapProfileToken(blockstack.signProfileToken(profile, owner.slice(0, 64)))];
    // It knows the addresses of signers in Bitcoin's form only: its view of a test chain finds no profile on any node.
    config.network = new networks.BlockstackNetwork(serverUrl, "http://127.0.0.1:1", {} as never);
    expect(await blockstack.lookupProfile(muneeb)).toEqual(profile);
    served = [blockstack.wrapProfileToken(blockstack.signProfileToken(profile, payer.slice(0, 64)))];
    await expect(blockstack.lookupProfile(muneeb)).rejects.toThrow(/does not match/u);
    await expect(blockstack.lookupProfile(`nobody.${space}`)).rejects.toThrow("Name not found");
    config.network = client;

    // The node itself follows no URL of a stranger.
    const users = async (name: string) => (await fetch(`${serverUrl}/v1/users/${name}`)).status;
    expect([await users(muneeb), await users(`nobody.${space}`), await users("not a name")]).toEqual([501, 404, 400]);
  });

  test("a new zone file, another owner, the end of it", async () => {
    const zonefile = blockstack.makeProfileZoneFile(muneeb, `${profileUrl}?second`);
    await send(make["makeUpdate"]!(muneeb, owner, payer, zonefile));
    await client.broadcastZoneFile(zonefile);
    expect((await client.getNameInfo(muneeb))["zonefile"]).toBe(zonefile);
    if (home !== null) {
      // The command line asks that server, or nobody: what the client published is on this machine.
      const told = { code: 0, data: { name: muneeb, zonefile, level: "complete" } };
      expect(await home.run(["resolve", muneeb, "--node", serverUrl, "--require", "complete"])).toMatchObject(told);
      expect(await home.run(["resolve", muneeb, "--offline", "--require", "complete"])).toMatchObject(told);
    }

    const to = here(addressOf(payer));
    await send(make["makeTransfer"]!(muneeb, to, owner, payer, true));
    expect(await client.getNameInfo(muneeb)).toMatchObject({ address: to, zonefile });
    expect(await client.getNamesOwned(to)).toEqual([muneeb]);

    await send(make["makeRevoke"]!(muneeb, payer, creator));
    expect((await client.getNameInfo(muneeb))["status"]).toBe("revoked");
    expect(await client.getNamesOwned(to)).toEqual([]);
  });

  test("token accounts, which this chain has none of: nothing is owned", async () => {
    expect(String(await client.getAccountBalance(here(addressOf(owner)), "STACKS"))).toBe("0");
  });
});
