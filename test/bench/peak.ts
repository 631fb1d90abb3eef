/**
 * The machine's peak: dot products of registers with registers, nothing else. Compiled here, since only a bench needs
 * it.
 */
import asc from "assemblyscript/asc";

/**
 * How the integer convolutions multiply: relaxed dot products of bytes, 16 products each, and plain ones of 16 bits, 8
 * products each.
 */
const DOTS = {
  relaxed: { products: 16, sum: "i32x4.relaxed_dot_i8x16_i7x16_add_s(w, x, sum)" },
  plain: { products: 8, sum: "i32x4.add(sum, i32x4.dot_i16x8_s(w, x))" },
};
const SUMS = 6;
const ITERATIONS = 20_000;

/** A function per kind of dot product, and the GMAC that one call makes. */
export async function peakLoops(): Promise<Map<string, { run: () => void; gmac: number }>> {
  const loops = new Map<string, { run: () => void; gmac: number }>();
  for (const [name, { products, sum }] of Object.entries(DOTS)) {
    const indices = Array.from({ length: SUMS }, (_, i) => i);
    // x changes in each round, or the compiler would multiply once.
    const source = `export function run(n: i32): i32 {
      let x = v128.load(0);
      ${indices.map((i) => `let s${i} = i32x4.splat(0); const w${i} = v128.load(${16 * (i + 1)});`).join("\n")}
      for (; n > 0; n--) {
        x = i32x4.add(x, w0);
        ${indices.map((i) => `s${i} = ${sum.replaceAll("sum", `s${i}`).replace("w,", `w${i},`)};`).join("\n")}
      }
      return i32x4.extract_lane(${indices.map((i) => `s${i}`).reduce((a, b) => `i32x4.add(${a}, ${b})`)}, 0);
    }`;
    const features = name === "relaxed" ? "simd,relaxed-simd" : "simd";
    let wasm: Uint8Array<ArrayBuffer> | undefined;
    await asc.main(["peak.ts", "-O3", "--runtime", "stub", "--initialMemory", "1", "--enable", features, "--outFile", "peak.wasm"], {
      readFile: (file) => (file === "peak.ts" ? source : null),
      writeFile(_file, contents) {
        if (contents instanceof Uint8Array) wasm = new Uint8Array(contents);
      },
    });
    const { instance } = await WebAssembly.instantiate(wasm as Uint8Array<ArrayBuffer>);
    const run = instance.exports.run as (n: number) => number;
    loops.set(name, { run: () => void run(ITERATIONS), gmac: (ITERATIONS * SUMS * products) / 1e9 });
  }
  return loops;
}
