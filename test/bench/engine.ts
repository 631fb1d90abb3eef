/**
 * `npm run bench -- engine [model.onnx]`: both builds of the engine beside onnxruntime-web, one thread each, in Node.
 * They take turns, so that what else the machine does hits all alike. Ratios carry over to other machines of the kind;
 * absolute times do not.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web/wasm";
import { newCommand, numberIn } from "../../training/cli/command-line.ts";
import { quantizerFor, type Range } from "../../training/quantize/quantize.ts";
import { createEngine } from "../../wasm-model/engine/engine.ts";
import { builds } from "../../wasm-model/engine/simd.ts";
import type { Denoiser } from "../../wasm-model/model/model.ts";
import { decodeModel, encodeModel, type GraphProto, tensor } from "../../wasm-model/model/onnx/file.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { type ModelContents, sealed, withoutChecksum } from "../../wasm-model/model/onnx/writer.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { machine, writeFigures } from "./measure.ts";

const SHIPPED = fileURLToPath(new URL("../../wasm-model/models/fashion-mnist/model.onnx", import.meta.url));
const ORT = "onnxruntime-web, int8 in its fastest form";
/** What each quantized convolution is taken to write: for its speed the range does not matter. */
const RANGE: Range = [-6, 6];
const MAX_OUTPUT_CODE = 255;

/**
 * The int8 model with a QuantizeLinear -> DequantizeLinear behind each quantized convolution too, on codes 0..255: the
 * form that onnxruntime runs in integers, its fastest. `readModel` refuses its graph.
 */
function fastestForOrt({ card, weights }: ModelContents): Uint8Array<ArrayBuffer> {
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

/** Runs such a file on one thread of onnxruntime-web. */
async function openOrt(file: Uint8Array, { channels, height, width, classes }: Denoiser["spec"]): Promise<Pick<Denoiser, "denoise">> {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
  return {
    async denoise(x, sigma, labels) {
      const { denoised } = await session.run({
        x: new ort.Tensor("float32", x, [1, channels, height, width]),
        sigma: new ort.Tensor("float32", Float32Array.of(sigma), [1]),
        class: new ort.Tensor("float32", labels, [1, classes]),
      });
      return denoised.data as Float32Array;
    },
  };
}

const command = newCommand("bench engine")
  .description("Times one evaluation by both builds of the engine and by onnxruntime-web, one thread each.")
  .argument("[model.onnx]", "the model's file (default: the shipped fashion-mnist)")
  .option("--rounds <n>", "how often each takes its turn", numberIn("rounds", 1, 1e4), 12)
  .option("--json <file>", "also write the times, as test/bench/figures/engine.json has them for the README")
  .parse(process.argv);
const [path = SHIPPED] = command.args;
const { rounds, json } = command.opts<{ rounds: number; json?: string }>();
const model = readModel(new Uint8Array(await readFile(path)));
const { spec } = model.card;
const macs = macsOf(spec);
const runtimes = new Map([
  ["engine, relaxed", await createEngine(await builds.relaxed(), model)],
  ["engine, plain", await createEngine(await builds.plain(), model)],
  [ORT, await openOrt(fastestForOrt(model), spec)],
]);
const x = Float32Array.from({ length: spec.channels * spec.height * spec.width }, (_, i) => Math.sin(i));
const labels = Float32Array.from({ length: spec.classes }, (_, i) => Number(i === 0));
let sigma = 1;

/** Milliseconds of one evaluation. Each has a noise level of its own, as in sampling. */
async function timeOf(runtime: Pick<Denoiser, "denoise">): Promise<number> {
  sigma = sigma > 10 ? 0.1 : sigma * 1.01;
  const start = performance.now();
  const result = runtime.denoise(x, sigma, labels);
  if (result instanceof Promise) await result;
  return performance.now() - start;
}

const times = new Map([...runtimes.keys()].map((name): [string, number[]] => [name, []]));
for (const runtime of runtimes.values()) for (let i = 0; i < 20; i++) await timeOf(runtime); // compilers warm up
for (let round = 0; round < rounds; round++) {
  for (const [name, runtime] of runtimes) {
    const end = performance.now() + 30;
    while (performance.now() < end) times.get(name)?.push(await timeOf(runtime));
  }
}

console.log(machine());
console.log(`${path}: ${spec.channels}x${spec.height}x${spec.width}, widths ${spec.widths}, ${(macs / 1e6).toFixed(1)} MMAC`);
const medians = Object.fromEntries([...times].map(([name, values]) => [name, values.sort((a, b) => a - b)[values.length >> 1]]));
const line = (name: string, ...cells: string[]): void => console.log(name.padEnd(50) + cells.map((cell) => cell.padStart(11)).join(""));
line("", "best ms", "median ms", "GMAC/s", "speed");
for (const [name, [best]] of times)
  line(name, best.toFixed(3), medians[name].toFixed(3), (macs / best / 1e6).toFixed(1), (medians[ORT] / medians[name]).toFixed(2));
if (json !== undefined) writeFigures(json, { node: process.versions.node, macs, milliseconds: medians });
