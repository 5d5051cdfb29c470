/** A hashed chain as makers of proofs see it, and every name that ever was on it. */
import { subjectOf } from "../../src/ops/hashed-subject.ts";
import type { NetworkId } from "../../src/primitives/hash.ts";
import { isName, type Name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { BundleRequest, HashedOperation, ProvableChain } from "../../src/verify/prove-bundle.ts";
import type { HashedChain } from "./hashed-chain.ts";

/** Lists as long as any test's chain. */
export const LIST_ALL = { blocks: 1_000_000, characters: 10_000_000 };

export interface TestChain extends ProvableChain {
  readonly names: readonly Name[];
  /** A proof of a name from the last block up to itself; portable and `placed` unless said otherwise. */
  request(name: Name, details?: Partial<BundleRequest>): BundleRequest;
}

export function provableChain(chain: HashedChain, network: NetworkId): TestChain {
  const operations: (HashedOperation & { readonly subject: string })[] = [];
  for (let height = chain.firstBlock as number; height <= chain.tip; height++) {
    for (const text of chain.operationsAt(height)) {
      const { subject } = subjectOf(text);
      if (subject !== null) operations.push({ height: blockHeight(height), text, subject });
    }
  }
  const names = [...new Set(operations.map(({ subject }) => subject))].filter(isName);
  return {
    ...chain,
    network,
    names,
    latestOn: (wanted, upTo) =>
      operations.findLast(({ subject, height }) => subject === wanted && height <= upTo) ?? null,
    zonefile: () => null,
    request: (name, details) => ({
      name,
      pin: chain.anchorAt(chain.tip),
      at: details?.pin?.height ?? chain.tip,
      level: "placed",
      attached: false,
      mostListed: LIST_ALL,
      ...details,
    }),
  };
}
