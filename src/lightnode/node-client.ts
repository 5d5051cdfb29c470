/** One bsk node, asked over HTTP. It may be a stranger: what it says is parsed strictly, and checked where it can be. */
import { Buffer } from "node:buffer";
import type { Address } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import { equalBytes, fromHex } from "../primitives/bytes.ts";
import { hash160 } from "../primitives/digest.ts";
import {
  type BlockHash,
  type ConsensusHash,
  type NetworkId,
  type Txid,
  type ZonefileHash,
  zonefileHash,
} from "../primitives/hash.ts";
import type { Name, NamespaceId, SubdomainName } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { WalkProof } from "../verify/name-walk.ts";
import type { ProofBundle, ProofLevel } from "../verify/bundle.ts";
import type { AncestryProof } from "../verify/ancestry.ts";
import type { NameAnswer } from "../verify/answer.ts";
import type { Question, Snapshot } from "../rules/snapshot.ts";
import type {
  FullName,
  FullNamespace,
  FullSubdomain,
  HistoryEntry,
  Judgement,
  NameStatus,
  NodeInfo,
  PriceAnswer,
} from "./answers.ts";
import { MAX_ZONEFILE_BYTES } from "../zonefile/size.ts";
import { type JsonAnswer, nodeTransport, type NodeTransport } from "./http-transport.ts";
import { queryOf, sameQuestion } from "./preflight-query.ts";
import {
  readConsensusHash,
  readHistory,
  readKept,
  readName,
  readNames,
  readNamespace,
  readNamespacePrice,
  readNamePrice,
  readNameStatus,
  readRefusal,
  readTransaction,
} from "./wire.ts";
import { readOperationTexts, readWalk } from "./wire-hashes.ts";
import { readInfo } from "./wire-info.ts";
import { readResolver, readSubdomain } from "./wire-subdomain.ts";

export interface WantedProof {
  readonly level: ProofLevel;
  readonly at?: number | undefined;
  readonly pin?: number | undefined;
}

export type GivenProof =
  { readonly kind: "given"; readonly bundle: ProofBundle } | { readonly kind: "none"; readonly because: string };

export interface NodeOptions {
  readonly url: string;
  /** Runs under the user's own control: it listens on loopback, or the user said so. */
  readonly own: boolean;
  /** Never through the proxy of the environment; default: as `own`. */
  readonly direct?: boolean;
  /** Proxy to go through, see `parseSocksProxy`. */
  readonly socks?: string | undefined;
  /** For one answer; default 20 s. */
  readonly timeoutMs?: number;
}

/**
 * Every method but `info`, `tip`, `answer` and `ancestry` throws a `BskError` `usage` (rule `wrong-network`) if the node follows another network.
 * All throw `machine` for outages and for answers that cannot be read, see `NodeTransport`.
 */
