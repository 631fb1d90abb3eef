/**
 * The options `churn` and `extrapolation`. The hashes were taken from the samplers `euler` and `cas` of version 0.2, which
 * these options replace.
 */
import { describe, expect, it } from "vitest";
import type { ModelCard } from "../../../wasm-model/model/card.ts";
import { generate } from "../../../wasm-model/render/generate.ts";
import { imagesOf, resolve } from "../../../wasm-model/request/resolve.ts";
import { sha256Hex } from "../../../wasm-model/sampling/sha256.ts";
import { cardOf, TINY } from "../../support/random-model.ts";

/** A card with a searched schedule and a start for four steps, which the options must put aside. */
const card: ModelCard = {
  ...cardOf(TINY),
  sampling: {
    ...cardOf(TINY).sampling,
    churn: [0.9, 0.4],
    guidanceSigmaMax: 5,
    schedules: [
      {
        sigmas: [15, 4, 1, 0.2],
        churn: [1, 0.4, 0.7],
        extrapolation: [1.7, 1.1, 1.4],
        start: { squares: 1, spread: 1.5, extrapolation: 1.3, means: [[-0.5], [0], [0.5]], factor: [0.3] },
      },
    ],
  },
};

/** Not linear, different for each class, and of exact operations only. */
function denoise(x: Float32Array, sigma: number, labels: Float32Array): Float32Array {
  const size = x.length / (labels.length / 3);
  return x.map((value, i) => {
    const k = Math.floor(i / size) * 3;
    return value / (1 + value * value) / (1 + sigma) + (labels[k + 1] - labels[k + 2]) / 4;
  });
}

async function hashOf(options: object): Promise<string> {
  const settings = resolve("sample", { seed: "7", ...options }, card);
  const values = await generate({ card, denoiser: { denoise } }, settings, imagesOf(settings, card));
  return sha256Hex(new Uint8Array(values.buffer));
}

describe.each([
  [
    {},
    "3dbec578468228d5620c8a15613ffaaab8c94325ac8eeb28dc96e7d1b41a6aeb",
    "5f3c416112deaccc7d68fcb7dbddfcca76300efd6152157a696989b3e5cca2b8",
  ],
  [
    { steps: 1 },
    "5e6427788a29881581ade21482d5bd542cff6c2ab49f0c6d5efc12d4f802bc0b",
    "5e6427788a29881581ade21482d5bd542cff6c2ab49f0c6d5efc12d4f802bc0b",
  ],
  [
    { steps: 12 },
    "4223aae52662066419307f25f538b6236092b5d769c70cc9d38aa4d767bd1715",
    "fc67b88d59b9e97331570c05ac6985a6a7be7114ae09c702afeac250629a5a67",
  ],
  [
    { guidance: 2, class: 2 },
    "f790d641e099341f558ffb6e66a3854e5b50b4f571274ecff5277d597076cf1d",
    "18f505efa216c1a17337a99ed1af3dbba04af3c2e618d4ace7b35fddc604a695",
  ],
  [
    { temperature: 0.5 },
    "3dbec578468228d5620c8a15613ffaaab8c94325ac8eeb28dc96e7d1b41a6aeb",
    "ba5e67416e204cb28a8e0f4e3e36d60600c291838bca7d3e406efbc9e2f18acb",
  ],
  [
    { to: "8", t: 0.3 },
    "cd6be4b04926fba823de14f0dac92a328f6453dff47f05a6e4a06529cf0def87",
    "e623ddf61fc6169e56df04fbe08c818ac8605495961d8a7cbf47b441190c4cce",
  ],
  [
    { n: 3, class: 1 },
    "687c21fd36c02323ff4fc84e30d640b57c4ca4e5d06b883b95438eb85056a0c7",
    "b3263bf1d8ca067270bac567da88cd6711c944ae513d6f89d371d866a4e0cf66",
  ],
])("with %j", (options, euler, cas) => {
  it("draws the probability flow by Euler's method, bit for bit", async () => {
    expect(await hashOf({ ...options, churn: 0, extrapolation: 1 })).toBe(euler);
  });

  it("draws consistent annealed sampling, bit for bit", async () => {
    expect(await hashOf({ ...options, extrapolation: 1 })).toBe(cas);
  });
});
