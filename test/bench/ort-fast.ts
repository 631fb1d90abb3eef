/**
 * An int8 model with a QuantizeLinear -> DequantizeLinear behind each quantized convolution too, on codes 0..255: the
 * form that onnxruntime runs in integers, its fastest. No other runtime of ours takes it: `readModel` refuses its
 * graph.
 */
import type * as Ort from "onnxruntime-web/wasm";
import { quantizerFor, type Range } from "../../training/quantize/quantize.ts";
import type { Denoiser } from "../../wasm-model/model/model.ts";
import { decodeModel, encodeModel, type GraphProto, tensor } from "../../wasm-model/model/onnx/file.ts";
import { type ModelContents, sealed, withoutChecksum } from "../../wasm-model/model/onnx/writer.ts";

const MAX_OUTPUT_CODE = 255;

/** What each quantized convolution is taken to write: for its speed the range does not matter. */
const RANGE: Range = [-6, 6];

/** The file's bytes. */
export function writeOrtFast({ card, weights }: ModelContents): Uint8Array<ArrayBuffer> {
  const model = decodeModel(withoutChecksum({ card, weights }, JSON.stringify(card)));
  const { node: nodes, initializer } = model.graph as GraphProto;
  for (const path of weights.convolutions.keys()) {
    const { scale, zeroPoint } = quantizerFor(RANGE, MAX_OUTPUT_CODE);
    const [output, codes, values] = [`${path}.output`, `${path}.output.codes`, `${path}.output.values`];
    const parameters = [`${output}.scale`, `${output}.zeroPoint`];
    initializer.push(tensor(parameters[0], [], Float32Array.of(scale)), tensor(parameters[1], [], Uint8Array.of(zeroPoint)));
    for (const node of nodes) node.input = node.input.map((name) => (name === output ? values : name));
    const behind = nodes.findIndex(({ name }) => name === output) + 1;
    nodes.splice(
      behind,
      0,
      { op_type: "QuantizeLinear", name: codes, input: [output, ...parameters], output: [codes], attribute: [] },
      { op_type: "DequantizeLinear", name: values, input: [codes, ...parameters], output: [values], attribute: [] },
    );
  }
  return sealed(encodeModel(model));
}

/** Runs such a file on one thread of onnxruntime, web or native. One call at a time. */
export async function openOrtFast(ort: typeof Ort, file: Uint8Array, spec: Denoiser["spec"]): Promise<Denoiser> {
  const { channels, height, width, classes } = spec;
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
  return {
    spec,
    async denoise(x, sigma, labels) {
      const batch = labels.length / classes;
      const { denoised } = await session.run({
        x: new ort.Tensor("float32", x, [batch, channels, height, width]),
        sigma: new ort.Tensor("float32", new Float32Array(batch).fill(sigma), [batch]),
        class: new ort.Tensor("float32", labels, [batch, classes]),
      });
      return denoised.data as Float32Array;
    },
    dispose: () => session.release(),
  };
}
