/** The Worker with the default model, whose evaluations are counted. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { loadModel } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../worker/app.ts";
import type { Env } from "../../worker/env.ts";
import { BUNDLED } from "../../worker/models/bundled.ts";
import { ReadyModels } from "../../worker/models/ready.ts";

/** `onEvaluation` is called before each evaluation with their number so far, this one included. */
export async function countingApp(onEvaluation: (evaluations: number) => void = () => undefined) {
  let evaluations = 0;
  const { denoiser, ...model } = { ...BUNDLED[0], ...(await loadModel(BUNDLED[0].file, { runtime: simd })) };
  const counting = {
    ...denoiser,
    denoise(x: Float32Array, sigma: number, labels: Float32Array) {
      onEvaluation(++evaluations);
      return denoiser.denoise(x, sigma, labels);
    },
  };
  const app = createApp(new ReadyModels([{ ...model, denoiser: counting }]));
  return {
    evaluations: () => evaluations,
    ask: (path: string, init?: RequestInit, bindings: Partial<Env["Bindings"]> = {}): Promise<Response> =>
      Promise.resolve(app.fetch(new Request(`https://anneal.test${path}`, init), { ...env, ...bindings }, createExecutionContext())),
  };
}

/** As of a client with this address. */
export const from = (address: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...init.headers, "CF-Connecting-IP": address },
});
