/** One output of a transaction, as people name it. */
import { ParseError } from "../errors.ts";
import { type Txid, txid } from "./hash.ts";

/** "txid:index" */
export type OutpointText = `${Txid}:${number}`;

export function outpointText({ txid, index }: { readonly txid: Txid; readonly index: number }): OutpointText {
  return `${txid}:${index}`;
}

/** @throws ParseError unless the text is a transaction id, a colon and the number of an output. */
export function parseOutpoint(text: string): OutpointText {
  const match = /^([0-9a-f]{64}):(0|[1-9][0-9]{0,4})$/u.exec(text);
  if (match === null) throw new ParseError(`not an output: "${text}" (it looks like TXID:0)`);
  return outpointText({ txid: txid(match[1] ?? ""), index: Number(match[2]) });
}
