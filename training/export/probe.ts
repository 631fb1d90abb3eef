/** A model under observation: onnxruntime computes it and gives, beside its result, what each quantized convolution read and wrote. */
import { decodeModel, encodeModel, type GraphProto, type NodeProto } from "../../wasm-model/model/onnx/file.ts";
import { type Model, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { quantizedPathsOf } from "../../wasm-model/network/count.ts";

export interface Observation {
  readonly denoised: Float32Array;
  /** By convolution path. */
  readonly inputs: ReadonlyMap<string, Float32Array>;
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

export interface Probe {
  /** As Denoiser's `denoise`. One call at a time. */
  observe(x: Float32Array, sigma: number, labels: Float32Array): Promise<Observation>;
  dispose(): Promise<void>;
}

export async function openProbe(model: Model): Promise<Probe> {
  const { spec } = model.card;
  const paths = quantizedPathsOf(spec);
  const proto = decodeModel(writeModel(model));
  const graph = proto.graph as GraphProto;
  const convolutions = new Map(paths.map((path) => [path, graph.node.find(({ name }) => name === `${path}.output`) as NodeProto]));
  const watched = new Set([...convolutions.values()].flatMap(({ input, output }) => [input[0], output[0]]));
  for (const name of watched) graph.output.push({ name });

  const ort = await import("onnxruntime-web/wasm"); // a large package, which few commands need
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(encodeModel(proto));
  return {
    async observe(x, sigma, labels) {
      const batch = labels.length / spec.classes;
      const results = await session.run({
        x: new ort.Tensor("float32", x, [batch, spec.channels, spec.height, spec.width]),
        sigma: new ort.Tensor("float32", new Float32Array(batch).fill(sigma), [batch]),
        class: new ort.Tensor("float32", labels, [batch, spec.classes]),
      });
      const valuesOf = (name: string): Float32Array => results[name].data as Float32Array;
      return {
        denoised: valuesOf("denoised"),
        inputs: new Map([...convolutions].map(([path, { input }]) => [path, valuesOf(input[0])])),
        outputs: new Map([...convolutions].map(([path, { output }]) => [path, valuesOf(output[0])])),
      };
    },
    dispose: () => session.release(),
  };
}
