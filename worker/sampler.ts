/** Isolate state: each model is made ready once, by the first request that needs it, and shared by all that follow. */

import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import * as ort from "onnxruntime-web/wasm";
import { loadModel, type Model } from "../wasm-model/index.ts";
import { onnxruntime } from "../wasm-model/runtime/onnxruntime.ts";
import type { BundledModel } from "./models.ts";

const runtime = onnxruntime({ ort, wasm });
const loading = new Map<string, Promise<Model>>();

/**
 * The model, ready to sample. Requests that come while it loads wait for the same promise; `waitUntil` keeps the request that started it alive even if its
 * client leaves, for otherwise the others would wait forever. A failed load is forgotten, so that the next request tries anew.
 */
export function readyModel({ name, file }: BundledModel, context: { waitUntil(promise: Promise<unknown>): void }): Promise<Model> {
  const known = loading.get(name);
  if (known) return known;
  const model = loadModel(file, { runtime });
  loading.set(name, model);
  context.waitUntil(model.catch(() => loading.delete(name)));
  return model;
}
