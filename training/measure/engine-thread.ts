/** A thread of engine-threads.ts, with its own engine. It denoises the batches that it is sent in order. */
import { parentPort, workerData } from "node:worker_threads";
import { readCheckedModel } from "../../wasm-model/model/onnx/reader.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";

/** The message to a thread: the arguments of `Denoiser.denoise`. */
export type ThreadBatch = readonly [x: Float32Array<ArrayBuffer>, sigma: number, labels: Float32Array<ArrayBuffer>];

const engine = await simd.load(readCheckedModel(workerData as Uint8Array));

parentPort?.on("message", async (part: ThreadBatch) => {
  const result = (await engine.denoise(...part)) as Float32Array<ArrayBuffer>;
  parentPort?.postMessage(result, [result.buffer]);
});
