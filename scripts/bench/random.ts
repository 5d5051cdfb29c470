/** Bytes that look random and are the same in every run (xorshift128, Marsaglia 2003). */
export class SeededRandom {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.#state = Uint32Array.of(seed, 0x9e3779b9, 0x7f4a7c15, 0xf39cc060);
    for (let i = 0; i < 16; i++) this.uint32();
  }

  uint32(): number {
    const state = this.#state;
    let [t = 0] = state;
    const w = state[3] ?? 0;
    state.copyWithin(0, 1);
    t ^= t << 11;
    t ^= t >>> 8;
    state[3] = t ^ w ^ (w >>> 19);
    return state[3];
  }

  /** A whole number from 0 up to, but not including, `end`. */
  below(end: number): number {
    return this.uint32() % end;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.uint32() >>> 24);
  }
}
