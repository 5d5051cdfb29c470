/** What routes of this node take from paths and queries. */
import { type Address, address } from "../../bitcoin/address.ts";
import { anyName, type Name, type SubdomainName } from "../../primitives/name.ts";
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
  parse: anyName,
  invalid: "Invalid name or subdomain",
};

export const addressParameter: Parameter<Address> = {
  parse: (text, { store }) => address(text, store.network.bitcoin),
  invalid: "Invalid address",
};
