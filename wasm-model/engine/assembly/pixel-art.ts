/**
 * A palette's colour for each pixel, near to its own and in agreement with its neighbours. P pixels and K colours, less the ground's colour,
 * are i16 [red, green, blue, 0]; distances are squared, in steps of 255. Integers, and doubles in a fixed order: the same on every machine.
 */

/**
 * What each of the four neighbours with a colour takes off the distance to it: this, but no more than this share of the distance between
 * both colours, or details in a colour near to their outline's would drown; and how often they are asked. On a key more, since holes are
 * none of it.
 */
const AGREEMENT: f64 = 2000, SHARE: f64 = 0.2, AGREEMENT_ON_KEY: f64 = 4000, SHARE_ON_KEY: f64 = 0.3;
const ROUNDS: i32 = 3;
/** A colour stays in an image only if without it the distances of its pixels would grow by this much, all together. */
const WORTH: i32 = 20_000;
/** The least share that a colour has in a pixel beside a clear one, where it is mixed with the ground. */
const LEAST_SHARE: f64 = 0.5;

/** No colour. */
const NONE: i32 = 255;
/** One number for both: the colour in so many bits, the distance above them; and what is added where a colour is out. */
const COLOUR_BITS: i32 = 7, OUT: i32 = 1 << 30;
/** Of each colour: itself or OUT, how many pixels have it, and the last of these. */
const PLACES = memory.data(4 << COLOUR_BITS, 16), COUNTS = memory.data(4 << COLOUR_BITS), LAST = memory.data(4 << COLOUR_BITS);
/** Colours in twos, f64: red, green, blue and the squared length of the line from the ground. */
const LINES = memory.data(32 << COLOUR_BITS, 16);

let colours: usize, colourCount: i32;
/** i32 [P, K], K in whole fours, and the bytes of a row. */
let distances: usize, stride: usize;

@inline
function byte(array: usize, i: i32): i32 { return load<u8>(array + i); }

@inline
function word(array: usize, k: i32): i32 { return load<i32>(array + (<usize>k << 2)); }

@inline
function setWord(array: usize, k: i32, value: i32): void { store<i32>(array + (<usize>k << 2), value); }

@inline
function distance(i: i32, k: i32): i32 { return word(distances + <usize>i * stride, k); }

@inline
function square(x: f64): f64 { return x * x; }

/** The distances of a pixel, twice, to four colours. */
@inline
function fourDistances(pixel: v128, at: usize): v128 {
  const a = i16x8.sub(v128.load(at), pixel), b = i16x8.sub(v128.load(at, 16), pixel);
  const x = i32x4.dot_i16x8_s(a, a), y = i32x4.dot_i16x8_s(b, b);
  return i32x4.add(v128.shuffle<i32>(x, y, 0, 2, 4, 6), v128.shuffle<i32>(x, y, 1, 3, 5, 7));
}

/** The distances of a pixel to the halves of two lines from colours to the ground that begin at the colours, rounded down. */
@inline
function twoMixedDistances(red: v128, green: v128, blue: v128, at: usize): v128 {
  const r = v128.load(at), g = v128.load(at, 16), b = v128.load(at, 32);
  const along = f64x2.add(f64x2.add(f64x2.mul(red, r), f64x2.mul(green, g)), f64x2.mul(blue, b));
  const share = f64x2.pmin(f64x2.splat(1), f64x2.pmax(f64x2.splat(LEAST_SHARE), f64x2.div(along, v128.load(at, 48)))); // of the ground's any
  const x = f64x2.sub(red, f64x2.mul(share, r)), y = f64x2.sub(green, f64x2.mul(share, g)), z = f64x2.sub(blue, f64x2.mul(share, b));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.mul(z, z)));
}

