/** A network of one class in every interpreter. */
import * as ort from "onnxruntime-web/wasm";
import { expect, it } from "vitest";
import { placeWeights, tensorDenoiser } from "../../../training/network/score-network.ts";
import { createEngine } from "../../../wasm-model/engine/engine.ts";
import { onnxruntime } from "../../../wasm-model/engine/onnxruntime.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { referenceDenoiser } from "../../../wasm-model/network/reference.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import type { Denoise } from "../../../wasm-model/sampling/sampler.ts";
import { sha256Hex } from "../../../wasm-model/sampling/sha256.ts";
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

it("reads, draws and writes a file of format 1 with one class as before, bit for bit", async () => {
  const { card, weights } = randomModel(OF_ONE_CLASS, 3, "int8");
  const file = writeModel({ card: { ...card, format: 1 }, weights });
  expect(sha256Hex(file)).toBe("b501a8ef59f04b5f4b5bfb1bddf3053fb8f35e5b788dcb3b08eadfe8937a3f65");
  const read = readModel(file);
  expect(Buffer.compare(writeModel(read), file)).toBe(0);
  const drawn = (await createEngine(plain, read)).denoise(noise(), 1, CLASS);
  expect(sha256Hex(new Uint8Array(drawn.buffer))).toBe("f718aaabf091723ffd4f3e33402d7c87f22b088b430333ad0e4dd5d00b960c01");
});
