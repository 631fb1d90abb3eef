/** The oracle of all interpreters of the networks: onnxruntime, with the files that this library writes. */
import * as ort from "onnxruntime-web/wasm";
import { onnxruntime } from "../../wasm-model/engine/onnxruntime.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeFinisher, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import type { FinisherName } from "../../wasm-model/network/finishers.ts";
import { MAX_CODE, type Quantizer, roundHalfEven, type Weights } from "../../wasm-model/network/quantization.ts";
import type { NetworkSpec, Size } from "../../wasm-model/network/spec.ts";
import { cardOf } from "./random-model.ts";

export const oracle = onnxruntime({ ort });

export const oracleDenoiser = (spec: NetworkSpec, weights: Weights) => oracle.load(readModel(writeModel({ card: cardOf(spec), weights })));

/** What a finisher makes of an image [3, H, W]. */
export async function oracleFinisher(name: FinisherName, weights: Weights, image: Float32Array, { height, width }: Size) {
  const session = await ort.InferenceSession.create(writeFinisher(name, weights), { executionProviders: ["wasm"] });
  const results = await session.run({ image: new ort.Tensor("float32", image, [1, 3, height, width]) });
  await session.release();
  return results[session.outputNames[0]].data as Float32Array;
}

/** The code of x: saturates at 0 and MAX_CODE, never wraps. */
export const codeOf = (x: number, { scale, zeroPoint }: Quantizer): number =>
  Math.min(Math.max(roundHalfEven(x / scale) + zeroPoint, 0), MAX_CODE);
