/** What the API answers after a whole chain, against the answers of the original's daemon. */
import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import type { ApiResponse } from "../../src/api/route.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { type Get, getFrom } from "../support/api-node.ts";
import { vectorFiles, type GoldenQuery, readVector, type Row } from "../support/vector.ts";

type Fields = Readonly<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** Our REST answer to a query, and what the original's RPC answer says of the same. */
type Comparison = (
  params: GoldenQuery["params"],
  golden: Fields,
  get: Get,
) => readonly [ours: unknown, theirs: unknown];

const body = ({ body: fields }: ApiResponse): Fields => fields as Fields;

/** The RPC gives a namespace's exponents as Python text, REST as numbers. */
function numbers(record: Fields): Fields {
  return typeof record["buckets"] === "string" ? { ...record, buckets: JSON.parse(record["buckets"]) } : record;
}

function numbersInHistory(history: Fields): Fields {
  const entries = Object.entries(history) as [string, Fields[]][];
  return Object.fromEntries(entries.map(([height, records]) => [height, records.map(numbers)]));
}

/** A history of whole blocks, with the rows of each block from the last to the first. */
function newestFirst(history: Fields): Fields {
  const entries = Object.entries(history) as [string, Fields[]][];
  return Object.fromEntries(entries.map(([height, records]) => [height, records.toReversed()]));
}

/** Every page of a name's history in one. */
function wholeHistory(name: string | number | undefined, get: Get): Fields {
  const pages: Record<string, Fields[]> = {};
  for (let page = 0; ; page++) {
    const answer = get(`/v1/names/${name}/history?page=${page}`);
    if (answer.status === 404) return pages;
    for (const [height, rows] of Object.entries(body(answer) as Record<string, Fields[]>)) {
      pages[height] = [...(pages[height] ?? []), ...rows];
    }
  }
}

const inChainOrder = (rows: readonly Fields[]) => rows.toSorted((a, b) => a["vtxindex"] - b["vtxindex"]);

/** The original raises where a name's namespace was not opened in time; such a name is not found here. */
const NOT_FOUND = { status: 404, body: { error: "Not found" } };

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  get_name_record: ([name], { record }, get) => {
    const answer = get(`/v1/blockchains/bitcoin/names/${name}`);
    if (record === undefined) return [answer, NOT_FOUND];
    const { grace_period: _grace, zonefile: _zonefile, last_creation_op: _created, ...ours } = body(answer);
    return [ours, record];
  },
  get_name_DID: ([name], { did }, get) => {
    const answer = get(`/v1/blockchains/bitcoin/names/${name}`);
    return answer.status === 404 ? [answer, NOT_FOUND] : [body(answer)["did"], did];
  },
  get_name_blockchain_record: ([name], { record }, get) => {
    if (record === undefined) return [get(`/v1/names/${name}`), { status: 404, body: { error: "Name expired" } }];
    return [wholeHistory(name, get), newestFirst(record.history)];
  },
  get_name_history_page: ([name, page], { history }, get) => [
    get(`/v1/names/${name}/history?page=${page}`).body,
    history,
  ],
  get_name_cost: ([name], { amount, units, error }, get) => {
    const answer = get(`/v1/prices/names/${name}`);
    if (error !== undefined) return [answer, { status: 404, body: { error } }];
    return [body(answer)["name_price"], priceOf(amount, units)];
  },
  get_namespace_cost: ([id], { amount, units, warning }, get) => [
    body(get(`/v2/prices/namespaces/${id}`)),
    { ...priceOf(amount, units), ...(warning === undefined ? {} : { warning }) },
  ],
  get_names_owned_by_address: ([owner], { names }, get) => [get(`/v1/addresses/bitcoin/${owner}`).body, { names }],
  get_namespace_blockchain_record: ([id], { record, error }, get) => {
    const answer = get(`/v1/namespaces/${id}`);
    if (error !== undefined) return [answer, { status: 404, body: { error } }];
    return [body(answer), { ...numbers(record), history: numbersInHistory(record.history) }];
  },
  get_num_names_in_namespace: ([id], { count }, get) => countOf(get(`/v1/namespaces/${id}/name_count`), count),
  get_names_in_namespace: ([id], { names }, get) => [get(`/v1/namespaces/${id}/names?page=0`).body, names],
  get_num_names: (_, { count }, get) => countOf(get("/v1/blockchains/bitcoin/name_count"), count),
  get_num_names_cumulative: (_, { count }, get) => countOf(get("/v1/blockchains/bitcoin/name_count?all=true"), count),
  get_all_names: (_, { names }, get) => [get("/v1/names?page=0").body, names],
  get_all_names_cumulative: (_, { names }, get) => [get("/v1/names?page=0&all=true").body, names],
  get_all_namespaces: (_, { namespaces }, get) => [get("/v1/namespaces").body, [...namespaces].sort()],
  // The original lists what is left of a block's preorders first, in the order of their hashes, and ten rows at most.
  get_blockstack_ops_at: ([height], { nameops }, get) => {
    const ours = get(`/v1/blockchains/bitcoin/operations/${height}`).body as Fields[];
    const theirs = inChainOrder((nameops as Fields[]).map(numbers));
    const shown = new Set(theirs.map(({ txid }) => txid));
    return [ours.length > 10 ? ours.filter(({ txid }) => shown.has(txid)) : ours, theirs];
  },
  get_consensus_at: ([height], { consensus }, get) => [
    get(`/v1/blockchains/bitcoin/consensus/${height}`).body,
    { consensus_hash: consensus },
  ],
  get_block_from_consensus: ([hash], { block_id: height }, get) => [
    get(`/v1/blockchains/bitcoin/consensus-block/${hash}`).body,
    { block_height: height },
  ],
  get_account_balance: ([holder, type], { balance }, get) => [
    get(`/v1/accounts/${holder}/${type}/balance`).body,
    { balance: String(balance) },
  ],
  get_account_history: ([holder, page], { history }, get) => [
    withoutVestingTxid(get(`/v1/accounts/${holder}/history?page=${page}`).body as Fields[]),
    withoutVestingTxid(history),
  ],
  get_account_tokens: ([holder], { token_types: tokens }, get) => [
    get(`/v1/accounts/${holder}/tokens`).body,
    { tokens },
  ],
};

