/**
 * How long a program waits for `bsk light serve` to resolve a name that nobody has asked it for yet: over HTTP, one request
 * after another, out of a log on disk with half a million operations, with the zone file.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { p2pkhAddress, scriptOf } from "../../src/bitcoin/address.ts";
import { openLightDirectory } from "../../src/lightnode/light-directory.ts";
import { syncLight } from "../../src/lightnode/light-sync.ts";
import type { Pin } from "../../src/lightnode/pin.ts";
import { openPinBook } from "../../src/lightnode/pin-book.ts";
import { LightServer } from "../../src/lightnode/serve/light-server.ts";
import { ZonefileFetcher } from "../../src/lightnode/serve/zonefile-fetcher.ts";
import type { TileSource } from "../../src/lightnode/tile-source.ts";
import { ZONEFILES, zonefilesIn } from "../../src/lightnode/zonefile-store.ts";
import { fromLatin1, fromUtf8 } from "../../src/primitives/bytes.ts";
import { hash160, sha256d } from "../../src/primitives/digest.ts";
import type { opsHash } from "../../src/primitives/hash.ts";
import { txidOf, type ZonefileHash, zonefileHash } from "../../src/primitives/hash.ts";
import { type Name, name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { BUILT_IN, networkOf } from "../../src/protocol/network-definition.ts";
import { canonicalText } from "../../src/ops/canonical.ts";
import type { NamespaceRecord, NameRecord } from "../../src/ops/record.ts";
import { startLog } from "../../src/verify/op-log.ts";
import { encodeLogTile, encodeSpineTile } from "../../src/verify/tile.ts";
import { tileRanges } from "../../src/verify/tile-index.ts";
import type { Benchmark } from "./benchmark.ts";
import { SeededRandom } from "./random.ts";

/** Blocks, names that are registered in each of them, and names that are asked for. Each name is updated once. */
const SIZES = {
  tiny: { blocks: 300, births: 2, asked: 40 },
  full: { blocks: 25_000, births: 10, asked: 4000 },
} as const;

const definition = BUILT_IN.find(({ name: called }) => called === "regtest");
if (definition === undefined) throw new Error("regtest is built in");
const NETWORK = networkOf(definition);
const FIRST = NETWORK.firstBlock;

const zonefileOf = (of: Name): Uint8Array =>
  fromUtf8(`$ORIGIN ${of}\n$TTL 3600\n_http URI 10 1 "https://example.org/${of}"\n`);
const hashOf = (of: Name): ZonefileHash => zonefileHash.of(hash160(zonefileOf(of)));
const nameAt = (height: number, i: number): Name => name(`name-${height}-${i}.test`);
const txid = (text: string) => txidOf(sha256d(fromLatin1(text)));

const owner = (seed: number) => p2pkhAddress(hash160(fromLatin1(`owner ${seed}`)), NETWORK.bitcoin);

function namespaceText(): string {
  const [address, height] = [owner(0), blockHeight(FIRST)];
  const script = scriptOf(address, NETWORK.bitcoin);
  const namespace: NamespaceRecord = {
    namespaceId: "test" as NamespaceRecord["namespaceId"],
    preorderHash: hashOf(name("a.test")) as string as NamespaceRecord["preorderHash"],
    sender: script,
    senderPubkey: null,
    address,
    recipient: script,
    recipientAddress: address,
    blockNumber: height,
    revealBlock: height,
    readyBlock: height,
    op: "!",
    opcode: "NAMESPACE_READY",
    txid: txid("namespace"),
    vtxindex: 1,
    opFee: 0,
    version: 1,
    lifetime: 0xffff_ffff,
    coeff: 4,
    base: 4,
    buckets: Array<number>(16).fill(2),
    nonalphaDiscount: 2,
    noVowelDiscount: 5,
  };
  return canonicalText({ kind: "NAMESPACE_READY", namespace }) ?? "";
}

/** The registration of a name, or its renewal with its zone file. */
function nameText(of: Name, at: number, i: number, renewed: boolean): string {
  const height = blockHeight(at);
  // One name in ten is of somebody who has ten of them.
  const [, born, place] = of.split(/[-.]/u);
  const address = owner(place === "0" ? Math.floor(Number(born) / 10) : Number(`${born ?? ""}${place ?? ""}`) + 1e6);
  const record: NameRecord = {
    name: of,
    sender: scriptOf(address, NETWORK.bitcoin),
    address,
    senderPubkey: null,
    blockNumber: height,
    preorderBlockNumber: height,
    namespaceBlockNumber: height,
    firstRegistered: height,
    lastRenewed: height,
    revoked: false,
    valueHash: renewed ? hashOf(of) : null,
    op: renewed ? "::" : ":",
    opcode: renewed ? "NAME_RENEWAL" : "NAME_REGISTRATION",
    txid: txid(`${of} ${renewed}`),
    vtxindex: i,
    opFee: 6400,
    importer: null,
    importerAddress: null,
    consensusHash: null,
    preorderHash: null,
    lastCreationOp: "?",
    lastUpdateConsensusHash: null,
  };
  return canonicalText({ kind: "NAME_RENEWAL", name: record }) ?? "";
}

