/**
 * The image data of a PNG file in zlib's format (RFC 1950, RFC 1951), and CRC-32. Integers only: the same bytes on every machine.
 *
 * All rows have Paeth's filter. It leaves no repetition in drawn images but zeros, so the only matches are runs of zeros. Each block of
 * rows has Huffman codes of its own, made from a first pass over it.
 */

/** Number of the filter (PNG specification, section 9.2). */
const PAETH: u8 = 4;
/** Bytes are coded in fours, and from `SHORTEST` to `LONGEST` zeros as a run: a zero, then a match at distance 1. */
const SHORTEST: u32 = 16, LONGEST: u32 = 256;
/** Symbols: bytes, the end of a block, lengths of matches. Of the 15 bits that a code may have 14 are used: four codes and 7 bits that wait fit into 64. */
const SYMBOLS: i32 = 286, END: i32 = 256, LONGEST_CODE: i32 = 14;
/** Lengths of codes are coded themselves: those of all symbols and of the only distance, by symbols for a length or for a run of equal ones. */
const LENGTHS: i32 = SYMBOLS + 1, LENGTH_SYMBOLS: i32 = 19;
const LENGTH_ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** How often each symbol occurs. Each byte of four has its own table, since increments of one number wait for each other. */
const TABLE: usize = 4 * SYMBOLS;
const COUNTS = memory.data(4 * TABLE, 16), LENGTH_COUNTS = memory.data(4 * LENGTH_SYMBOLS, 16);
/** Of each symbol: its code, whose first bit is the lowest, and its length from bit 16 on. */
const CODES = memory.data(TABLE, 16), LENGTH_CODES = memory.data(4 * LENGTH_SYMBOLS, 16);
const CODE_LENGTHS = memory.data(LENGTHS);
/** Pairs of bytes: a symbol for lengths, and how many it stands for. */
const RUNS = memory.data(2 * LENGTHS);
/** The nodes of a Huffman tree, leaves by weight and then inner ones. A leaf's weight has its symbol in the lowest bits. */
const WEIGHTS = memory.data(2 * TABLE, 16), PARENTS = memory.data(2 * TABLE, 16), DEPTHS = memory.data(2 * TABLE, 16);
const SYMBOL_BITS: u32 = 9;
/** How many codes have each length. */
const OF_LENGTH = memory.data(4 * 16, 16);

// What passes from one block to the next: bits that wait until they fill a byte, and Adler-32.
let bits: u64 = 0, bitCount: u64 = 0, sumA: u32 = 1, sumB: u32 = 0;
let out: usize = 0;

@inline
function word(array: usize, index: u32): u32 { return load<u32>(array + (index << 2)); }

@inline
function setWord(array: usize, index: u32, value: u32): void { store<u32>(array + (index << 2), value); }

@inline
function increment(array: usize, index: u32): void { setWord(array, index, word(array, index) + 1); }

/** `flush` must follow before there are more than 64 bits. */
@inline
function put(value: u64, length: u64): void {
  bits |= value << bitCount;
  bitCount += length;
}

@inline
function putCode(codes: usize, symbol: u32): void { put(word(codes, symbol) & 0xffff, word(codes, symbol) >> 16); }

@inline
function flush(): void {
  store<u64>(out, bits);
  out += <usize>(bitCount >> 3);
  bits >>= bitCount & 56;
  bitCount &= 7;
}

/** Begins the data of an image: the head of zlib's format. */
export function beginData(): void {
  bits = 0x0178, bitCount = 16, sumA = 1, sumB = 0; // deflate, with a window of 32 KB
}

/**
 * Codes the next rows, `stride` bytes each, at `source`; before them lies the row above, zeros for the first one. Writes the filtered rows
 * to `filtered`, and up to 16 bytes behind them; and what is coded to `target`, which needs room for twice as many bytes and 1 KB. Returns
 * the length of that.
 */
export function encodeRows(source: usize, rows: i32, stride: i32, channels: i32, filtered: usize, target: usize, isLast: bool): usize {
  out = target;
  filter(source, rows, stride, channels, filtered);
  const end = filtered + rows * (stride + 1);
  addToSums(filtered, end);
  memory.fill(COUNTS, 0, 4 * TABLE);
  pass(filtered, end, true);
  for (let i = 0; i < END; i++) setWord(COUNTS, i, word(COUNTS, i) + word(COUNTS + TABLE, i) + word(COUNTS + 2 * TABLE, i) + word(COUNTS + 3 * TABLE, i));
  makeCodes(COUNTS, SYMBOLS, LONGEST_CODE, CODES);
  putHeader(isLast);
  pass(filtered, end, false);
  if (isLast) {
    bitCount = (bitCount + 7) & ~7;
    flush();
    store<u32>(out, bswap<u32>((sumB << 16) | sumA));
    out += 4;
  }
  return out - target;
}

