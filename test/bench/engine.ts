/**
 * `npm run bench -- engine [model.onnx]`: the engine beside every other way to run the same network, one thread each,
 * taking turns. Ratios within one run carry over to other machines of the kind; absolute times do not.
 */
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { newCommand } from "../../training/cli/command-line.ts";
import type { Engine } from "../../wasm-model/engine/engine.ts";
import { recordNetwork } from "../../wasm-model/engine/graph.ts";
import { STEP_BYTES } from "../../wasm-model/engine/layout.ts";
import { type PlanStep, planOf } from "../../wasm-model/engine/plan.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { macsOf } from "../../wasm-model/network/count.ts";
import { interleaved, machine, type Timing, writeFigures } from "./measure.ts";
import { peakLoops } from "./peak.ts";
import { type ComparedRuntime, engineOf, onnxruntimeNode, onnxruntimes, tfjsWasm } from "./runtimes.ts";

const SHIPPED = fileURLToPath(new URL("../../wasm-model/models/fashion-mnist/model.onnx", import.meta.url));
const command = newCommand("bench engine")
  .description("Times the engine beside onnxruntime-web, tfjs-wasm and native onnxruntime, one thread each.")
  .argument("[model.onnx]", "the model's file (default: the shipped fashion-mnist)")
  .option("--json <file>", "also write the times at batch 1, as test/bench/figures/engine.json has them for the README")
  .parse(process.argv);
const [path = SHIPPED] = command.args;
const { json } = command.opts<{ json?: string }>();
const model = readModel(new Uint8Array(await readFile(path)));
const { spec } = model.card;
const macs = macsOf(spec);
const engines = {
  relaxed: await engineOf("relaxed", model),
  plain: await engineOf("plain", model),
};

console.log(`${machine()}, Node ${process.version}`);
console.log(`${path}: ${spec.channels}x${spec.height}x${spec.width}, widths ${spec.widths}, ${(macs / 1e6).toFixed(1)} MMAC`);

const timings = await compareRuntimes();
if (json !== undefined) {
  const milliseconds = Object.fromEntries([...timings].map(([name, { median }]) => [name, median]));
  writeFigures(json, { node: process.versions.node, macs, milliseconds });
}
await compareWithRoofline(timings.get("engine, relaxed") as Timing, timings.get("engine, plain") as Timing);
coldStart();
await sizes();

/** Milliseconds per image of every runtime, at batch 1 and 16. */
async function compareRuntimes(): Promise<Map<string, Timing>> {
  const other = engines.relaxed.convolution === "direct" ? "winograd" : "direct";
  const otherEngine = await engineOf("relaxed", model, other);
  const runtimes: ComparedRuntime[] = [
    { name: "engine, relaxed", denoiser: engines.relaxed },
    { name: "engine, plain", denoiser: engines.plain },
    { name: `engine, relaxed with ${other} convolution`, denoiser: otherEngine },
    ...(await onnxruntimes(model)),
    await tfjsWasm(model),
    await onnxruntimeNode(model),
  ];
  console.log(`The relaxed build takes the ${engines.relaxed.convolution} convolution here.`);
  const [single] = [await timeAll(runtimes, 1), await timeAll(runtimes, 16)];
  return single;
}

async function timeAll(runtimes: readonly ComparedRuntime[], batch: number): Promise<Map<string, Timing>> {
  const x = Float32Array.from({ length: batch * spec.channels * spec.height * spec.width }, (_, i) => Math.sin(i));
  const labels = new Float32Array(batch * spec.classes);
  for (let image = 0; image < batch; image++) labels[image * spec.classes + (image % spec.classes)] = 1;
  // Each call has a noise level of its own, as in sampling.
  let sigma = 1;
  const nextSigma = (): number => {
    sigma = sigma > 10 ? 0.1 : sigma * 1.01;
    return sigma;
  };
  const functions = new Map(runtimes.map(({ name, denoiser }) => [name, () => denoiser.denoise(x, nextSigma(), labels)]));
  const timings = await interleaved(functions, { milliseconds: 30 * Math.sqrt(batch) });
  const fastest = Math.min(
    ...[...timings].filter(([name]) => /model.onnx|fastest form/.test(name) && /web/.test(name)).map(([, { best }]) => best),
  );
  console.log(`\nBatch ${batch}, per image      best ms  median ms   GMAC/s  speed, onnxruntime-web's fastest int8 = 1`);
  for (const [name, { best, median }] of timings) {
    const columns = [
      (best / batch).toFixed(3),
      (median / batch).toFixed(3),
      ((macs * batch) / best / 1e6).toFixed(1),
      (fastest / best).toFixed(2),
    ];
    console.log(`${name.padEnd(44)}${columns.map((column) => column.padStart(9)).join("")}`);
  }
  return timings;
}

