/**
 * What `npm run bench -- engine` times in Node and in Chromium alike: the engine and onnxruntime-web, one thread each,
 * taking turns, so that what else the machine does hits all alike.
 */
import * as ort from "onnxruntime-web/wasm";
import { createEngine } from "../../wasm-model/engine/engine.ts";
import { builds } from "../../wasm-model/engine/simd.ts";
import type { Denoiser } from "../../wasm-model/model/model.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { openOrtFast, writeOrtFast } from "./ort-fast.ts";

export interface ComparedRuntime {
  readonly name: string;
  readonly denoiser: Pick<Denoiser, "denoise">;
}

export interface Timing {
  /** Milliseconds of the fastest call: what the machine can do when nothing else interrupts. */
  readonly best: number;
  readonly median: number;
}

/** By the names of what took turns. */
export type Timings = Readonly<Record<string, Timing>>;

const BUILDS = ["relaxed", "plain"] as const;

/** One evaluation of the model in this file by each runtime, `others` too. */
export async function timesHere(file: Uint8Array, rounds: number, others: readonly ComparedRuntime[] = []): Promise<Timings> {
  const model = readModel(file);
  return evaluationTimes(model, rounds, [...(await portableRuntimes(model)), ...others]);
}

async function portableRuntimes(model: ModelContents): Promise<ComparedRuntime[]> {
  const engine = async (build: (typeof BUILDS)[number]): Promise<ComparedRuntime> => ({
    name: `engine, ${build}`,
    denoiser: await createEngine(await builds[build](), model),
  });
  ort.env.wasm.numThreads = 1;
  return [
    ...(await Promise.all(BUILDS.map(engine))),
    { name: "onnxruntime-web, int8 in its fastest form", denoiser: await openOrtFast(ort, writeOrtFast(model), model.card.spec) },
  ];
}

function evaluationTimes({ card: { spec } }: ModelContents, rounds: number, runtimes: readonly ComparedRuntime[]): Promise<Timings> {
  const x = Float32Array.from({ length: spec.channels * spec.height * spec.width }, (_, i) => Math.sin(i));
  const labels = Float32Array.from({ length: spec.classes }, (_, i) => Number(i === 0));
  // Each call has a noise level of its own, as in sampling.
  let sigma = 1;
  const nextSigma = (): number => {
    sigma = sigma > 10 ? 0.1 : sigma * 1.01;
    return sigma;
  };
  return interleaved(new Map(runtimes.map(({ name, denoiser }) => [name, () => denoiser.denoise(x, nextSigma(), labels)])), rounds);
}

/** Calls each function in turn, `rounds` times, for about 30 ms each time; every call is timed by itself. */
async function interleaved(functions: ReadonlyMap<string, () => unknown>, rounds: number): Promise<Timings> {
  const times = new Map<string, number[]>([...functions.keys()].map((name) => [name, []]));
  for (const run of functions.values()) for (let i = 0; i < 20; i++) await run(); // compilers warm up
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of functions) {
      const end = performance.now() + 30;
      while (performance.now() < end) times.get(name)?.push(await timed(run));
    }
  }
  return Object.fromEntries(
    [...times].map(([name, values]) => {
      values.sort((a, b) => a - b);
      return [name, { best: values[0], median: values[values.length >> 1] }];
    }),
  );
}

/** Milliseconds of one call. */
async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  const result = run();
  if (result instanceof Promise) await result;
  return performance.now() - start;
}
