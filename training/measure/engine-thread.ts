/** A thread of engine-threads.ts: an engine of its own, which denoises what it is sent, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { readCheckedModel } from "../../wasm-model/model/onnx/reader.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";

/** What a thread is sent: the arguments of `Denoiser.denoise`. */
export type ThreadBatch = readonly [x: Float32Array<ArrayBuffer>, sigma: number, labels: Float32Array<ArrayBuffer>];

const engine = await simd.load(readCheckedModel(workerData as Uint8Array));

parentPort?.on("message", async (part: ThreadBatch) => {
  const result = (await engine.denoise(...part)) as Float32Array<ArrayBuffer>;
  parentPort?.postMessage(result, [result.buffer]);
});
