import { describe, expect, it } from "vitest";
import { createEngine } from "../../../wasm-model/engine/engine.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { engineRuntime } from "../../../wasm-model/runtime/engine-runtime.ts";
import { simd } from "../../../wasm-model/runtime/simd.ts";
import { randomInput, randomModel, randomModelFile, TINY } from "../../support/random-model.ts";
import { plain, relaxed } from "../engine/modules.ts";

const file = randomModelFile(TINY, 3, "int8");

describe("simd runtime", () => {
  it("runs a model file", async () => {
    const denoiser = await simd.load(readModel(file));
    const engine = await createEngine(plain, randomModel(TINY, 3, "int8"));
    const { x, labels } = randomInput(TINY, 2, 1, 5);
    expect(denoiser.spec).toEqual(TINY);
    expect(denoiser.denoise(x, 1, labels)).toEqual(engine.denoise(x, 1, labels));
  });

  it("gets one module for all models", async () => {
    let calls = 0;
    const count = (module: WebAssembly.Module) => () => {
      calls++;
      return module;
    };
    const runtime = engineRuntime({ relaxed: count(relaxed), plain: count(plain) });
    await Promise.all([runtime.load(readModel(file)), runtime.load(readModel(file))]);
    await runtime.load(readModel(file));
    expect(calls).toBe(1);
  });

  it("gets its module again after a failure", async () => {
    let isDown = true;
    const failing = (module: WebAssembly.Module) => () => (isDown ? Promise.reject(new Error("no network")) : module);
    const runtime = engineRuntime({ relaxed: failing(relaxed), plain: failing(plain) });
    await expect(runtime.load(readModel(file))).rejects.toThrow("no network");
    isDown = false;
    expect((await runtime.load(readModel(file))).spec).toEqual(TINY);
  });
});