export interface NodeClient {
  readonly url: string;
  readonly own: boolean;
  info(): Promise<NodeInfo>;
  /** Height of the last indexed block; the one before the network's first where there is none. */
  tip(): Promise<{ readonly networkId: NetworkId; readonly height: number }>;
  /** null above the node's tip. */
  consensusHashAt(height: number): Promise<ConsensusHash | null>;
  name(name: Name): Promise<NameStatus>;
  /** null where the name was never registered. `at`: as it stood after an earlier block. */
  record(name: Name, at?: BlockHeight): Promise<FullName | null>;
  /**
   * null where no zone file that it holds carries the subdomain, or no record of it counts. `at`: as for `record`.
   * @throws BskError `refuted`, rule `zonefile-hash`
   */
  subdomain(name: SubdomainName, at?: BlockHeight): Promise<FullSubdomain | null>;
  /** Who answers for subdomains of a domain that the node does not hold, by the domain's word; null where nobody is named. */
  resolverFor(name: SubdomainName): Promise<string | null>;
  /** All operations on a name, oldest first; empty where there is none. */
  history(name: Name): Promise<readonly HistoryEntry[]>;
  /** null where it is not there, or was revealed and lapsed. */
  namespace(id: NamespaceId): Promise<FullNamespace | null>;
  /** Names that the address owns now. */
  namesOf(address: Address): Promise<readonly Name[]>;
  namePrice(name: Name): Promise<PriceAnswer>;
  namespacePrice(id: NamespaceId): Promise<PriceAnswer>;
  /** null where the node does not hold it. @throws BskError `refuted` where the bytes do not have this hash. */
  zonefile(hash: ZonefileHash): Promise<Uint8Array | null>;
  /**
   * A proof of the last operation on a name up to a height, from the block of a pin. It is read, not verified.
   * `none`: the node knows of no operation, or not the pin's block, or of no proof that is small enough.
   */
  proof(name: Name, wanted: WantedProof): Promise<GivenProof>;
  /** Hashes from a block down to an earlier one, not verified; null where the node does not have both. */
  walk(to: number, from: number): Promise<WalkProof | null>;
  /** Hashes of every block from one down to an earlier one (verify/reach.ts), not verified; null as for `walk`. */
  stretch(to: number, from: number): Promise<WalkProof | null>;
  /** The texts that were hashed of a block, not verified; null above the node's tip. */
  operationTexts(height: number): Promise<readonly string[] | null>;
  /**
   * What it says of a name up to the block of a pin (its last one, if left out), in one request. It is read, not verified,
   * and names its network itself.
   */
  answer(name: Name, pin?: number): Promise<NameAnswer>;
  /** A proof that one operation's block comes before another's, read and not verified; null where it gives none. */
  ancestry(later: Txid, earlier: Txid): Promise<AncestryProof | null>;
  /** Hands in a zone file. @throws BskError `rejected`, rule `zonefile-not-announced`; `usage` if it is too large. */
  putZonefile(bytes: Uint8Array): Promise<void>;
  /** The state that an operation will be judged by. @throws BskError `refuted` where it answers another question. */
  preflight(question: Question): Promise<Snapshot>;
  /**
   * What became of a confirmed operation. `minedAt`: height of its block, by the chain. Without it, a transaction of which
   * the node knows nothing counts as not indexed. `inBlock`: that block; a node on another branch has not indexed it.
   */
  verdict(txid: Txid, minedAt?: BlockHeight, inBlock?: BlockHash): Promise<Judgement["kind"]>;
  /** The same, with the node's reason. */
  judgement(txid: Txid, minedAt?: BlockHeight, inBlock?: BlockHash): Promise<Judgement>;
}

const TIMEOUT_MS = 20_000;
const PER_PAGE = 20;
/** Of the lists that clients of the original know without pages. */
const NAMES_PER_PAGE = 1000;
/** Nobody owns more names than these pages hold. */
const MAX_NAME_PAGES = 200;
/** A name with more operations than this many pages hold was made to exhaust us. */
const MAX_PAGES = 1000;