const priceOf = (amount: number, units: string) => ({
  amount: String(amount),
  units,
  ...(units === "BTC" ? { satoshis: amount } : {}),
});

/** How the original made what stands for the transaction of something vested is not known. */
const withoutVestingTxid = (states: readonly Fields[]) =>
  states.map((state) => (state["vtxindex"] === 0 && state["block_id"] !== 688 ? { ...state, txid: null } : state));

const countOf = ({ body: ours }: ApiResponse, count: number) => [ours, { names_count: count }] as const;

/** The original has no REST route for these. */
const WITHOUT_ROUTE = new Set([
  "get_historic_name_at", "get_name_at", "get_historic_names_by_address", "get_num_historic_names_by_address",
  "get_DID_record", "get_num_blockstack_ops_at", "get_blockstack_ops_hash_at",
]); // prettier-ignore

describe("answers", () => {
  test.each(vectorFiles())("$name", async (file) => {
    const { queries, expected } = readVector(file);
    const opened = await readReplayFile(file.path);
    const store = NodeStore.open(":memory:", opened.network);
    for await (const _ of replayFile(opened, store));
    const get = getFrom(store);

    const compared = queries.rpc.filter(({ method }) => !WITHOUT_ROUTE.has(method));
    for (const { method, params, result } of compared) {
      const pair = COMPARISONS[method]!(params, result as Fields, get);
      expect({ method, params, answer: pair[0] }).toEqual({ method, params, answer: pair[1] });
    }
    expect(compared.length).toBeGreaterThan(0);

    for (const { height, accepted, rejected } of expected) {
      for (const { txid } of accepted) {
        expect(txOf(get, txid)).toMatchObject({ status: "accepted", block_height: height });
      }
      for (const { txid } of rejected) expect(["rejected", "ignored"]).toContain(txOf(get, txid)["status"]);
    }
    store.close();
  });
});

function txOf(get: Get, txid: string): Row {
  return body(get(`/v1/blockchains/bitcoin/transactions/${txid}`))["tx"] as Row;
}
