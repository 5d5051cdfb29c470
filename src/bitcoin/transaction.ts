/** A Bitcoin transaction as bytes say it. Scripts stay raw. */
export interface TransactionInput {
  /** Txid of the spent output in natural (wire) byte order. */
  readonly previousTxid: Uint8Array;
  readonly previousIndex: number;
  readonly scriptSig: Uint8Array;
  readonly sequence: number;
}

export interface TransactionOutput {
  /** Satoshis. */
  readonly value: bigint;
  readonly script: Uint8Array;
}

export interface Transaction {
  readonly version: number;
  readonly inputs: readonly TransactionInput[];
  readonly outputs: readonly TransactionOutput[];
  readonly lockTime: number;
}
