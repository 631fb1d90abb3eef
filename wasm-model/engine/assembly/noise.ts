/** `gaussians` of sampling/random.ts, which has the equations: the same operations in the same order, so the same bits. */

const WORD: f64 = 2.3283064365386963e-10; // 2^-32
const LOWEST_CENTRAL: u32 = 322122547;
const LN2_HIGH: f64 = 0.6931471803691238, LN2_LOW: f64 = 1.9082149292705877e-10;

/** Numbers `first` .. `first` + `count` - 1 of the draw, as f32 at `to`. `first` is a multiple of four; up to three numbers more are written. */
export function gaussians(key0: u32, key1: u32, nonce0: u32, nonce1: u32, draw: u32, first: u32, to: usize, count: i32): void {
  for (let block = first >> 2; count > 0; block++, count -= 4, to += 16) {
    let c0 = block, c1 = draw, c2 = nonce0, c3 = nonce1, k0 = key0, k1 = key1;
    for (let round = 0; round < 10; round++, k0 += 0x9e3779b9, k1 += 0xbb67ae85) {
      const product0 = <u64>c0 * 0xd2511f53, product1 = <u64>c2 * 0xcd9e8d57;
      c0 = <u32>(product1 >> 32) ^ c1 ^ k0, c1 = <u32>product1;
      c2 = <u32>(product0 >> 32) ^ c3 ^ k1, c3 = <u32>product0;
    }
    quantiles(c0, c1, c2, c3, to);
  }
}

/** The Gaussians of four words, at `to`. Exported for tests. */
export function quantiles(c0: u32, c1: u32, c2: u32, c3: u32, to: usize): void {
  const words = i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(c0), 1, c1), 2, c2), 3, c3);
  v128.store64_lane(to, central(words), 0);
  v128.store64_lane(to, central(i8x16.shuffle(words, words, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)), 0, 8);
  if (isTail(c0)) store<f32>(to, tail(c0));
  if (isTail(c1)) store<f32>(to, tail(c1), 4);
  if (isTail(c2)) store<f32>(to, tail(c2), 8);
  if (isTail(c3)) store<f32>(to, tail(c3), 12);
}

/** Whether the distance of a word's uniform from 1/2 is more than 0.425. */
@inline
function isTail(word: u32): bool {
  return word - LOWEST_CENTRAL > ~(2 * LOWEST_CENTRAL);
}

/** The Gaussians of the first two words, if they are not in the tails. */
@inline
function central(words: v128): v128 {
  const q = f64x2.sub(f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_u(words), f64x2.splat(0.5)), f64x2.splat(WORD)), f64x2.splat(0.5));
  const r = f64x2.sub(f64x2.splat(0.180625), f64x2.mul(q, q));
  const above = addProduct(3.3871327179, r, addProduct(50.434271938, r, addProduct(159.29113202, r, f64x2.splat(59.10937472))));
  const below = addProduct(1, r, addProduct(17.895169469, r, addProduct(78.757757664, r, f64x2.splat(67.1875636))));
  return f32x4.demote_f64x2_zero(f64x2.div(f64x2.mul(q, above), below));
}

@inline
function addProduct(constant: f64, r: v128, x: v128): v128 {
  return f64x2.add(f64x2.splat(constant), f64x2.mul(r, x));
}

function tail(word: u32): f32 {
  const u = (<f64>word + 0.5) * WORD, q = u - 0.5;
  const r = sqrt(-log(q < 0 ? u : 1 - u)) - 1.6;
  const x = (1.4234372777 + r * (2.75681539 + r * (1.3067284816 + r * 0.17023821103))) / (1 + r * (0.7370016425 + r * 0.12021132975));
  return <f32>(q < 0 ? -x : x);
}

/** `log` of sampling/elementary.ts for a normal number > 0. */
function log(x: f64): f64 {
  const word = reinterpret<u64>(x), high = <u32>(word >> 32) + 0x95f64;
  const k = <f64>(<i32>(high >> 20) - 1023);
  const f = reinterpret<f64>((<u64>((high & 0xfffff) + 0x3ff00000 - 0x95f64) << 32) | (word & 0xffffffff)) - 1;
  const s = f / (2 + f), z = s * s, w = z * z;
  const odd = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const even = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const halfSquare = 0.5 * f * f;
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + (odd + even)) + k * LN2_LOW) - f);
}
