/** The Worker with the default model, whose evaluations are counted. */

import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Runtime } from "../../wasm-model/index.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { simd } from "../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../worker/app.ts";
import type { Env } from "../../worker/http/env.ts";
import { ReadyModels } from "../../worker/models/ready.ts";
import { ENTRIES, FIRST } from "../../worker/models/served.ts";

/** Of a default image. */
export const EVALUATIONS = ENTRIES[0].card.sampling.steps;

/** `onEvaluation` is called before each evaluation with their number so far, this one included. */
export async function countingApp(onEvaluation: (evaluations: number) => void = () => undefined) {
  let evaluations = 0;
  const denoiser = await simd.load(readModel(FIRST));
  const counting: Runtime = {
    load: async () => ({
      spec: denoiser.spec,
      denoise(x, sigma, labels) {
        onEvaluation(++evaluations);
        return denoiser.denoise(x, sigma, labels);
      },
      enlarge: (image) => denoiser.enlarge(image),
      dispose() {},
    }),
  };
  const app = createApp(new ReadyModels({ entries: ENTRIES, runtime: counting, read: async () => new Response(FIRST).body! }));
  return {
    evaluations: () => evaluations,
    ask: (path: string, init?: RequestInit, bindings: Partial<Env["Bindings"]> = {}): Promise<Response> =>
      Promise.resolve(
        app.fetch(new Request(`https://anneal.test${path}`, init), { ...env, ...bindings } as Env["Bindings"], createExecutionContext()),
      ),
  };
}

/** As of a client with this address. */
export const from = (address: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...init.headers, "CF-Connecting-IP": address },
});
