/** A network of one class in every interpreter. */
import * as ort from "onnxruntime-web/wasm";
import { expect, it } from "vitest";
import { placeWeights, tensorDenoiser } from "../../../training/network/score-network.ts";
import { createEngine } from "../../../wasm-model/engine/engine.ts";
import { onnxruntime } from "../../../wasm-model/engine/onnxruntime.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { referenceDenoiser } from "../../../wasm-model/network/reference.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import type { Denoise } from "../../../wasm-model/sampling/sampler.ts";
import { largestDifference, randomModel, randomModelFile, TINY, UNCONDITIONAL } from "../../support/random-model.ts";
import { gaussianSource } from "../../support/random-numbers.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";
import { plain, relaxed } from "../engine/modules.ts";

const OF_ONE_CLASS: NetworkSpec = { ...TINY, classes: 1 };
const [CLASS, NONE] = [Float32Array.of(1), Float32Array.of(0)];

const tf = await wasmBackend();
const runtime = onnxruntime({ ort });

const INTERPRETERS: Record<string, (spec: NetworkSpec) => Promise<{ denoise: Denoise }>> = {
  "the reference": async (spec) => referenceDenoiser(spec, randomModel(spec, 3, "fp32").weights),
  tfjs: async (spec) => ({ denoise: tensorDenoiser(tf, spec, placeWeights(tf, spec, randomModel(spec, 3, "fp32").weights.floats)) }),
  "the plain engine": (spec) => createEngine(plain, randomModel(spec, 3, "int8")),
  "the relaxed engine": (spec) => createEngine(relaxed, randomModel(spec, 3, "int8")),
  onnxruntime: (spec) => runtime.load(readModel(randomModelFile(spec, 3, "int8"))),
};

const noise = (): Float32Array => Float32Array.from({ length: TINY.height * TINY.width }, gaussianSource(1));

it.each(Object.entries(INTERPRETERS))("%s takes no notice of the class of an unconditional network", async (_, load) => {
  const network = await load(UNCONDITIONAL);
  const x = noise();
  expect(largestDifference(await network.denoise(x, 1, CLASS), await network.denoise(x, 1, NONE))).toBe(0);
});

it("computes for an unconditional network what the same weights give without a class", async () => {
  const { weights } = randomModel(OF_ONE_CLASS, 3, "fp32");
  const x = noise();
  const [unconditional, without] = [UNCONDITIONAL, OF_ONE_CLASS].map((spec) => referenceDenoiser(spec, weights).denoise(x, 1, NONE));
  expect(largestDifference(unconditional, without)).toBeLessThan(1e-6);
});