function filter(source: usize, rows: i32, stride: i32, channels: i32, to: usize): void {
  for (; rows > 0; rows--) {
    store<u8>(to++, PAETH);
    const end = source + stride, second = source + channels;
    for (; source < second; source++, to++) store<u8>(to, load<u8>(source) - load<u8>(source - stride)); // nothing is left of them
    for (; source < end; source += 16, to += 16) {
      const left = v128.load(source - channels), above = v128.load(source - stride), corner = v128.load(source - stride - channels);
      const low = paeth(i16x8.extend_low_i8x16_u(left), i16x8.extend_low_i8x16_u(above), i16x8.extend_low_i8x16_u(corner));
      const high = paeth(i16x8.extend_high_i8x16_u(left), i16x8.extend_high_i8x16_u(above), i16x8.extend_high_i8x16_u(corner));
      v128.store(to, i8x16.sub(v128.load(source), i8x16.narrow_i16x8_u(low, high)));
    }
    to -= source - end;
    source = end;
  }
}

/** Of left, above and corner the one nearest to left + above - corner; the first of equally near ones. */
@inline
function paeth(left: v128, above: v128, corner: v128): v128 {
  const across = i16x8.sub(above, corner), down = i16x8.sub(left, corner);
  const ofLeft = i16x8.abs(across), ofAbove = i16x8.abs(down), ofCorner = i16x8.abs(i16x8.add(across, down));
  const other = v128.bitselect(above, corner, i16x8.le_s(ofAbove, ofCorner));
  return v128.bitselect(left, other, i16x8.le_s(ofLeft, i16x8.min_s(ofAbove, ofCorner)));
}

/** Adler-32 (RFC 1950, section 8.2). 5552 bytes are the most that keep the sums below 2^32. */
function addToSums(from: usize, end: usize): void {
  while (from < end) {
    for (const until = min(from + 5552, end); from < until; from++) sumA += load<u8>(from), sumB += sumA;
    sumA %= 65521, sumB %= 65521;
  }
}

/** Counts the symbols of a block, or puts their codes. */
@inline
function pass(from: usize, end: usize, isCount: bool): void {
  for (; from + 4 <= end; from += 4) {
    const four = load<u32>(from);
    if (four != 0 || from + SHORTEST > end || v128.any_true(v128.load(from))) {
      use(isCount, 0, four & 255), use(isCount, 1, (four >> 8) & 255), use(isCount, 2, (four >> 16) & 255), use(isCount, 3, four >> 24);
    } else {
      let zeros = SHORTEST;
      while (zeros < LONGEST && from + zeros + 4 <= end && load<u32>(from + zeros) == 0) zeros += 4;
      const extra = 29 - clz(zeros - 4); // bits that follow the symbol of a length of `zeros` - 1 (RFC 1951, section 3.2.5)
      use(isCount, 0, 0), use(isCount, 0, 257 + (extra << 2) + ((zeros - 4) >> extra));
      if (!isCount) put((zeros - 4) & ((1 << extra) - 1), extra + 1); // the last bit is the distance's code
      from += zeros - 4;
    }
    if (!isCount) flush();
  }
  for (; from < end; from++) use(isCount, 0, load<u8>(from));
  use(isCount, 0, END);
  if (!isCount) flush();
}

@inline
function use(isCount: bool, place: i32, symbol: u32): void {
  if (isCount) increment(COUNTS + place * TABLE, symbol);
  else putCode(CODES, symbol);
}

/** The head of a block: the lengths of its codes (RFC 1951, section 3.2.7). */
function putHeader(isLast: bool): void {
  for (let symbol = 0; symbol < SYMBOLS; symbol++) store<u8>(CODE_LENGTHS + symbol, word(CODES, symbol) >> 16);
  store<u8>(CODE_LENGTHS + SYMBOLS, 1);
  memory.fill(LENGTH_COUNTS, 0, 4 * LENGTH_SYMBOLS);
  let runs = RUNS;
  for (let at = 0, before = -1; at < LENGTHS; runs += 2) {
    const length = <i32>load<u8>(CODE_LENGTHS + at);
    let same = 1, symbol = length;
    while (at + same < LENGTHS && load<u8>(CODE_LENGTHS + at + same) == length) same++;
    if (length == 0 && same >= 3) same = min(same, 138), symbol = same < 11 ? 17 : 18;
    else if (length == before && same >= 3) same = min(same, 6), symbol = 16;
    else same = 1;
    store<u8>(runs, symbol), store<u8>(runs, same, 1);
    increment(LENGTH_COUNTS, symbol);
    before = length, at += same;
  }
  makeCodes(LENGTH_COUNTS, LENGTH_SYMBOLS, 7, LENGTH_CODES);
  put((isLast ? 1 : 0) | (2 << 1) | ((SYMBOLS - 257) << 3) | ((LENGTH_SYMBOLS - 4) << 13), 17);
  flush();
  for (let i = 0; i < LENGTH_SYMBOLS; i++, flush()) put(word(LENGTH_CODES, load<u8>(LENGTH_ORDER + i)) >> 16, 3);
  for (let at = RUNS; at < runs; at += 2, flush()) {
    const symbol = load<u8>(at), same = load<u8>(at, 1);
    putCode(LENGTH_CODES, symbol);
    if (symbol >= 16) put(same - (symbol == 18 ? 11 : 3), symbol == 18 ? 7 : symbol - 14);
  }
}

