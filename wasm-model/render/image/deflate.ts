/**
 * Compresses to zlib's format (RFC 1950, around DEFLATE, RFC 1951), byte for byte as fflate 0.8.3 does with `{ level: 9, mem: 4 }`: earlier files keep their
 * bytes, and deflate.test.ts compares both. fflate takes 300 KB of fresh memory for every call and half of its time for the codes; a small image is compressed
 * in less than that.
 *
 * The search for matches, the limits of a block and, in huffman.ts, the lengths of codes are fflate's, rewritten: "Copyright (c) 2026 Arjun Barrett", MIT License.
 */
import { HuffmanCode } from "./huffman.ts";

/** Longest match; most candidates for one; most matches, and most symbols (literals and matches), of a block that is not the last. */
const LONGEST = 258;
const CANDIDATES = 4096;
const MATCHES = 7000;
const SYMBOLS = 24_576;
/** With so few bytes left, a block goes on to the end. */
const LAST_BYTES = 423;

/** Positions are kept modulo 2^15, hashes of three bytes have 16 bits. */
const POSITIONS = 32_767;
const HASHES = 65_535;

const END_OF_BLOCK = 256;
const FIRST_LENGTH = 257;

/** Extra bits of each length and distance code (RFC 1951, section 3.2.5). */
const LENGTH_EXTRA = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0);
const DISTANCE_EXTRA = Uint8Array.from({ length: 30 }, (_, code) => Math.max(0, (code >> 1) - 1));

/** In this order the lengths of `runs` are written. */
const ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

/** Of a match of 3 to 258 bytes, without FIRST_LENGTH. */
function lengthCode(length: number): number {
  const m = length - 3;
  if (m < 8) return m;
  if (length === LONGEST) return 28;
  const bits = 29 - Math.clz32(m);
  return 4 * (bits + 1) + ((m >> bits) & 3);
}

function distanceCode(distance: number): number {
  const m = distance - 1;
  if (m < 2) return m;
  const top = 31 - Math.clz32(m);
  return 2 * top + ((m >> (top - 1)) & 1);
}

// Kept between calls. `previous` need not be cleared: only positions of this call are looked up in it.
const latest = new Uint16Array(HASHES + 1);
const previous = new Uint16Array(POSITIONS + 1);
/** A literal is its byte, a match is 2^15 times its length, plus its distance. */
const symbols = new Int32Array(SYMBOLS + LAST_BYTES + 1);

const literals = new HuffmanCode(288, 15);
const distances = new HuffmanCode(32, 15);
/** Of the lengths of both codes, and of repetitions among them. */
const runs = new HuffmanCode(19, 7);
const fixedLiterals = HuffmanCode.of(Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)));
const fixedDistances = HuffmanCode.of(new Uint8Array(32).fill(5));

/** Writes numbers of up to 16 bits, the lowest bit first. */
class Bits {
  readonly bytes: Uint8Array<ArrayBuffer>;
  at: number;
  #value = 0;
  #count = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  write(value: number, count: number): void {
    this.#value |= value << this.#count;
    this.#count += count;
    while (this.#count >= 8) {
      this.bytes[this.at++] = this.#value;
      this.#value >>>= 8;
      this.#count -= 8;
    }
  }

  /** Fills the last byte with zeros. */
  align(): void {
    if (this.#count > 0) this.write(0, 8 - this.#count);
  }
}

/** The compressed bytes, with the header and the checksum of zlib. */
export function deflated(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = data.length;
  const bits = new Bits(new Uint8Array(size + 6 + 5 * (1 + Math.ceil(size / MATCHES))), 2);
  bits.bytes.set([0x78, 0xda]);
  latest.fill(0);
  literals.counts.fill(0);
  distances.counts.fill(0);
  let count = 0;
  let matches = 0;
  let extra = 0;
  let start = 0;
  let next = 0; // the end of the latest match
  let i = 0;
  for (; i + 2 < size; i++) {
    const first = data[i]!;
    const hash = (first ^ (data[i + 1]! << 6) ^ (data[i + 2]! << 12)) & HASHES;
    const candidate = latest[hash]!;
    const position = i & POSITIONS;
    previous[position] = candidate;
    latest[hash] = position;
    if (next > i) continue;
    if ((matches > MATCHES || count > SYMBOLS) && size - i > LAST_BYTES) {
      writeBlock(bits, data.subarray(start, i), count, extra, false);
      literals.counts.fill(0);
      distances.counts.fill(0);
      count = matches = extra = 0;
      start = i;
    }
    const match = longestMatch(data, i, hash, candidate);
    if (match === 0) {
      symbols[count++] = first;
      literals.counts[first]!++;
      continue;
    }
    const length = match >> 15;
    const [inLength, inDistance] = [lengthCode(length), distanceCode(match & POSITIONS)];
    symbols[count++] = match;
    literals.counts[FIRST_LENGTH + inLength]!++;
    distances.counts[inDistance]!++;
    extra += LENGTH_EXTRA[inLength]! + DISTANCE_EXTRA[inDistance]!;
    matches++;
    next = i + length;
  }
  for (i = Math.max(i, next); i < size; i++) {
    symbols[count++] = data[i]!;
    literals.counts[data[i]!]!++;
  }
  writeBlock(bits, data.subarray(start, i), count, extra, true);
  bits.align();
  const sum = adler32(data);
  for (const shift of [24, 16, 8, 0]) bits.write((sum >>> shift) & 255, 8);
  return bits.bytes.slice(0, bits.at);
}

