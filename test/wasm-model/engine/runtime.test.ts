import { describe, expect, it } from "vitest";
import { createFinisher } from "../../../wasm-model/engine/finisher.ts";
import { engineRuntime } from "../../../wasm-model/engine/runtime.ts";
import { simd } from "../../../wasm-model/engine/simd.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { type ModelContents, writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { randomFinisher, randomImage, randomModel, randomModelFile, TINY, withFinishers } from "../../support/random-model.ts";
import { plain, relaxed } from "../engine/modules.ts";

const file = randomModelFile(TINY, 3, "int8");
const loaded = (model: ModelContents) => simd.load(readModel(writeModel(model)));

describe("simd runtime", () => {
  it("enlarges by the model's own enlarger, whose memory counts, and by the library's where there is none", async () => {
    const model = randomModel(TINY, 3, "int8");
    const enlarger = randomFinisher("enlarger", 4, "int8");
    const [own, shared, again] = await Promise.all(
      [withFinishers(model, 4, "enlarger"), model, withFinishers(model, 4, "enlarger")].map(loaded),
    );
    const image = randomImage(TINY.height, TINY.width, 5);
    const alone = await createFinisher("enlarger", plain, enlarger, TINY);
    const before = await shared.enlarge(image);
    expect(await own.enlarge(image)).toEqual(alone.finish(image));
    expect(await again.enlarge(image)).toEqual(alone.finish(image));
    expect(await shared.enlarge(image)).toEqual(before);
    expect(before).not.toEqual(alone.finish(image));
    expect(own.bytes! - shared.bytes!).toBe(alone.bytes);
    expect(alone.bytes).toBeGreaterThan(60_000);
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