/** Huffman codes of at most `limit` bits for `count` symbols, of which at least two occur. */
function makeCodes(counts: usize, count: i32, limit: i32, codes: usize): void {
  let leaves = 0;
  for (let symbol = 0; symbol < count; symbol++) {
    if (word(counts, symbol) > 0) setWord(WEIGHTS, leaves++, (word(counts, symbol) << SYMBOL_BITS) | symbol);
  }
  for (let gap = 121; gap > 0; gap /= 3) { // Shell's sort
    for (let i = gap; i < leaves; i++) {
      const weight = word(WEIGHTS, i);
      let at = i;
      for (; at >= gap && word(WEIGHTS, at - gap) > weight; at -= gap) setWord(WEIGHTS, at, word(WEIGHTS, at - gap));
      setWord(WEIGHTS, at, weight);
    }
  }
  // A new node becomes the parent of the two lightest ones without. Leaves and inner nodes each are in order of weight.
  const root = 2 * leaves - 2;
  for (let node = leaves, leaf = 0, inner = leaves; node <= root; node++) {
    setWord(WEIGHTS, node, 0);
    for (let child = 0; child < 2; child++) {
      const isLeaf = leaf < leaves && (inner == node || word(WEIGHTS, leaf) >> SYMBOL_BITS <= word(WEIGHTS, inner));
      const weight = isLeaf ? word(WEIGHTS, leaf) >> SYMBOL_BITS : word(WEIGHTS, inner);
      setWord(WEIGHTS, node, word(WEIGHTS, node) + weight);
      setWord(PARENTS, isLeaf ? leaf++ : inner++, node);
    }
  }
  memory.fill(OF_LENGTH, 0, 4 * 16);
  setWord(DEPTHS, root, 0);
  for (let node = root - 1; node >= 0; node--) {
    setWord(DEPTHS, node, word(DEPTHS, word(PARENTS, node)) + 1);
    if (node < leaves) increment(OF_LENGTH, min(word(DEPTHS, node), limit));
  }
  shorten(limit);
  // The rarest symbols get the longest codes, and codes of one length count up in the order of symbols (RFC 1951, section 3.2.2).
  memory.fill(codes, 0, 4 * count);
  for (let length = limit, i = 0; length > 0; length--) {
    for (let k = word(OF_LENGTH, length); k > 0; k--, i++) setWord(codes, word(WEIGHTS, i) & ((1 << SYMBOL_BITS) - 1), length << 16);
  }
  for (let length = 1, code = 0; length <= limit; length++, code <<= 1) {
    for (let symbol = 0; symbol < count; symbol++) {
      if (word(codes, symbol) == length << 16) setWord(codes, symbol, (length << 16) | reversed(code++, length));
    }
  }
}

/** Codes cut to `limit` bits are too many. As long as they are, one of them joins the longest shorter code: both get that code and a bit more. */
function shorten(limit: i32): void {
  let total = 0;
  for (let length = 1; length <= limit; length++) total += word(OF_LENGTH, length) << (limit - length);
  for (; total > 1 << limit; total--) {
    let length = limit - 1;
    while (word(OF_LENGTH, length) == 0) length--;
    setWord(OF_LENGTH, limit, word(OF_LENGTH, limit) - 1);
    setWord(OF_LENGTH, length, word(OF_LENGTH, length) - 1);
    setWord(OF_LENGTH, length + 1, word(OF_LENGTH, length + 1) + 2);
  }
}

function reversed(code: i32, length: i32): i32 {
  let result = 0;
  for (; length > 0; length--, code >>= 1) result = (result << 1) | (code & 1);
  return result;
}

/** CRC-32 of each byte value, followed by no, one, two and three zeros. */
const CRC_TABLES = memory.data(4 * 4 * 256, 16);
for (let i = 0; i < 4 * 256; i++) {
  let c: u32 = i < 256 ? i : word(CRC_TABLES, i - 256);
  if (i >= 256) c = (c >> 8) ^ word(CRC_TABLES, c & 255);
  else for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1;
  setWord(CRC_TABLES, i, c);
}

/** CRC-32 of bytes that follow those whose CRC-32 is `crc`, 0 for none (PNG specification, annex D). */
export function crc32(from: usize, length: usize, crc: u32): u32 {
  let c = ~crc;
  const end = from + length;
  for (; from + 4 <= end; from += 4) {
    c ^= load<u32>(from);
    const first = word(CRC_TABLES, 768 + (c & 255)) ^ word(CRC_TABLES, 512 + ((c >> 8) & 255));
    c = first ^ word(CRC_TABLES, 256 + ((c >> 16) & 255)) ^ word(CRC_TABLES, c >> 24);
  }
  for (; from < end; from++) c = word(CRC_TABLES, (c ^ load<u8>(from)) & 255) ^ (c >> 8);
  return ~c;
}
