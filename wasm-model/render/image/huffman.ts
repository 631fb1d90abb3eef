/** Huffman codes as DEFLATE has them (RFC 1951, section 3.2), with the lengths that fflate 0.8.3 chooses (deflate.ts). */

/** Symbols take 9 bits. */
const SYMBOL = 511;

// Of the code that is being built: its leaves, count and symbol in one number; of each node the sum of counts, both children (leaf, or ~node) and their depth.
const leaves = new Uint32Array(SYMBOL + 1);
const sums = new Uint32Array(SYMBOL);
const children = new Int32Array(2 * SYMBOL);
const depths = new Uint8Array(SYMBOL);
const next = new Uint16Array(17);

/** Each byte with its bits in the opposite order. */
const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
});

export class HuffmanCode {
  /** How often each symbol occurs. */
  readonly counts: Uint16Array;
  /** Of each symbol, in bits; 0 if it does not occur. */
  readonly lengths: Uint8Array;
  /** Each symbol's code, in the order in which it is written. */
  readonly bits: Uint16Array;
  readonly #longest: number;
  readonly #runs: Uint16Array;

  /** `symbols`: at most 512. `longest`: the most bits of a code, at most 15. */
  constructor(symbols: number, longest: number) {
    this.counts = new Uint16Array(symbols);
    this.lengths = new Uint8Array(symbols);
    this.bits = new Uint16Array(symbols);
    this.#longest = longest;
    this.#runs = new Uint16Array(symbols);
  }

  /** The code with these lengths. */
  static of(lengths: Uint8Array): HuffmanCode {
    const code = new HuffmanCode(lengths.length, 15);
    code.lengths.set(lengths);
    code.number();
    return code;
  }

  /** Symbols up to the last that occurs, at least one. */
  get used(): number {
    let used = this.lengths.length;
    while (used > 1 && this.lengths[used - 1] === 0) used--;
    return used;
  }

  /** Bits of all symbols that occur, in this code or another one. */
  size({ lengths }: HuffmanCode): number {
    let size = 0;
    for (let i = 0; i < this.counts.length; i++) size += this.counts[i]! * lengths[i]!;
    return size;
  }

  /** Lengths from counts: Huffman's algorithm with two queues, leaves in order of their counts and nodes in the order in which they are made. */
  build(): void {
    const { counts, lengths } = this;
    lengths.fill(0);
    let count = 0;
    for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) leaves[count++] = counts[i]! * (SYMBOL + 1) + i;
    if (count === 1) lengths[leaves[0]! & SYMBOL] = 1;
    if (count < 2) return;
    leaves.subarray(0, count).sort();
    leaves[count] = 2 ** 32 - 1; // more than any node
    let leaf = 0;
    let node = 0;
    for (let made = 0; made < count - 1; made++) {
      let sum = 0;
      for (let side = 0; side < 2; side++) {
        const weight = leaves[leaf]! >>> 9;
        const isNode = node < made && sums[node]! < weight;
        sum += isNode ? sums[node]! : weight;
        children[2 * made + side] = isNode ? ~node++ : leaf++;
      }
      sums[made] = sum;
    }
    let deepest = 0;
    depths[count - 2] = 1;
    for (let child = 2 * count - 3; child >= 0; child--) {
      const depth = depths[child >> 1]!;
      const one = children[child]!;
      if (one < 0) depths[~one] = depth + 1;
      else lengths[leaves[one]! & SYMBOL] = depth;
      if (depth > deepest) deepest = depth;
    }
    if (deepest > this.#longest) this.#shorten(deepest);
  }

  /** Cuts the lengths that are too long, and lengthens others until there is such a code again. */
  #shorten(deepest: number): void {
    const { counts, lengths } = this;
    const longest = this.#longest;
    const symbols = [...lengths.keys()].filter((i) => counts[i]! > 0);
    symbols.sort((a, b) => lengths[b]! - lengths[a]! || counts[a]! - counts[b]!);
    const excess = deepest - longest;
    let debt = 0;
    let i = 0;
    for (; i < symbols.length && lengths[symbols[i]!]! > longest; i++) {
      debt += (1 << excess) - (1 << (deepest - lengths[symbols[i]!]!));
      lengths[symbols[i]!] = longest;
    }
    debt >>= excess;
    while (debt > 0) {
      const symbol = symbols[i]!;
      if (lengths[symbol]! < longest) debt -= 1 << (longest - lengths[symbol]!++ - 1);
      else i++;
    }
    for (; i >= 0 && debt !== 0; i--) {
      const symbol = symbols[i]!;
      if (lengths[symbol] !== longest) continue;
      lengths[symbol]!--;
      debt++;
    }
  }

  /** Codes from lengths. */
  number(): void {
    const { lengths, bits } = this;
    next.fill(0);
    for (let i = 0; i < lengths.length; i++) if (lengths[i]! > 0) next[lengths[i]! + 1]!++;
    for (let length = 2; length < next.length; length++) next[length] = (next[length]! + next[length - 1]!) << 1;
    for (let i = 0; i < lengths.length; i++) {
      const length = lengths[i]!;
      if (length === 0) continue;
      const code = next[length]!++;
      bits[i] = ((REVERSED[code & 255]! << 8) | REVERSED[code >> 8]!) >> (16 - length);
    }
  }

  /**
   * The lengths of the symbols in use as they are written (RFC 1951, section 3.2.7): a length; or 16 (the previous one again), 17 or 18 (zeros), plus 2^5 times the
   * value of its extra bits, plus 2^12 times the number of these. Valid until the next call.
   */
  runs(): Uint16Array {
    const { lengths, used } = this;
    const runs = this.#runs;
    let count = 0;
    for (let i = 0; i < used; ) {
      const length = lengths[i]!;
      let times = 1;
      while (i + times < used && lengths[i + times] === length) times++;
      i += times;
      if (length === 0) {
        for (; times > 138; times -= 138) runs[count++] = run(18, 127, 7);
        if (times > 10) runs[count++] = run(18, times - 11, 7);
        else if (times > 2) runs[count++] = run(17, times - 3, 3);
        if (times > 2) times = 0;
      } else if (times > 3) {
        runs[count++] = length;
        for (times--; times > 6; times -= 6) runs[count++] = run(16, 3, 2);
        if (times > 2) runs[count++] = run(16, times - 3, 2);
        if (times > 2) times = 0;
      }
      while (times-- > 0) runs[count++] = length;
    }
    return runs.subarray(0, count);
  }
}

const run = (symbol: number, value: number, bits: number): number => symbol | (value << 5) | (bits << 12);