/** The nearest colour that is not out, the first of equally near ones. */
function nearestColour(i: i32): i32 {
  let least = i32x4.splat(i32.MAX_VALUE);
  for (let at: usize = 0, row = distances + <usize>i * stride; at < stride; at += 16)
    least = i32x4.min_s(least, i32x4.add(i32x4.shl(v128.load(row + at), COLOUR_BITS), v128.load(PLACES + at)));
  least = i32x4.min_s(least, v128.shuffle<i32>(least, least, 2, 3, 0, 1));
  least = i32x4.min_s(least, v128.shuffle<i32>(least, least, 1, 0, 3, 2));
  return i32x4.extract_lane(least, 0) & (1 << COLOUR_BITS) - 1;
}

/**
 * u8 [P] at `chosen`: a colour for each pixel, or NONE. u8 [P] at `clear`: 1 for clear pixels; where the ground `isKey`, they have a colour,
 * too. A pixel beside them may be drawn as a colour mixed with the ground. Behind the colours, fewer than 128, zeros fill the last four.
 * `room`: for i32 [P, K], u8 [4, P] and i32 [P].
 */
export function choosePaletteColours(
  pixels: usize, clear: usize, count: i32, width: i32, palette: usize, paletteColours: i32, isKey: i32, chosen: usize, room: usize,
): void {
  colours = palette;
  colourCount = paletteColours;
  distances = room;
  stride = <usize>((colourCount + 3) & ~3) << 2;
  for (let k = 0; k << 2 < <i32>stride; k++) {
    const from = colours + (<usize>k << 3), to = LINES + (<usize>(k >> 1) << 6) + (<usize>(k & 1) << 3);
    const r: f64 = load<i16>(from), g: f64 = load<i16>(from, 2), b: f64 = load<i16>(from, 4);
    store<f64>(to, r);
    store<f64>(to, g, 16);
    store<f64>(to, b, 32);
    store<f64>(to, r * r + g * g + b * b, 48);
    setWord(PLACES, k, k < colourCount ? k : OUT);
  }
  const nearest = room + <usize>count * stride, asked = nearest + count, following = (asked + 3 * count + 3) & ~3;
  for (let i = 0, row = distances; i < count; i++, row += stride, pixels += 8) {
    if (!isKey && byte(clear, i)) {
      store<u8>(nearest + i, NONE);
      continue;
    }
    const x = i % width;
    if ((x > 0 && byte(clear, i - 1)) || (x + 1 < width && byte(clear, i + 1)) || (i >= width && byte(clear, i - width)) || (i + width < count && byte(clear, i + width))) {
      const red = f64x2.splat(load<i16>(pixels)), green = f64x2.splat(load<i16>(pixels, 2)), blue = f64x2.splat(load<i16>(pixels, 4));
      for (let at: usize = 0; at < stride; at += 8) v128.store64_lane(row + at, twoMixedDistances(red, green, blue, LINES + (at << 3)), 0);
    } else {
      const pixel = v128.load64_splat(pixels);
      for (let at: usize = 0; at < stride; at += 16) v128.store(row + at, fourDistances(pixel, colours + (at << 1)));
    }
    store<u8>(nearest + i, nearestColour(i));
  }
  agreeWithNeighbours(nearest, chosen, asked, count, width, isKey);
  dropRareColours(nearest, chosen, asked, following, count);
}

/**
 * In rounds: of the nearest colour and those of the neighbours the one that costs least, asked one after the other. From the second round
 * on only pixels with a neighbour that has changed are asked again: others would answer the same. u8 [3, P] at `asked`: who is asked now
 * and who next, and the colours before this round.
 */
