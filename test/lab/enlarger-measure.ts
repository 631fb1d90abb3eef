/** How well ways to enlarge do on emoji that nothing was learned from. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as TF from "@tensorflow/tfjs";
import { errors } from "../../training/finishing/enlarger.ts";
import type { Tf } from "../../training/network/score-network.ts";
import { createFinisher } from "../../wasm-model/engine/finisher.ts";
import { builds } from "../../wasm-model/engine/simd.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { resize } from "../../wasm-model/render/image/resize.ts";
import { gaussians, seedState } from "../../wasm-model/sampling/random.ts";
import { labPath } from "./base-packs.ts";
import { toBytes } from "./draw.ts";
import { LARGE, LARGE_VALUES, means, planar, SMALL, SMALL_VALUES } from "./enlarger-pictures.ts";

const TEST_EMOJI = 200;

/** [32, 32, 3] -> [128, 128, 3] */
export type Enlarge = (x: Float32Array) => Float32Array | Promise<Float32Array>;

/** The Catmull-Rom enlargements [B, 128, 128, 3] of x [B, 32, 32, 3]. */
export function smoothly(x: Float32Array): Float32Array {
  const out = new Float32Array((x.length / SMALL_VALUES) * LARGE_VALUES);
  for (let at = 0; at < x.length; at += SMALL_VALUES) {
    const large = resize(planar(x.subarray(at, at + SMALL_VALUES)), [3, SMALL, SMALL], [LARGE, LARGE], true);
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < LARGE * LARGE; i++) out[(at / SMALL_VALUES) * LARGE_VALUES + 3 * i + c] = large[c * LARGE * LARGE + i];
    }
  }
  return out;
}

/** Each pixel 4 x 4 times. */
export const repeatedPixels: Enlarge = (x) =>
  Float32Array.from({ length: LARGE_VALUES }, (_, i) => {
    const [y, column, c] = [Math.floor(i / (3 * LARGE)), Math.floor(i / 3) % LARGE, i % 3];
    return x[(Math.floor(y / ENLARGED) * SMALL + Math.floor(column / ENLARGED)) * 3 + c];
  });

/** Enlarging by the int8 network in our engine. */
export async function byEngine(weights: Weights): Promise<Enlarge> {
  const engine = await createFinisher("enlarger", await builds.relaxed(), weights, { height: SMALL, width: SMALL });
  return (x) => {
    const added = engine.finish(planar(x));
    return smoothly(x).map((value, i) => value + added[(i % 3) * LARGE * LARGE + Math.floor(i / 3)]);
  };
}

/** Emoji that are never learned from: bytes [N, 128, 128, 3]. */
export async function testPictures(): Promise<Uint8Array> {
  const folder = labPath("openmoji/color/svg");
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".svg"))
    .sort();
  const pictures = new Uint8Array(TEST_EMOJI * LARGE_VALUES);
  for (let i = 0; i < TEST_EMOJI; i++) {
    const svg = readFileSync(join(folder, names[Math.floor((i * names.length) / TEST_EMOJI)]), "utf8");
    pictures.set(await toBytes(svg, LARGE), i * LARGE_VALUES);
  }
  return pictures;
}

/** Mean absolute errors of values and of differences between neighbours, of ways to enlarge [32, 32, 3] to [128, 128, 3]. */
export async function heldOut(tf: Tf, ways: Record<string, Enlarge>, pictures: Uint8Array, sigma: number): Promise<string> {
  const count = pictures.length / LARGE_VALUES;
  const sums = Object.keys(ways).map(() => [0, 0]);
  const noise = new Float32Array(SMALL_VALUES);
  const tensor = (values: Float32Array): TF.Tensor => tf.tensor(values, [1, LARGE, LARGE, 3]);
  for (let i = 0; i < count; i++) {
    const large = pictures.subarray(i * LARGE_VALUES, (i + 1) * LARGE_VALUES);
    const small = new Float32Array(SMALL_VALUES);
    means(large, small);
    gaussians(seedState(`enlarger/test/${i}`), 0, noise);
    const damaged = small.map((value, k) => value + sigma * noise[k]);
    for (const [k, enlarge] of Object.values(ways).entries()) {
      const image = await enlarge(damaged);
      tf.tidy(() => {
        const { values, edges } = errors(tf, tensor(image), tensor(Float32Array.from(large, (byte) => byte / 127.5 - 1)));
        sums[k][0] += values.dataSync()[0] / count;
        sums[k][1] += edges.dataSync()[0] / count;
      });
    }
  }
  return Object.keys(ways)
    .map((name, k) => `${name} ${sums[k].map((sum) => sum.toFixed(4)).join(" ")}`)
    .join(", ");
}