/** The bare convolutions, no epilogue, at each of the network's shapes; the faster algorithm counts. */
async function compareWithRoofline(relaxed: Timing, plain: Timing): Promise<void> {
  const steps = planOf(recordNetwork(spec)).steps.map((step, i) => ({ step, index: i + 1 }));
  const integer = steps.filter(({ step }) => step.producer.op === "conv" && step.source !== "image");
  const kinds: [string, Engine][] = [
    ["direct", await engineOf("relaxed", model, "direct")],
    ["winograd", engines.plain],
  ];
  const shapes = new Map<string, { macs: number; count: number; functions: [string, () => void][] }>();
  for (const { step, index } of integer) {
    const name = shapeOf(step);
    const shape = shapes.get(name);
    if (shape) shape.count++;
    else {
      const functions = kinds.map(([kind, { kernels, program }]): [string, () => void] => [
        kind,
        () => kernels.runBareConvolution(program.address + index * STEP_BYTES),
      ]);
      shapes.set(name, { macs: macsOfStep(step), count: 1, functions });
    }
  }
  const peaks = await peakLoops();
  const functions = new Map<string, () => void>(
    [...shapes].flatMap(([name, { functions }]) => functions.map(([kind, run]): [string, () => void] => [`${name} ${kind}`, run])),
  );
  for (const [name, { run }] of peaks) functions.set(`peak ${name}`, run);
  const timings = await interleaved(functions, { milliseconds: 5 });

  console.log("\nBare convolutions (GMAC/s)                  direct  winograd");
  const totals = { direct: 0, winograd: 0, best: 0, macs: 0 };
  for (const [name, { macs, count }] of shapes) {
    const [direct, winograd] = kinds.map(([kind]) => (timings.get(`${name} ${kind}`) as Timing).best);
    totals.direct += count * direct;
    totals.winograd += count * winograd;
    totals.best += count * Math.min(direct, winograd);
    totals.macs += count * macs;
    console.log(
      `${`${count} x ${name}`.padEnd(40)}${(macs / direct / 1e6).toFixed(1).padStart(10)}${(macs / winograd / 1e6).toFixed(1).padStart(10)}`,
    );
  }
  const rate = (milliseconds: number): string => (totals.macs / milliseconds / 1e6).toFixed(1);
  console.log(`${"weighted by MACs".padEnd(40)}${rate(totals.direct).padStart(10)}${rate(totals.winograd).padStart(10)}`);
  for (const [name, { gmac }] of peaks) {
    const { best } = timings.get(`peak ${name}`) as Timing;
    console.log(`peak of ${name} dot products in registers: ${((gmac / best) * 1000).toFixed(1)} GMAC/s`);
  }
  const share = (time: Timing, roofline: number): string => `${((100 * (macs / time.best)) / (totals.macs / roofline)).toFixed(0)} %`;
  console.log(
    `whole network, share of the roofline (${rate(totals.best)}): relaxed ${share(relaxed, totals.best)}, plain ${share(plain, totals.winograd)}`,
  );
}

function shapeOf({ producer, source, size }: PlanStep): string {
  const kernel = producer.op === "conv" ? producer.kernel : 1;
  const inputs = typeof source === "string" ? 0 : source.size.channels;
  return `${size.height}x${size.width}, ${inputs} -> ${size.channels}, ${kernel}x${kernel}`;
}

function macsOfStep({ producer, source, size }: PlanStep): number {
  const kernel = producer.op === "conv" ? producer.kernel : 1;
  const inputs = typeof source === "string" ? 0 : source.size.channels;
  return size.height * size.width * size.channels * inputs * kernel ** 2;
}

/** Mean of ten fresh processes. */
function coldStart(): void {
  const runs = Array.from({ length: 10 }, () => {
    const { stdout } = spawnSync(process.execPath, [fileURLToPath(new URL("cold-start.ts", import.meta.url)), path], { encoding: "utf8" });
    return JSON.parse(stdout) as Record<string, number>;
  });
  const mean = (key: string): string => (runs.reduce((sum, run) => sum + run[key], 0) / runs.length).toFixed(1);
  console.log(`\nFresh process, ms of CPU: load ${mean("load")}, first image ${mean("firstImage")}, second image ${mean("secondImage")}`);
}

async function sizes(): Promise<void> {
  const files = {
    "engine, relaxed": new URL("../../wasm-model/engine/dist/relaxed.wasm", import.meta.url),
    "engine, plain": new URL("../../wasm-model/engine/dist/plain.wasm", import.meta.url),
    "onnxruntime-web": new URL(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")),
    "tfjs-wasm": new URL("tfjs-backend-wasm-simd.wasm", import.meta.resolve("@tensorflow/tfjs-backend-wasm")),
  };
  console.log("\nWebAssembly, bytes                    raw      gzip");
  for (const [name, file] of Object.entries(files)) {
    const bytes = await readFile(file);
    console.log(`${name.padEnd(30)}${String(bytes.length).padStart(11)}${String(gzipSync(bytes).length).padStart(10)}`);
  }
}