function agreeWithNeighbours(nearest: usize, chosen: usize, asked: usize, count: i32, width: i32, isKey: i32): void {
  const most = isKey ? AGREEMENT_ON_KEY : AGREEMENT, share = isKey ? SHARE_ON_KEY : SHARE;
  const next = asked + count, before = next + count;
  memory.fill(next, 1, count);
  memory.copy(chosen, nearest, count);
  for (let round = 0; round < ROUNDS; round++) {
    memory.copy(asked, next, count);
    memory.fill(next, 0, count);
    memory.copy(before, chosen, count);
    for (let i = 0; i < count; i++) {
      const own = byte(nearest, i), x = i % width;
      if (!byte(asked, i) || own == NONE) continue;
      const left = x > 0 ? byte(before, i - 1) : NONE, right = x + 1 < width ? byte(before, i + 1) : NONE;
      const above = i >= width ? byte(before, i - width) : NONE, below = i + width < count ? byte(before, i + width) : NONE;
      let best = own, have = i32(left == own) + i32(right == own) + i32(above == own) + i32(below == own);
      let cost: f64 = distance(i, own);
      for (let n = have < 2 ? 0 : 4; n < 4; n++) { // if two neighbours have the nearest colour, no other one has more of them
        const other = n == 0 ? left : n == 1 ? right : n == 2 ? above : below;
        if (other == NONE || other == best) continue;
        const haveOther = i32(left == other) + i32(right == other) + i32(above == other) + i32(below == other);
        if (haveOther <= have && best == own) continue; // it is not nearer
        const a = colours + (<usize>best << 3), b = colours + (<usize>other << 3);
        const between = square(load<i16>(a) - load<i16>(b)) + square(load<i16>(a, 2) - load<i16>(b, 2)) + square(load<i16>(a, 4) - load<i16>(b, 4));
        const otherCost: f64 = distance(i, other);
        if (otherCost - min(most, share * between) * <f64>(haveOther - have) >= cost) continue;
        cost = otherCost;
        best = other;
        have = haveOther;
      }
      if (best == byte(before, i)) continue;
      store<u8>(chosen + i, best);
      if (x > 0) store<u8>(next + i - 1, 1);
      if (x + 1 < width) store<u8>(next + i + 1, 1);
      if (i >= width) store<u8>(next + i - width, 1);
      if (i + width < count) store<u8>(next + i + width, 1);
    }
  }
}

/** Takes out the colours that are not worth their place: a sprite has few of its sheet's. The rarest is asked first. */
function dropRareColours(nearest: usize, chosen: usize, before: usize, following: usize, count: i32): void {
  memory.copy(before, chosen, count);
  memory.fill(COUNTS, 0, 4 << COLOUR_BITS);
  memory.fill(LAST, 255, 4 << COLOUR_BITS);
  let used = 0;
  for (let i = 0; i < count; i++) {
    const k = byte(before, i);
    if (k == NONE) continue;
    setWord(following, i, word(LAST, k));
    setWord(LAST, k, i);
    setWord(COUNTS, k, word(COUNTS, k) + 1);
    if (word(COUNTS, k) == 1) used++;
  }
  for (let k = 0; k < colourCount; k++) if (!word(COUNTS, k)) setWord(PLACES, k, OUT);
  for (let left = used; left > 0 && used > 1; left--) {
    let rarest = 0;
    for (let k = 1; k < colourCount; k++) if (<u32>word(COUNTS, k) - 1 < <u32>word(COUNTS, rarest) - 1) rarest = k; // of those with pixels
    setWord(COUNTS, rarest, 0);
    setWord(PLACES, rarest, OUT);
    let lost = 0; // what neighbours cost; from here on it grows
    for (let i = word(LAST, rarest); i >= 0; i = word(following, i)) lost += distance(i, byte(nearest, i)) - distance(i, rarest);
    for (let i = word(LAST, rarest); i >= 0 && lost < WORTH; i = word(following, i)) {
      const best = nearestColour(i);
      store<u8>(chosen + i, best);
      lost += distance(i, best) - distance(i, byte(nearest, i));
    }
    if (lost < WORTH) {
      used--;
      continue;
    }
    setWord(PLACES, rarest, rarest);
    for (let i = word(LAST, rarest); i >= 0; i = word(following, i)) store<u8>(chosen + i, rarest);
  }
}
