/** Largest zone file in bytes that nodes keep (spec 09 §2; original: RPC_MAX_ZONEFILE_LEN). */
export const MAX_ZONEFILE_BYTES = 40_960;