/** A client for one node; nothing is sent before the first call. @throws BskError `usage` on a bad URL. */
export function nodeClient(options: NodeOptions, network: Network): NodeClient {
  const { url, own, direct = own, socks, timeoutMs = TIMEOUT_MS } = options;
  const transport = nodeTransport({ url, direct, socks, timeoutMs });
  const { bitcoin } = network;

  let checked: Promise<void> | null = null;
  const info = (): Promise<NodeInfo> => {
    const told = transport.get("/v2/info").then((answer) => expect(transport, answer, readInfo));
    // The first answer also tells which network the node follows; an outage is not remembered.
    if (checked === null) {
      checked = told.then(({ networkId, networkName }) => {
        if (networkId !== network.id) throw wrongNetwork(transport, network, networkId, networkName);
      });
      checked.catch(() => (checked = null));
    }
    return told;
  };
  const sameNetwork = async (): Promise<void> => {
    if (checked === null) info().catch(() => undefined); // told by `checked`, which it has set
    await checked;
  };
  const get = async (path: string): Promise<JsonAnswer> => {
    await sameNetwork();
    return transport.get(path);
  };
  const getUnless404 = async <T>(path: string, parse: (value: unknown) => T): Promise<T | null> => {
    const answer = await get(path);
    return answer.status === 404 ? null : expect(transport, answer, parse);
  };
  const price = async (path: string, parse: (value: unknown) => PriceAnswer): Promise<PriceAnswer> => {
    const answer = await get(path);
    if (answer.status === 404) return { kind: "no-price", because: readRefusal(answer.value) };
    return expect(transport, answer, parse);
  };

  const judgement: NodeClient["judgement"] = async (txid, minedAt, inBlock) => {
    const at = minedAt === undefined ? "" : `?height=${minedAt}`;
    const answer = await get(`/v1/blockchains/bitcoin/transactions/${txid}${at}`);
    const { tx, lastHeight, blockHash } = expect(transport, answer, readTransaction);
    if (inBlock !== undefined && blockHash !== inBlock) return { kind: "not-indexed" };
    if (tx.status === "accepted") return { kind: "accepted", height: tx.block_height, opcode: tx.op };
    if (tx.status === "rejected") return { kind: "ignored", reason: { rule: tx.rule, because: tx.because } };
    const indexed = minedAt !== undefined && lastHeight !== null && lastHeight >= minedAt;
    if (!indexed) return { kind: "not-indexed" };
    const { rule, because } = tx;
    return { kind: "ignored", reason: rule === undefined || because === undefined ? null : { rule, because } };
  };

  return {
    url: transport.url,
    own,
    info,
    tip: async () => {
      const { networkId, tip, firstBlock } = await info();
      return { networkId, height: tip?.height ?? firstBlock - 1 };
    },
    consensusHashAt: async (height) =>
      expect(transport, await get(`/v1/blockchains/bitcoin/consensus/${height}`), readConsensusHash),
    name: async (name) => {
      const answer = await get(`/v1/names/${name}`);
      if (answer.status === 404) return { kind: readRefusal(answer.value) === "" ? "available" : "expired" };
      return expect(transport, answer, (value) => readNameStatus(value, bitcoin));
    },
    record: (name, at) => {
      const past = at === undefined ? "" : `?height=${at}`;
      return getUnless404(`/v1/blockchains/bitcoin/names/${name}${past}`, (value) => readName(value, name, bitcoin));
    },
    subdomain: async (name, at) => {
      const past = at === undefined ? "" : `?height=${at}`;
      const found = await getUnless404(`/v1/blockchains/bitcoin/names/${name}${past}`, (value) =>
        readSubdomain(value, name),
      );
      if (found !== null && !equalBytes(hash160(found.zonefile), fromHex(found.zonefileHash))) {
        throw new BskError("refuted", `${transport.description} gave "${name}" a zone file that is not its own`, {
          rule: "zonefile-hash",
        });
      }
      return found;
    },
    resolverFor: async (name) => readResolver((await get(`/v1/names/${name}`)).value),
    history: async (name) => {
      const found = new Map<string, HistoryEntry>();
      for (let page = 0; page < MAX_PAGES; page++) {
        const entries = await getUnless404(`/v1/names/${name}/history?page=${page}`, (value) =>
          readHistory(value, bitcoin),
        );
        for (const entry of entries ?? []) found.set(`${entry.txid} ${entry.opcode}`, entry);
        if (entries === null || entries.length < PER_PAGE) break;
      }
      return [...found.values()].sort((a, b) => a.height - b.height || a.vtxindex - b.vtxindex);
    },
    namespace: (id) => getUnless404(`/v1/namespaces/${id}`, (value) => readNamespace(value, id, bitcoin)),
    namesOf: async (address) => {
      const found = new Set<Name>();
      for (let page = 0; page < MAX_NAME_PAGES; page++) {
        const answer = await get(`/v1/addresses/bitcoin/${address}${page === 0 ? "" : `?page=${page}`}`);
        const { names, rows } = expect(transport, answer, readNames);
        const before = found.size;
        for (const name of names) found.add(name);
        if (rows < NAMES_PER_PAGE || found.size === before) return [...found];
      }
      throw new BskError("machine", `${transport.description} lists names of "${address}" without end`, {
        rule: "answer-too-large",
      });
    },
    namePrice: (name) => price(`/v1/prices/names/${name}`, readNamePrice),
    namespacePrice: (id) => price(`/v1/prices/namespaces/${id}`, readNamespacePrice),
    zonefile: async (hash) => {
      await sameNetwork();
      const { status, bytes } = await transport.getBytes(`/v1/zonefiles/${hash}`, MAX_ZONEFILE_BYTES);
      if (status === 404) return null;
      if (status !== 200) throw unexpected(transport, status, "");
      if (equalBytes(hash160(bytes), fromHex(hash))) return bytes;
      throw new BskError("refuted", `${transport.description} gave a zone file that does not have the hash "${hash}"`, {
        rule: "zonefile-hash",
        hint: `what it gave has the hash ${zonefileHash.of(hash160(bytes))}; ask another node`,
      });
    },
    proof: async (name, { level, at, pin }) => {
      const query = Object.entries({ at, pin }).flatMap(([key, height]) =>
        height === undefined ? [] : [`&${key}=${height}`],
      );
      const { LONGEST_BUNDLE, readBundle } = await import("../verify/bundle-file.ts");
      const path = `/v2/proofs/${name}?level=${level}${query.join("")}`;
      const { status, bytes } = await transport.getBytes(path, LONGEST_BUNDLE);
      const text = new TextDecoder().decode(bytes);
      if (status === 404) return { kind: "none", because: refusalIn(text) };
      if (status !== 200) throw unexpected(transport, status, "");
      const bundle = transport.understand(() => readBundle(text));
      // It says itself of which network it is: nothing has to be asked before.
      if (bundle.network !== network.id) throw wrongNetwork(transport, network, bundle.network, "another");
      return { kind: "given", bundle };
    },
    walk: (to, from) => getUnless404(`/v2/walks/${to}?pin=${from}`, readWalk),
    stretch: (to, from) => getUnless404(`/v2/stretches/${to}?pin=${from}`, readWalk),
    operationTexts: (height) => getUnless404(`/v2/operations/${height}`, readOperationTexts),
    answer: async (name, pin) => {
      const { LONGEST_ANSWER, readAnswer } = await import("../verify/answer-file.ts");
      const path = `/v2/answers/${name}${pin === undefined ? "" : `?pin=${pin}`}`;
      const { status, text } = await transport.getText(path, LONGEST_ANSWER);
      if (status !== 200) throw unexpected(transport, status, "");
      return transport.understand(() => readAnswer(text));
    },
    ancestry: async (later, earlier) => {
      const { LONGEST_ANCESTRY, readAncestry } = await import("../verify/answer-file.ts");
      const { status, text } = await transport.getText(`/v2/ancestry/${later}/${earlier}`, LONGEST_ANCESTRY);
      if (status === 404) return null;
      if (status !== 200) throw unexpected(transport, status, "");
      return transport.understand(() => readAncestry(text));
    },
    putZonefile: async (bytes) => {
      await sameNetwork();
      const { status, value } = await transport.post("/v1/zonefile", {
        zonefile_b64: Buffer.from(bytes).toString("base64"),
      });
      if (status === 200) {
        const kept = transport.understand(() => readKept(value));
        if (kept === null || kept === zonefileHash.of(hash160(bytes))) return;
        throw new BskError("refuted", `${transport.description} kept another zone file than it was given: "${kept}"`);
      }
      if (status === 404) {
        throw new BskError("rejected", `${transport.description} does not take the zone file: ${readRefusal(value)}`, {
          rule: "zonefile-not-announced",
          hint: "a node takes a zone file once it has indexed an operation with its hash",
        });
      }
      if (status === 413) throw new BskError("usage", `the zone file is too large: ${bytes.length} bytes`);
      throw unexpected(transport, status, readRefusal(value));
    },
    preflight: async (question) => {
      const answer = await get(`/v2/preflight?${queryOf(question)}`);
      const { parseSnapshot } = await import("../rules/snapshot-codec.ts");
      const snapshot = expect(transport, answer, (value) => parseSnapshot(value, network));
      if (sameQuestion(snapshot.question, question)) return snapshot;
      throw new BskError("refuted", `${transport.description} answered another question than it was asked`);
    },
    judgement,
    verdict: async (...of) => (await judgement(...of)).kind,
  };
}

/** The value of an answer with status 200. */
function expect<T>(transport: NodeTransport, { status, value }: JsonAnswer, parse: (value: unknown) => T): T {
  if (status !== 200) throw unexpected(transport, status, readRefusal(value));
  return transport.understand(() => parse(value));
}

/** Why a node refused; "" where it gave no words. */
function refusalIn(text: string): string {
  try {
    return readRefusal(JSON.parse(text));
  } catch {
    return "";
  }
}

function unexpected({ description }: NodeTransport, status: number, because: string): BskError {
  return new BskError(
    "machine",
    `${description} refused with status ${status}${because === "" ? "" : `: ${because}`}`,
    {
      rule: "node-refused",
    },
  );
}

function wrongNetwork(
  { description }: NodeTransport,
  { name, id }: Network,
  theirs: NetworkId,
  theirName: string,
): BskError {
  return new BskError("usage", `${description} follows another network than "${name}": "${theirName}"`, {
    rule: "wrong-network",
    hint: `its network id is ${theirs}, ours is ${id}; choose with --network or --node`,
  });
}
