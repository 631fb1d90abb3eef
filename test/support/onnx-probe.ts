/** What a model file's quantized convolutions read in onnxruntime, by which the shipped models were calibrated. */
import * as ort from "onnxruntime-web/wasm";
import type { Observe } from "../../training/quantize/calibrate.ts";
import { decodeModel, encodeModel, type GraphProto, type NodeProto } from "../../wasm-model/model/onnx/file.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { quantizedPathsOf } from "../../wasm-model/network/count.ts";

export async function onnxObserver(model: ModelContents): Promise<Observe> {
  const { spec } = model.card;
  const proto = decodeModel(writeModel(model));
  const graph = proto.graph as GraphProto;
  const nodeOf = (path: string) => graph.node.find(({ name }) => name === `${path}.output`) as NodeProto;
  const names = new Map(quantizedPathsOf(spec).map((path) => [path, nodeOf(path).input[0]]));
  // What they write is an output too, as it was when the shipped models were made: it keeps onnxruntime from fusing them.
  const watched = new Set([...names].flatMap(([path, name]) => [name, nodeOf(path).output[0]]));
  for (const name of watched) graph.output.push({ name });
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(encodeModel(proto));
  return async (x, sigma, labels) => {
    const batch = labels.length / spec.classes;
    const results = await session.run({
      x: new ort.Tensor("float32", x, [batch, spec.channels, spec.height, spec.width]),
      sigma: new ort.Tensor("float32", new Float32Array(batch).fill(sigma), [batch]),
      class: new ort.Tensor("float32", labels, [batch, spec.classes]),
    });
    const valuesOf = (name: string): Float32Array => results[name].data as Float32Array;
    return { denoised: valuesOf("denoised"), inputs: new Map([...names].map(([path, name]) => [path, valuesOf(name)])) };
  };
}
