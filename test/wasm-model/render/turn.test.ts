/**
 * Short images one after the other leave the event loop its turns. (In Workers each request is a turn of its own.)
 */
import { expect, it, vi } from "vitest";
import { simd } from "../../../wasm-model/engine/simd.ts";
import { loadModel, sample } from "../../../wasm-model/index.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { shippedModel } from "../../golden/golden.ts";

it.each([
  ["", 0],
  [", though the clock was set back by an hour", 3_600_000],
])("lets timers run and aborts arrive between short images%s", async (_, back) => {
  const model = await loadModel(shippedModel(), { runtime: simd });
  await sample(model, { seed: "before" });
  const now = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => now() - back);
  const abort = new AbortController();
  setTimeout(() => abort.abort("enough"), 1);
  const drawMany = async (): Promise<void> => {
    for (let k = 0; k < 200; k++) await sample(model, { seed: String(k), signal: abort.signal });
  };
  await expect(drawMany()).rejects.toBe("enough");
});

it("draws where there are no messages, as in Jest with jsdom", async () => {
  vi.stubGlobal("MessageChannel", undefined);
  await expect(nextTurn()).resolves.toBeUndefined();
  vi.unstubAllGlobals();
});
