/**
 * onnxruntime started from a compiled module, the only way in workerd. A file of its own, as onnxruntime starts once
 * per process.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as ort from "onnxruntime-web/wasm";
import { expect, it } from "vitest";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { referenceDenoiser } from "../../../wasm-model/network/reference.ts";
import { onnxruntime } from "../../../wasm-model/runtime/onnxruntime.ts";
import { randomInput, randomModel, randomModelFile, TINY } from "../../support/random-model.ts";

const wasm = new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")));
/** The smallest module there is. */
const EMPTY = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

it("starts from a compiled module, also with simultaneous first loads, and leaves WebAssembly as it was", async () => {
  const { instantiate } = WebAssembly;
  const runtime = onnxruntime({ ort, wasm });
  const loads = Array.from({ length: 6 }, () => runtime.load(readModel(randomModelFile(TINY, 1, "fp32"))));
  const meanwhile: Promise<unknown>[] = [];
  const timer = setInterval(() => meanwhile.push(WebAssembly.instantiate(EMPTY, {})), 1);
  const denoisers = await Promise.all(loads);
  clearInterval(timer);
  expect(WebAssembly.instantiate).toBe(instantiate);
  for (const instance of await Promise.all(meanwhile)) expect(instance).toBeInstanceOf(WebAssembly.Instance);

  const { x, labels } = randomInput(TINY, 1, 1, 2);
  const expected = await referenceDenoiser(TINY, randomModel(TINY, 1, "fp32").weights).denoise(x, 1, labels);
  for (const denoiser of denoisers) {
    expect([...(await denoiser.denoise(x, 1, labels))]).toEqual([...expected].map((value) => expect.closeTo(value, 4)));
  }
});
