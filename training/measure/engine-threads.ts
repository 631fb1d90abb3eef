/**
 * Our engine on all processors. It computes each image of a batch independently, so any number of threads gives the
 * same bytes.
 */
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Denoiser, Runtime } from "../../wasm-model/index.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import type { ThreadBatch } from "./engine-thread.ts";

/** The runtime `simd`, which divides each batch among this thread and `others`. */
export const simdOnThreads = (others = availableParallelism() - 1): Runtime => ({
  async load(file) {
    const own = await simd.load(file);
    const threads = Array.from({ length: others }, () => threadOf(file.bytes));
    return {
      spec: own.spec,
      denoise: (...batch) => onThreads(own, threads, batch),
      async dispose() {
        await Promise.all([own.dispose(), ...threads.map(({ stop }) => stop())]);
      },
    };
  },
});

async function onThreads(
  own: Denoiser,
  threads: readonly EngineThread[],
  [x, sigma, labels]: Parameters<Denoiser["denoise"]>,
): Promise<Float32Array> {
  const { channels, height, width, classes } = own.spec;
  const size = channels * height * width;
  const count = x.length / size;
  /** The first image of a part, where the part before ends. */
  const start = (part: number): number => Math.floor((count * part) / (threads.length + 1));
  const partOf = (part: number): ThreadBatch => [
    x.slice(size * start(part), size * start(part + 1)),
    sigma,
    labels.slice(classes * start(part), classes * start(part + 1)),
  ];
  const sent = threads.map(({ denoise }, i) => (start(i) === start(i + 1) ? undefined : denoise(partOf(i))));
  const result = new Float32Array(x.length);
  result.set(await own.denoise(...partOf(threads.length)), size * start(threads.length));
  for (const [i, part] of (await Promise.all(sent)).entries()) if (part) result.set(part, size * start(i));
  return result;
}

interface EngineThread {
  denoise(part: ThreadBatch): Promise<Float32Array>;
  stop(): Promise<unknown>;
}

/** The thread starts with its first part, since an idle thread that has never worked would keep the process alive. */
function threadOf(model: Uint8Array): EngineThread {
  let worker: Worker | undefined;
  /** Pending requests, in order. The process may end when there are none. */
  const waiting: { resolve(result: Float32Array): void; reject(error: Error): void }[] = [];
  const begin = (): Worker =>
    new Worker(new URL(`./engine-thread${extname(import.meta.filename)}`, import.meta.url), { workerData: model })
      .on("message", (result: Float32Array) => {
        waiting.shift()?.resolve(result);
        if (waiting.length === 0) worker?.unref();
      })
      .on("error", (error) => {
        worker = undefined;
        for (const { reject } of waiting.splice(0)) reject(error);
      });
  return {
    denoise: (part) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker ??= begin();
        worker.ref();
        worker.postMessage(part, [part[0].buffer, part[2].buffer]);
      }),
    stop: async () => worker?.terminate(),
  };
}
