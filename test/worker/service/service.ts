/** The Worker with other options, and with its default model's evaluations counted. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { simd } from "../../../wasm-model/engine/simd.workerd.ts";
import type { Runtime } from "../../../wasm-model/index.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import avatars from "../../../wasm-model/models/avatars/model.onnx";
import cifar10 from "../../../wasm-model/models/cifar10/model.onnx";
import fashion from "../../../wasm-model/models/fashion-mnist/model.onnx";
import mnist from "../../../wasm-model/models/mnist/model.onnx";
import pixels from "../../../wasm-model/models/pixels/model.onnx";
import { siteOf } from "../../../worker/hono.workerd.ts";
import type { AnnealOptions } from "../../../worker/service/hono.d.ts";
import { servedModels } from "../../../worker/service/models.ts";
import { annealOn, type Host } from "../../../worker/service/service.ts";
import { defaultCost } from "../../../worker/service/settings.ts";
import { released } from "../answers.ts";

const shipped = [pixels, avatars, fashion, mnist, cifar10];

export const SHIPPED = servedModels(shipped);

/** The card of the model that is named for its size, native 32x32, and its enlarger. */
export const AVATARS = SHIPPED[1].card;

/** Of a default image a minute. */
export const LEAST_RATE = defaultCost(SHIPPED[0].card) / 60;

/** Of a default image. */
export const EVALUATIONS = SHIPPED[0].card.sampling.steps;

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Asks a service with these options, on a host that has the site's files and calls clients by their header `CF-Connecting-IP`. */
export function service(options: Partial<AnnealOptions> = {}, host: Partial<Host> = {}): Ask {
  const client: Host["client"] = (c) => c.req.header("CF-Connecting-IP");
  const anneal = annealOn({ runtime: simd, site: ({ env }) => siteOf(env.ASSETS), client, ...host });
  const app = anneal({ models: shipped, ...options });
  return async (path, init) => {
    const context = createExecutionContext();
    const response = await app.fetch(new Request(`https://anneal.test${path}`, init), env, context);
    await waitOnExecutionContext(context);
    return released(response);
  };
}

/** `onEvaluation` is called before each evaluation with their number so far, this one included. */
export async function countingService(
  onEvaluation: (evaluations: number) => void = () => undefined,
): Promise<{ readonly evaluations: () => number; readonly ask: Ask; readonly runtime: Runtime }> {
  let evaluations = 0;
  const denoiser = await simd.load(readModel(SHIPPED[0].file));
  const runtime: Runtime = {
    load: async () => ({
      ...denoiser,
      denoise(x, sigma, labels) {
        onEvaluation(++evaluations);
        return denoiser.denoise(x, sigma, labels);
      },
    }),
  };
  return { evaluations: () => evaluations, ask: service({}, { runtime }), runtime };
}

/** As of a client with this address. */
export const from = (address: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...init.headers, "CF-Connecting-IP": address },
});
