import type { Address } from "../bitcoin/address.ts";
import type { NamespaceRecord, NameRecord, PreorderRecord } from "../ops/record.ts";
import type { PreorderHash } from "../primitives/hash.ts";
import type { NamespaceId } from "../primitives/name.ts";
import type { AccountRecord } from "../tokens/account.ts";

/** What one block did to the rows: written as one unit, undone as one unit. */
export interface Changes {
  /** New values of changed names, one per name. */
  readonly names: readonly NameRecord[];
  readonly namespaces: readonly NamespaceRecord[];
  /** Preorders opened in this block and still open at its end. */
  readonly openedPreorders: readonly PreorderRecord[];
  /** Hashes whose earlier rows a registration or reveal consumed (all rows with that hash). */
  readonly consumedPreorders: readonly PreorderHash[];
  /** Import key rings that this block fixed. */
  readonly importKeys: readonly { readonly namespaceId: NamespaceId; readonly addresses: readonly Address[] }[];
  /** Every state that an account of tokens was in, in the order of the block; absent: none. */
  readonly accounts?: readonly AccountRecord[];
}
