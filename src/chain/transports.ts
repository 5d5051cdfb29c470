/**
 * Several sources as one: the first answers questions, all of them carry transactions, and a transaction counts as sent
 * when one of them shows it.
 */
import { BskError } from "../errors.ts";
import type { Txid } from "../primitives/hash.ts";
import type { CoinSource, MempoolSample } from "./source.ts";
import { txidOfRaw } from "./raw-transaction.ts";

export interface TransportsOptions {
  /** Told of a transport that did not take a transaction which another took. */
  readonly warn: (text: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
}

/** How long a source may take to show what it took: servers in front of several nodes lag. */
const LOOKS_MS = [0, 250, 500, 1000, 2000, 4000];

/** `others`: asked only for what the first cannot give, and to carry transactions. */
export function transports(
  first: CoinSource,
  others: readonly CoinSource[],
  { warn, sleep }: TransportsOptions,
): CoinSource {
  const all = [first, ...others];

  const told = new Set<string>();
  const warnOnce = (text: string): void => {
    if (!told.has(text)) warn(text);
    told.add(text);
  };

  /** What the first of the others says that has an answer and can be asked. */
  const firstThat = async <T>(ask: (source: CoinSource) => Promise<T | null>): Promise<T | null> => {
    for (const source of others) {
      try {
        const answer = await ask(source);
        if (answer !== null) return answer;
      } catch (error) {
        warnOnce(messageOf(error));
      }
    }
    return null;
  };

  return {
    ...first,
    feeRate: async (target) => (await first.feeRate(target)) ?? firstThat((source) => source.feeRate(target)),
    rawTransaction: async (txid) =>
      (await first.rawTransaction(txid)) ?? firstThat((source) => source.rawTransaction(txid)),
    testAccept: async (raw) => (await first.testAccept(raw)) ?? firstThat((source) => source.testAccept(raw)),
    mempool: async (paying, most): Promise<MempoolSample | null> =>
      (await first.mempool(paying, most)) ?? firstThat((source) => source.mempool(paying, most)),
    broadcast: async (raw) => {
      const txid = txidOfRaw(raw);
      const outcomes = await Promise.allSettled(all.map((source) => source.broadcast(raw)));
      const took = all.filter((_, i) => outcomes[i]?.status === "fulfilled");
      const refusals = all.flatMap((source, i) => {
        const outcome = outcomes[i];
        return outcome?.status === "rejected" ? [{ source, error: outcome.reason as unknown }] : [];
      });
      if (took.length === 0) throw refusedByAll(refusals);
      const showing = await whoShows(txid, took, sleep);
      if (showing.length === 0) throw unseen(txid, took);
      for (const { source, error } of refusals)
        warn(`${source.description} did not take the transaction, another one did: ${messageOf(error)}`);
      for (const source of took.filter((each) => !showing.includes(each)))
        warn(`${source.description} took the transaction and does not show it: do not rely on this server`);
      return txid;
    },
  };
}

/** Those that show the transaction: asked until one does, and one look more for the others. */
async function whoShows(
  txid: Txid,
  took: readonly CoinSource[],
  sleep: TransportsOptions["sleep"],
): Promise<readonly CoinSource[]> {
  for (const ms of LOOKS_MS) {
    await sleep(ms);
    const showing = await showingNow(txid, took);
    if (showing.length === took.length) return showing;
    if (showing.length === 0) continue;
    await sleep(ms + 250);
    return showingNow(txid, took);
  }
  return [];
}

async function showingNow(txid: Txid, took: readonly CoinSource[]): Promise<readonly CoinSource[]> {
  const statuses = await Promise.allSettled(took.map((source) => source.transactionStatus(txid)));
  return took.filter((_, i) => {
    const status = statuses[i];
    return status?.status === "fulfilled" && status.value.kind !== "unknown";
  });
}

function refusedByAll(refusals: readonly { readonly source: CoinSource; readonly error: unknown }[]): unknown {
  const [only] = refusals;
  if (refusals.length === 1 && only !== undefined) return only.error;
  const reasons = refusals.map(({ source, error }) => `${source.description}: ${messageOf(error)}`);
  // An outage may pass; where all of them answered, the transaction itself is refused.
  const kind = refusals.every(({ error }) => error instanceof BskError && error.kind === "rejected")
    ? "rejected"
    : "machine";
  return new BskError(kind, `nobody took the transaction: ${reasons.join("; ")}`, {
    rule: kind === "rejected" ? "broadcast-refused" : "unreachable",
    cause: only?.error,
  });
}

function unseen(txid: Txid, took: readonly CoinSource[]): BskError {
  const who = took.map(({ description }) => description).join(" and ");
  return new BskError("machine", `taken by ${who}, but shown by none: ${txid}`, {
    rule: "broadcast-unseen",
    hint: "it may be on its way or not: the same command asks again and goes on; name another server with --esplora URL",
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
