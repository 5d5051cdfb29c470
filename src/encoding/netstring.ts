/** The text that operations are hashed as: values with their lengths, `len:value`, joined by commas (spec 03 §3). */
import { ParseError } from "../errors.ts";

/** `3:abc,0:,2:xy`: each value behind its length in characters; no comma at the end. */
export function encodeNetstrings(values: readonly string[]): string {
  let text = "";
  for (const value of values) text += `${text === "" ? "" : ","}${value.length}:${value}`;
  return text;
}

/** @throws ParseError unless `encodeNetstrings` of the answer is exactly this text. */
export function decodeNetstrings(text: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < text.length;) {
    if (values.length > 0 && text.charAt(at++) !== ",") throw new ParseError(`no comma at character ${at - 1}`);
    const length = /^(?:0|[1-9][0-9]{0,8}):/u.exec(text.slice(at, at + 10))?.[0];
    if (length === undefined) throw new ParseError(`no length at character ${at}`);
    const start = at + length.length;
    at = start + Number.parseInt(length, 10);
    if (at > text.length) throw new ParseError(`a value runs past the end at character ${start}`);
    values.push(text.slice(start, at));
  }
  if (text.endsWith(",") && encodeNetstrings(values) !== text) throw new ParseError("a comma at the end");
  return values;
}
