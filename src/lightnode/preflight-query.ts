/** The question of a preflight as a node is asked it. */
import type { Question } from "../rules/snapshot.ts";

/** Lists in a question, as the query of `/v2/preflight` names them. */
const LISTS = ["names", "namespaces", "preorderHashes", "owners", "nameHashes"] as const;

/** A question as the query of `/v2/preflight`. */
export function queryOf(question: Question): string {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ...LISTS.map((list) => [list, question[list]] as const),
    ["accounts", accountsOf(question)],
  ];
  return lists
    .filter(([, keys]) => keys.length > 0)
    .map(([list, keys]) => `${list}=${keys.join(",")}`)
    .join("&");
}

const accountsOf = ({ accounts = [] }: Question): string[] => accounts.map(({ type, address }) => `${type}:${address}`);

/** Do both ask for the same, in whatever order? */
export function sameQuestion(a: Question, b: Question): boolean {
  const canonical = (keys: readonly string[]): string => [...new Set(keys)].sort().join();
  return (
    LISTS.every((list) => canonical(a[list]) === canonical(b[list])) &&
    canonical(accountsOf(a)) === canonical(accountsOf(b))
  );
}