/**
 * The longest match for the bytes from i on, as a symbol; 0 if there is none. Candidates are the earlier positions with this hash, the latest first. After each
 * match the chain goes on from that of its positions whose own predecessor is the farthest away: their bytes are the rarest.
 */
function longestMatch(data: Uint8Array, i: number, hash: number, candidate: number): number {
  const most = Math.min(LONGEST, data.length - i);
  const farthest = Math.min(POSITIONS, i);
  let position = i & POSITIONS;
  let distance = (position - candidate) & POSITIONS;
  const from = i - distance;
  if (hash !== ((data[from]! ^ (data[from + 1]! << 6) ^ (data[from + 2]! << 12)) & HASHES)) return 0;
  let length = 2;
  let match = 0;
  for (let tries = CANDIDATES; distance <= farthest && --tries > 0 && position !== candidate; ) {
    if (data[i + length] === data[i + length - distance]) {
      let same = 0;
      while (same < most && data[i + same] === data[i + same - distance]) same++;
      if (same > length) {
        length = same;
        match = (length << 15) | distance;
        if (same === most) break;
        let rarest = 0;
        for (let j = 0, end = Math.min(distance, same - 2); j < end; j++) {
          const within = (i - distance + j) & POSITIONS;
          const step = (within - previous[within]!) & POSITIONS;
          if (step > rarest) {
            rarest = step;
            candidate = within;
          }
        }
      }
    }
    position = candidate;
    candidate = previous[position]!;
    distance += (position - candidate) & POSITIONS;
  }
  return match;
}

/** Writes `data`, which is `count` symbols with so many extra bits: as it is or in one of both kinds of codes, whichever is the shortest. */
function writeBlock(bits: Bits, data: Uint8Array, count: number, extra: number, isLast: boolean): void {
  bits.write(isLast ? 1 : 0, 1);
  literals.counts[END_OF_BLOCK] = 1;
  literals.build();
  distances.build();
  const [inLiterals, inDistances] = [literals.runs(), distances.runs()];
  runs.counts.fill(0);
  for (const run of inLiterals) runs.counts[run & 31]!++;
  for (const run of inDistances) runs.counts[run & 31]!++;
  runs.build();
  let lengths = ORDER.length;
  while (lengths > 4 && runs.lengths[ORDER[lengths - 1]!] === 0) lengths--;
  const { counts } = runs;
  const header = 14 + 3 * lengths + runs.size(runs) + 2 * counts[16]! + 3 * counts[17]! + 7 * counts[18]!;
  const own = literals.size(literals) + distances.size(distances) + extra + header;
  const fixed = literals.size(fixedLiterals) + distances.size(fixedDistances) + extra;
  if (8 * (data.length + 5) <= Math.min(fixed, own)) {
    writeStored(bits, data);
  } else if (fixed <= own) {
    bits.write(1, 2);
    writeSymbols(bits, count, fixedLiterals, fixedDistances);
  } else {
    bits.write(2, 2);
    writeCodes(bits, [inLiterals, inDistances], lengths);
    writeSymbols(bits, count, literals, distances);
  }
}

/** Writes both codes (RFC 1951, section 3.2.7). `lengths`: how many of `runs` are written. */
function writeCodes(bits: Bits, lists: readonly Uint16Array[], lengths: number): void {
  bits.write(literals.used - FIRST_LENGTH, 5);
  bits.write(distances.used - 1, 5);
  bits.write(lengths - 4, 4);
  for (let i = 0; i < lengths; i++) bits.write(runs.lengths[ORDER[i]!]!, 3);
  runs.number();
  for (const list of lists) {
    for (const run of list) {
      bits.write(runs.bits[run & 31]!, runs.lengths[run & 31]!);
      if ((run & 31) > 15) bits.write((run >> 5) & 127, run >> 12);
    }
  }
  literals.number();
  distances.number();
}

function writeStored(bits: Bits, data: Uint8Array): void {
  bits.write(0, 2);
  bits.align();
  bits.write(data.length, 16);
  bits.write(~data.length & 65_535, 16);
  bits.bytes.set(data, bits.at);
  bits.at += data.length;
}

function writeSymbols(bits: Bits, count: number, literals: HuffmanCode, distances: HuffmanCode): void {
  for (let i = 0; i < count; i++) {
    const symbol = symbols[i]!;
    if (symbol < 256) {
      bits.write(literals.bits[symbol]!, literals.lengths[symbol]!);
      continue;
    }
    const [length, distance] = [symbol >> 15, symbol & POSITIONS];
    const [inLength, inDistance] = [lengthCode(length), distanceCode(distance)];
    const [lengthBits, distanceBits] = [LENGTH_EXTRA[inLength]!, DISTANCE_EXTRA[inDistance]!];
    bits.write(literals.bits[FIRST_LENGTH + inLength]!, literals.lengths[FIRST_LENGTH + inLength]!);
    bits.write((length - 3) & ((1 << lengthBits) - 1), lengthBits);
    bits.write(distances.bits[inDistance]!, distances.lengths[inDistance]!);
    bits.write((distance - 1) & ((1 << distanceBits) - 1), distanceBits);
  }
  bits.write(literals.bits[END_OF_BLOCK]!, literals.lengths[END_OF_BLOCK]!);
}

/** The checksum of RFC 1950, section 9. Sums of so many bytes stay below 2^32. */
function adler32(data: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let i = 0; i < data.length; ) {
    for (const end = Math.min(i + 2655, data.length); i < end; i++) {
      a += data[i]!;
      b += a;
    }
    a %= 65_521;
    b %= 65_521;
  }
  return ((b << 16) | a) >>> 0;
}
