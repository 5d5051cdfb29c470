/** The byte search that finds operations in raw blocks: native, since a first sync reads hundreds of gigabytes. */
import { Buffer } from "node:buffer";
import type { ByteSearch } from "../virtualchain/candidates.ts";

/** `Buffer.indexOf` over any bytes, without copying them. */
export const nativeSearch: ByteSearch = (haystack, needle, from) =>
  Buffer.from(haystack.buffer, haystack.byteOffset, haystack.byteLength).indexOf(needle, from);