/** A source of the tiles of a chain that is made as it is hashed. */
function builtTiles(blocks: number, births: number): { readonly source: TileSource; readonly pin: Pin } {
  const log = startLog(FIRST);
  const texts: string[][] = [];
  for (let at = FIRST; at < FIRST + blocks; at++) {
    const born = at > FIRST && at < FIRST + blocks - 1;
    const grown = at > FIRST + 1;
    const ofBlock = at === FIRST ? [namespaceText()] : [];
    for (let i = 0; i < births; i++) {
      if (born) ofBlock.push(nameText(nameAt(at, i), at, 2 * i + 1, false));
      if (grown) ofBlock.push(nameText(nameAt(at - 1, i), at, 2 * i + 2, true));
    }
    texts.push(ofBlock);
    log.append(ofBlock);
  }
  const height = FIRST + blocks - 1;
  const { spine } = log;
  const ranges = tileRanges(FIRST, height);
  const ofRange = <T>(first: number, last: number, at: (height: number) => T): T[] =>
    Array.from({ length: last - first + 1 }, (_, i) => at(first + i));
  const source: TileSource = {
    description: "the tiles of the benchmark",
    index: () =>
      Promise.resolve({
        network: NETWORK.id,
        firstBlock: FIRST,
        height,
        formats: ["spine", "oplog"],
        consensusHashes: ranges.map(({ last }) => spine.consensusHashAt(last)),
      }),
    tile: (format, first, last) =>
      Promise.resolve(
        format === "spine"
          ? encodeSpineTile({
              first,
              opsHashes: ofRange(first, last, (at) =>
                (texts[at - FIRST] ?? []).length === 0 ? null : bytesOf(spine.opsHashAt(at)),
              ),
            })
          : encodeLogTile({ first, blocks: ofRange(first, last, (at) => texts[at - FIRST] ?? []) }),
      ),
  };
  const pin: Pin = {
    network: NETWORK.id,
    height: blockHeight(height),
    consensusHash: spine.consensusHashAt(height),
    source: { kind: "hand" },
    since: "2026-01-01T00:00:00.000Z",
  };
  return { source, pin };
}

const bytesOf = (hash: ReturnType<typeof opsHash>): Uint8Array => Uint8Array.from(Buffer.from(hash, "hex"));

/** Milliseconds until the whole answer is there. */
function ask(agent: Agent, url: string): Promise<number> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => {
        const took = performance.now() - start;
        const isRight = response.statusCode === 200 && body.includes('"zonefile":"$ORIGIN');
        if (isRight) resolve(took);
        else reject(new Error(`the server answered ${response.statusCode ?? 0}: ${body.slice(0, 200)}`));
      });
    }).on("error", reject);
  });
}

async function latencies(size: "tiny" | "full"): Promise<readonly number[]> {
  const { blocks, births, asked } = SIZES[size];
  const directory = mkdtempSync(join(tmpdir(), "bsk-bench-light-"));
  try {
    const { source, pin } = builtTiles(blocks, births);
    await syncLight({ directory, network: NETWORK, pin, sources: [source], signal: new AbortController().signal });
    const random = new SeededRandom(7);
    const names = Array.from({ length: asked }, () =>
      nameAt(FIRST + 1 + random.below(blocks - 2), random.below(births)),
    );
    const zonefiles = zonefilesIn(join(directory, ZONEFILES));
    for (const each of names) zonefiles.put(hashOf(each), zonefileOf(each));
    const store = {
      path: "",
      read: () => Promise.resolve(null),
      write: () => Promise.resolve(),
      exclusively: <T>(work: () => Promise<T>) => work(),
    };
    const server = new LightServer({
      network: NETWORK,
      version: "bench",
      openLight: () => openLightDirectory(directory, NETWORK),
      openPins: () => openPinBook(store, NETWORK.id, () => new Date(0)),
      sync: () => Promise.resolve(),
      nodes: [],
      zonefiles: new ZonefileFetcher(zonefiles, [], () => 0),
      log: ({ event, fields }) => {
        throw new Error(`${event}: ${JSON.stringify(fields)}`);
      },
    });
    const api = await server.listen({ host: "127.0.0.1", port: 0 });
    const agent = new Agent({ keepAlive: true });
    try {
      // Warm: it has answered before, for other names.
      for (const each of names.slice(0, asked / 10)) await ask(agent, `${api.url}/v1/names/${each}`);
      const took: number[] = [];
      for (const each of names.slice(asked / 10)) took.push(await ask(agent, `${api.url}/v1/names/${each}`));
      return took.sort((a, b) => a - b);
    } finally {
      agent.destroy();
      await api.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const measured = new Map<"tiny" | "full", Promise<readonly number[]>>();

function percentile(called: string, part: number): Benchmark {
  return {
    name: called,
    unit: "ms",
    aim: null,
    async measure(size) {
      const running = measured.get(size) ?? latencies(size);
      measured.set(size, running);
      const sorted = await running;
      return { value: sorted[Math.floor(sorted.length * part)] ?? Infinity, limit: null };
    },
  };
}

/** The median. */
export const lightServeResolve = percentile("light-serve-resolve-ms", 0.5);
/** What one of a hundred waits at least. */
export const lightServeResolveSlow = percentile("light-serve-resolve-p99-ms", 0.99);
