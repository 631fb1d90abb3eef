/** onnxruntime-web as a runtime: for Node and browsers, on one thread. The host passes in the module `onnxruntime-web/wasm`. */
import type * as Ort from "onnxruntime-web/wasm";
import { nativeShape } from "../model/card.ts";
import { enlargerFile, opacitiesOf } from "../model/model.ts";
import { writeFinisher } from "../model/onnx/writer.ts";
import type { FinisherName } from "../network/finishers.ts";
import type { Weights } from "../network/quantization.ts";
import { RGB, type Size } from "../network/spec.ts";
import type { Runtime } from "./load.ts";

export interface OnnxRuntimeOptions {
  /** The module `onnxruntime-web/wasm`. Its `env.wasm.wasmPaths` says where its WebAssembly is, if not beside its script. */
  readonly ort: typeof Ort;
}

/** Throws TypeError without the module. */
export function onnxruntime({ ort }: OnnxRuntimeOptions): Runtime {
  if (!ort?.InferenceSession) throw new TypeError("Expected the module `onnxruntime-web/wasm` for `ort` but received something else");
  ort.env.wasm.numThreads = 1;
  const createSession = (model: Uint8Array) => ort.InferenceSession.create(model, { executionProviders: ["wasm"] });

  let shared: Promise<Ort.InferenceSession> | undefined;
  const sharedEnlarger = (): Promise<Ort.InferenceSession> => {
    shared ??= enlargerFile()
      .then((file) => inTurn(() => createSession(file)))
      .catch((error) => {
        shared = undefined;
        throw error;
      });
    return shared;
  };
  const finish = async (session: Ort.InferenceSession, image: Float32Array, { height, width }: Size): Promise<Float32Array> => {
    const feeds = { image: new ort.Tensor("float32", image, [1, RGB, height, width]) };
    const results = await inTurn(() => session.run(feeds));
    return results[session.outputNames[0]].data as Float32Array;
  };
  const ownSession = async (name: FinisherName, weights: Weights | undefined): Promise<Ort.InferenceSession | undefined> =>
    weights && (await inTurn(() => createSession(writeFinisher(name, weights))));

  return {
    async load({ card, bytes, enlarger, matte }) {
      const session = await inTurn(() => createSession(bytes));
      const own = await ownSession("enlarger", enlarger);
      const cutter = await ownSession("matte", matte);
      const sessions = [session, own, cutter].filter((one) => one !== undefined);
      const { channels, height, width, classes } = card.spec;
      const native = nativeShape(card);
      return {
        spec: card.spec,
        bytes: sessions.length * SESSION_BYTES + bytes.length,
        async denoise(x, sigma, labels) {
          const batch = x.length / (channels * height * width);
          const feeds = {
            x: new ort.Tensor("float32", x, [batch, channels, height, width]),
            sigma: new ort.Tensor("float32", new Float32Array(batch).fill(sigma), [batch]),
            class: new ort.Tensor("float32", labels, [batch, classes]),
          };
          const { denoised } = await inTurn(() => session.run(feeds));
          return denoised.data as Float32Array;
        },
        enlarge: async (image) => finish(own ?? (await sharedEnlarger()), image, native),
        ...(cutter && { matte: async (image: Float32Array) => opacitiesOf(await finish(cutter, image, card.spec)) }),
        async dispose() {
          for (const one of sessions) await inTurn(() => one.release());
        },
      };
    },
  };
}

/** Memory of a session besides its parameters, as measured: onnxruntime does not report it. */
const SESSION_BYTES = 6_291_456;

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs tasks one after another. onnxruntime-web has one WebAssembly instance for all sessions: its calls share that
 * instance's stack across `await`s, and it fails if two calls initialize it at the same time.
 */
function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const result = last.then(task);
  last = result.catch(() => undefined);
  return result;
}
