/**
 * `npm run bench -- engine [model.onnx]`: the engine beside every other way to run the same network, one thread each,
 * taking turns. Ratios within one run carry over to other machines of the kind; absolute times do not.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { newCommand } from "../../training/cli/command-line.ts";
import { createEnlarger } from "../../wasm-model/engine/enlarger-program.ts";
import { enlargerFile } from "../../wasm-model/model/model.ts";
import { readEnlarger, readModel } from "../../wasm-model/model/onnx/reader.ts";
import { enlargerCounts, macsOf } from "../../wasm-model/network/count.ts";
import { builds } from "../../wasm-model/runtime/simd.ts";
import { interleaved, machine, type Timing, writeFigures } from "./measure.ts";
import { type ComparedRuntime, engineOf, onnxruntimeNode, onnxruntimeWeb, tfjsWasm } from "./runtimes.ts";

const SHIPPED = fileURLToPath(new URL("../../wasm-model/models/fashion-mnist/model.onnx", import.meta.url));
const command = newCommand("bench engine")
  .description("Times the engine beside onnxruntime-web, tfjs-wasm and native onnxruntime, one thread each.")
  .argument("[model.onnx]", "the model's file (default: the shipped fashion-mnist)")
  .option("--json <file>", "also write the times, as test/bench/figures/engine.json has them for the README")
  .parse(process.argv);
const [path = SHIPPED] = command.args;
const { json } = command.opts<{ json?: string }>();
const model = readModel(new Uint8Array(await readFile(path)));
const { spec } = model.card;
const macs = macsOf(spec);

console.log(`${machine()}, Node ${process.version}`);
console.log(`${path}: ${spec.channels}x${spec.height}x${spec.width}, widths ${spec.widths}, ${(macs / 1e6).toFixed(1)} MMAC`);

const timings = await compareRuntimes();
if (json !== undefined) {
  const milliseconds = Object.fromEntries([...timings].map(([name, { median }]) => [name, median]));
  writeFigures(json, { node: process.versions.node, macs, milliseconds });
}
await enlarging();

/** Milliseconds per image of every runtime. */
async function compareRuntimes(): Promise<Map<string, Timing>> {
  const runtimes: ComparedRuntime[] = [
    { name: "engine, relaxed", denoiser: await engineOf("relaxed", model) },
    { name: "engine, plain", denoiser: await engineOf("plain", model) },
    await onnxruntimeWeb(model),
    await tfjsWasm(model),
    await onnxruntimeNode(model),
  ];
  return timeAll(runtimes);
}

async function timeAll(runtimes: readonly ComparedRuntime[]): Promise<Map<string, Timing>> {
  const x = Float32Array.from({ length: spec.channels * spec.height * spec.width }, (_, i) => Math.sin(i));
  const labels = Float32Array.from({ length: spec.classes }, (_, i) => Number(i === 0));
  // Each call has a noise level of its own, as in sampling.
  let sigma = 1;
  const nextSigma = (): number => {
    sigma = sigma > 10 ? 0.1 : sigma * 1.01;
    return sigma;
  };
  const functions = new Map(runtimes.map(({ name, denoiser }) => [name, () => denoiser.denoise(x, nextSigma(), labels)]));
  const timings = await interleaved(functions, { milliseconds: 30 });
  const { best: fastest } = timings.get("onnxruntime-web, int8 in its fastest form")!;
  console.log(`\n${"One image".padEnd(44)}  best ms median ms   GMAC/s  speed, onnxruntime-web's fastest int8 = 1`);
  for (const [name, { best, median }] of timings) printRow(name, best, median, macs, (fastest / best).toFixed(2));
  return timings;
}

function printRow(name: string, best: number, median: number, macs: number, ...more: string[]): void {
  const columns = [best.toFixed(3), median.toFixed(3), (macs / best / 1e6).toFixed(1), ...more];
  console.log(`${name.padEnd(44)}${columns.map((column) => column.padStart(9)).join("")}`);
}

/** The enlarger's network for an image of 32x32 pixels, in both builds. */
async function enlarging(): Promise<void> {
  const size = { height: 32, width: 32 };
  const weights = readEnlarger(await enlargerFile());
  const image = Float32Array.from({ length: 3 * size.height * size.width }, (_, i) => Math.sin(i));
  const functions = new Map<string, () => unknown>();
  for (const name of ["relaxed", "plain"] as const) {
    const enlarger = await createEnlarger(await builds[name](), weights, size);
    functions.set(`enlarger, ${name}`, () => enlarger.enlarge(image));
  }
  const { macs } = enlargerCounts(size.height, size.width);
  console.log(`\nThe enlarger of 32x32, ${(macs / 1e6).toFixed(1)} MMAC            best ms  median ms   GMAC/s`);
  for (const [name, { best, median }] of await interleaved(functions, { milliseconds: 30 })) printRow(name, best, median, macs);
}
