/** `gaussians` of sampling/random.ts, which has the equations: the same operations in the same order, so the same bits. */

const WORD: f64 = 2.3283064365386963e-10; // 2^-32
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
    store<f32>(to, gaussianOf(c0)), store<f32>(to, gaussianOf(c1), 4), store<f32>(to, gaussianOf(c2), 8), store<f32>(to, gaussianOf(c3), 12);
  }
}

/** Exported for tests. */
export function gaussianOf(word: u32): f32 {
  const u = (<f64>word + 0.5) * WORD, q = u - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    return <f32>((q * (3.3871327179 + r * (50.434271938 + r * (159.29113202 + r * 59.10937472)))) /
      (1 + r * (17.895169469 + r * (78.757757664 + r * 67.1875636))));
  }
  return <f32>tail(u, q);
}

function tail(u: f64, q: f64): f64 {
  const r = sqrt(-log(q < 0 ? u : 1 - u)) - 1.6;
  const x = (1.4234372777 + r * (2.75681539 + r * (1.3067284816 + r * 0.17023821103))) / (1 + r * (0.7370016425 + r * 0.12021132975));
  return q < 0 ? -x : x;
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
