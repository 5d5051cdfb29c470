import { ParseError } from "../errors.ts";

/** Walks little-endian wire bytes. Every read past the end throws a ParseError. */
export class ByteReader {
  readonly bytes: Uint8Array;
  offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  /** A view (not a copy) of the next bytes. */
  take(length: number): Uint8Array {
    const end = this.offset + length;
    if (end > this.bytes.length) throw new ParseError(`bytes end at ${this.bytes.length}, ${end} wanted`);
    const taken = this.bytes.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }

  uint8(): number {
    const byte = this.bytes[this.offset];
    if (byte === undefined) throw new ParseError(`bytes end at ${this.bytes.length}`);
    this.offset += 1;
    return byte;
  }

  uint16(): number {
    return this.uint8() + this.uint8() * 0x100;
  }

  uint32(): number {
    return this.uint16() + this.uint16() * 0x10000;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  /** Exact for any 64-bit value. */
  uint64(): bigint {
    const low = this.uint32();
    return BigInt(low) + (BigInt(this.uint32()) << 32n);
  }

  /** Bitcoin's CompactSize. A length beyond 2^53 is bigger than any buffer, so it fails where it is used. */
  compactSize(): number {
    const first = this.uint8();
    if (first < 0xfd) return first;
    if (first === 0xfd) return this.uint16();
    if (first === 0xfe) return this.uint32();
    return this.uint32() + this.uint32() * 0x1_0000_0000;
  }
}
