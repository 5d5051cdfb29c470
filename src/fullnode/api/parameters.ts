/** What routes of this node take from paths and queries. */
import { type Address, address } from "../../bitcoin/address.ts";
import { isSubdomainName, type Name, name, type SubdomainName } from "../../primitives/name.ts";
import type { Parameter } from "./route.ts";

export {
  consensusHashParameter,
  firstPageParameter,
  flagParameter,
  heightParameter,
  nameParameter,
  namespaceParameter,
  pageParameter,
  txidParameter,
  zonefileHashParameter,
} from "../../api/parameters.ts";

/** A name of the chain, or a subdomain. */
export const anyNameParameter: Parameter<Name | SubdomainName> = {
  parse: (text) => (isSubdomainName(text) ? text : name(text)),
  invalid: "Invalid name or subdomain",
};

export const addressParameter: Parameter<Address> = {
  parse: (text, { store }) => address(text, store.network.bitcoin),
  invalid: "Invalid address",
};
