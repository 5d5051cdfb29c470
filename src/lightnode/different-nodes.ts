/** A node under several names counts once: that it agrees with itself says nothing. */
import { isLoopback } from "../chain/loopback.ts";

/** The addresses of a host name; empty where nobody knows any. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export interface DifferentNodes<N> {
  /** The first of each machine, in the order given. */
  readonly nodes: readonly [N, ...N[]];
  /** URLs that lead to a machine that is among them already. */
  readonly doubles: readonly { readonly url: string; readonly of: string }[];
}

/**
 * Two URLs with one address lead to one machine, whatever their ports and paths. Only on this machine itself ports count:
 * several nodes on it are a trial. `lookup` null: names are not to be looked up (a proxy does that), and only equal ones are
 * one machine.
 */
export async function differentNodes<N extends { readonly url: string }>(
  given: readonly [N, ...N[]],
  lookup: Lookup | null,
): Promise<DifferentNodes<N>> {
  const machines = await Promise.all(given.map(({ url }) => machinesOf(new URL(url), lookup)));
  const nodes: N[] = [];
  const doubles: { url: string; of: string }[] = [];
  const known = new Map<string, string>();
  for (const [i, node] of given.entries()) {
    const own = machines[i] ?? [];
    const of = own.map((machine) => known.get(machine)).find((url) => url !== undefined);
    for (const machine of own) if (!known.has(machine)) known.set(machine, of ?? node.url);
    if (of === undefined) nodes.push(node);
    else doubles.push({ url: node.url, of });
  }
  const [first = given[0], ...rest] = nodes;
  return { nodes: [first, ...rest], doubles };
}

async function machinesOf({ hostname, port, protocol }: URL, lookup: Lookup | null): Promise<readonly string[]> {
  const host = hostname.replace(/^\[|\]$/gu, "").toLowerCase();
  const hosts = isLoopback(hostname) || lookup === null ? [host] : [host, ...(await lookup(host))];
  const here = (each: string): boolean => isLoopback(each) || each === "::1";
  return hosts.map((each) => (here(each) ? `here:${port === "" ? protocol : port}` : each));
}
