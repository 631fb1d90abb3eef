/**
 * Short images one after the other leave the event loop its turns. (In Workers each request is a turn of its own.)
 */
import { expect, it } from "vitest";
import { loadModel, sample } from "../../../wasm-model/index.ts";
import { simd } from "../../../wasm-model/runtime/simd.ts";
import { shippedModel } from "../../golden/golden.ts";

it("lets timers run and aborts arrive between short images", async () => {
  const { file } = shippedModel();
  const model = await loadModel(file, { runtime: simd });
  const abort = new AbortController();
  setTimeout(() => abort.abort("enough"), 1);
  const drawMany = async (): Promise<void> => {
    for (let k = 0; k < 200; k++) await sample(model, { seed: String(k), signal: abort.signal });
  };
  await expect(drawMany()).rejects.toBe("enough");
});
