/**
 * A subdomain, by the word of one node. No consensus hash covers it: it follows from zone files that the node holds, so it
 * is `indexed` where the node is our own, and `claimed` where it is not.
 */
import { BskError } from "../errors.ts";
import type { SubdomainName } from "../primitives/name.ts";
import type { FullSubdomain } from "./answers.ts";
import { type Standing, standingOf } from "./as-of.ts";
import type { Ways } from "./best-source.ts";
import { denial } from "./denial.ts";
import type { NodeClient } from "./node-client.ts";
import { requireTerms, type Terms } from "./terms.ts";

/**
 * @throws BskError `unproven`, rule `no-node`, where nobody may be asked; `requireTerms`; and where the node knows no such
 *   subdomain, rule `name-not-registered`: `rejected` by our own node, `unproven` by a stranger
 */
export async function findSubdomain(
  name: SubdomainName,
  { nodes }: Pick<Ways, "nodes">,
  terms: Terms,
): Promise<FullSubdomain & Standing> {
  const node = nodes.find(({ own }) => own) ?? nodes[0];
  if (node === undefined) {
    throw new BskError("unproven", `"${name}" is a subdomain, which a log of operations does not hold`, {
      rule: "no-node",
      hint: "ask a node, without --offline",
    });
  }
  const standing = await standingOf(node);
  requireTerms(standing, terms);
  const found = await node.subdomain(name, terms.at);
  if (found !== null) return { ...found, ...standing };
  throw await unknown(name, node);
}

/** The domain may name who answers for subdomains that no zone file carries yet; nobody is asked whom we do not know. */
async function unknown(name: SubdomainName, node: NodeClient): Promise<BskError> {
  const resolver = await node.resolverFor(name);
  if (resolver === null) return denial(node, "name-not-registered", `no zone file that is here carries "${name}"`);
  return new BskError("unproven", `no zone file that is here carries "${name}"`, {
    rule: "subdomain-elsewhere",
    hint: `its domain says that ${resolver} may know more; what that says is not on the chain`,
  });
}
