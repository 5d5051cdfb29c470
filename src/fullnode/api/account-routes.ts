/** Accounts of tokens (spec 10 A2): balances, how they stand, how they came about. */
import { address } from "../../bitcoin/address.ts";
import { encodeBase58Check } from "../../encoding/base58check.ts";
import { decodeC32Address } from "../../encoding/c32check.ts";
import { ParseError } from "../../errors.ts";
import { type TokenType, tokenType } from "../../primitives/token-amount.ts";
import { type AccountAddress, type AccountRecord, balanceOf } from "../../tokens/account.ts";
import type { ApiNode } from "./api-node.ts";
import { atHeight, pastParameter } from "./at-height.ts";
import { pageAnswer, pageOf } from "../../api/page.ts";
import { firstPageParameter, heightParameter } from "./parameters.ts";
import { type ApiResponse, type Json, ok, type Parameter, refuse, route, type Route } from "./route.ts";

/** States on one page of a history. */
const STATES_PER_PAGE = 20;

/** Versions of c32 addresses and the Base58Check versions of the same scripts (original: package c32). */
const C32_VERSIONS: Readonly<Record<number, number>> = { 22: 0, 20: 5, 26: 111, 21: 196 };

/** Holders that are no address: nobody can spend for them. */
const NOT_AN_ADDRESS = /^(?:treasury|unallocated|not_distributed_[a-z0-9_]{1,40})$/u;

function parseAccount(text: string, { store }: ApiNode): AccountAddress {
  if (NOT_AN_ADDRESS.test(text)) return text;
  const { bitcoin } = store.network;
  if (!text.startsWith("S")) return address(text, bitcoin);
  const { version, hash } = decodeC32Address(text);
  const same = C32_VERSIONS[version];
  if (same === undefined) throw new ParseError(`not an address: "${text}"`);
  return address(encodeBase58Check(same, hash), bitcoin);
}

const accountParameter: Parameter<AccountAddress> = { parse: parseAccount, invalid: "Invalid address" };
const typeParameter: Parameter<TokenType> = { parse: tokenType, invalid: "Invalid token type" };

function accountJson(of: AccountRecord): Json {
  return {
    address: of.address,
    type: of.type,
    credit_value: of.credit,
    debit_value: of.debit,
    lock_transfer_block_id: of.lockTransferBlockId,
    block_id: of.blockNumber,
    vtxindex: of.vtxindex,
    txid: of.txid,
  };
}

export const UNKNOWN_ACCOUNTS = "This node does not know who holds tokens: it lacks the network's initial allocation";

/** Answers where the node knows who holds tokens. */
function known(node: ApiNode, answer: () => ApiResponse): ApiResponse {
  if (node.store.knowsAccounts) return answer();
  return refuse(404, UNKNOWN_ACCOUNTS);
}

export const accountRoutes: readonly Route[] = [
  route("/v1/accounts/:account/tokens", { account: accountParameter }, ({ node, values: { account } }) =>
    known(node, () => ok({ tokens: node.store.queries.tokenTypesOf(account) })),
  ),

  route(
    "/v1/accounts/:account/:type/balance",
    { account: accountParameter, type: typeParameter, height: pastParameter },
    ({ node, values: { account, type, height } }) =>
      known(node, () =>
        atHeight(node.store, height, (state) => {
          const found = node.store.queries.accountAt({ address: account, type }, state.height);
          return ok({ balance: found === null ? "0" : balanceOf(found).toString() });
        }),
      ),
  ),

  route(
    "/v1/accounts/:account/:type/status",
    { account: accountParameter, type: typeParameter, height: pastParameter },
    ({ node, values: { account, type, height } }) =>
      known(node, () =>
        atHeight(node.store, height, (state) => {
          const found = node.store.queries.accountAt({ address: account, type }, state.height);
          return found === null ? refuse(404, "No such account") : ok(accountJson(found));
        }),
      ),
  ),

  route(
    "/v1/accounts/:account/history",
    { account: accountParameter, page: firstPageParameter },
    ({ node, values: { account, page }, request }) =>
      known(node, () => {
        const size = STATES_PER_PAGE;
        const states = node.store.queries.accountHistory(account, pageOf(page, size));
        return pageAnswer(states.map(accountJson), { page, size, request });
      }),
  ),

  route(
    "/v1/accounts/:account/history/:block",
    { account: accountParameter, block: heightParameter },
    ({ node, values: { account, block } }) =>
      known(node, () => ok(node.store.queries.accountStatesAt(account, block).map(accountJson))),
  ),
];
