/** training/WEIGHTS.md, as it stands there: weights out, changed in Python and in again, and the library's own pixels. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { decode } from "fast-png";
import * as ort from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { NETWORK } from "../../training/learning/defaults.ts";
import { writeWeightsFile } from "../../training/run/weights-file.ts";
import { loadModel, noiseOf, type Runtime, sample, simd } from "../../wasm-model/anneal.ts";
import { onnxruntime } from "../../wasm-model/engine/onnxruntime.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { parametersOf } from "../../wasm-model/network/count.ts";

import { NETWORKS, type NetworkSpec, RGB } from "../../wasm-model/network/spec.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";

import { pythonWith } from "../setup/machine.ts";
import { temporaryFolder } from "../support/files.ts";
import { oracleDenoiser } from "../support/oracle.ts";
import { DEEP, randomInput, randomModel, TINY, UNCONDITIONAL, withFinishers } from "../support/random-model.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "training/WEIGHTS.md"), "utf8");
const blocks = (kind: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block]) => block);
const [EDIT, FORWARD, NOISE, DRAW, CUT_OUT] = blocks("python");
const [WRITE, [EXPORT, TRAIN]] = blocks("sh").map((block) => block.trim().split("\n")) as [string[], string[]];

const folder = temporaryFolder("python");
const inFolder = (name: string): string => join(folder, name);
let python: string;
beforeAll(async () => {
  python = join(await pythonWith("onnxruntime==1.23.2", "pillow==12.0.0", "safetensors==0.7.0"), "bin", "python");
  mkdirSync(inFolder("models/emoji"), { recursive: true });
});

function runPython(program: string): void {
  writeFileSync(inFolder("program.py"), program);
  execFileSync(python, ["program.py"], { cwd: folder });
}

/** Runs a command of the page in the folder, as it is typed, with flags that make it small. */
function runAnneal(command: string, ...flags: string[]): void {
  const words = command.replace("npx anneal ", "").split(" ");
  execFileSync(process.execPath, [join(ROOT, "training/anneal.ts"), ...words, ...flags, "--backend", "wasm"], { cwd: folder });
}

const floatsIn = (name: string): Float32Array => new Float32Array(new Uint8Array(readFileSync(inFolder(name))).buffer);

const drawnBy = async (file: Uint8Array, runtime: Runtime, seed = "alice") => sample(await loadModel(file, { runtime }), { seed });

it("the table has every tensor of the base's network in colour, of ten classes, with its shape", () => {
  const spec: NetworkSpec = { ...NETWORKS[NETWORK], height: 32, width: 32, channels: RGB, classes: 10, sigmaData: 1 };
  for (const [path, { shape }] of parametersOf(spec))
    expect(PAGE.replaceAll(/ +/g, " ")).toContain(`| \`${path}\` | [${shape.join(", ")}] |`);
});

describe("weights", () => {
  it("go out, are scaled by 1.001, go in again and draw", async () => {
    const shipped = readFileSync(join(ROOT, "wasm-model/models/fashion-mnist/model-fp32.onnx"));
    writeFileSync(inFolder("models/emoji/model-fp32.onnx"), shipped);
    runAnneal(WRITE[0]);
    runPython(EDIT);
    runAnneal(EXPORT);
    const [before, after] = [shipped, readFileSync(inFolder("models/edited/model-fp32.onnx"))].map((file) => readModel(file));
    const by = { name: "edited.safetensors", images: 0, sha256: sha256Hex(readFileSync(inFolder("edited.safetensors"))) };
    expect(after.card).toEqual({ ...before.card, training: { ...before.card.training, images: 0, by } });
    const gain = ({ weights }: ModelContents): number => weights.floats.get("out.gain")![0];
    expect(gain(after)).toBeCloseTo(1.001 * gain(before), 6);
    const filter = ({ weights }: ModelContents): Float32Array => weights.floats.get("out")!;
    filter(after).forEach((value, i) => void expect(value).toBeCloseTo(filter(before)[i], 6));
    const { pixels } = await drawnBy(readFileSync(inFolder("models/edited/model.onnx")), simd);
    const fp32 = await drawnBy(shipped, onnxruntime({ ort }));
    const apart = pixels.reduce((sum, byte, i) => sum + Math.abs(byte - fp32.pixels[i]), 0) / pixels.length;
    expect(apart).toBeLessThan(10);
  });

  it("start a run, of other classes too", () => {
    writeTinyDataset(inFolder("emoji"));
    runAnneal(TRAIN, "--size", "8", "--images", "16", "--batch", "16");
    const config = JSON.parse(readFileSync(inFolder("models/emoji-2/run/config.json"), "utf8"));
    expect(config).toMatchObject({ network: "m32", spec: { sigmaData: 0.7 }, source: { name: "fashion-mnist" } });
  });
});

it.each([
  ["three levels", DEEP["32x32, three levels"]],
  ["two levels, in grey", TINY],
  ["no classes", UNCONDITIONAL],
])("the forward pass is that of the network: %s", async (_, spec) => {
  const model = randomModel(spec, 3, "fp32");
  writeWeightsFile(inFolder("emoji.safetensors"), model);
  const { channels, height, width, classes } = spec;
  for (const sigma of [0.1, 5]) {
    const { x, labels } = randomInput(spec, 2, sigma, 4);
    writeFileSync(inFolder("x.f32"), x);
    writeFileSync(inFolder("labels.f32"), labels);
    runPython(`${FORWARD}
x = np.fromfile("x.f32", "float32").reshape(2, ${channels}, ${height}, ${width})
labels = np.fromfile("labels.f32", "float32").reshape(2, ${classes})
denoise(x, np.full(2, ${sigma}), labels).astype("float32").tofile("denoised.f32")
`);
    const denoised = floatsIn("denoised.f32");
    const expected = await (await oracleDenoiser(spec, model.weights)).denoise(x, sigma, labels);
    expect(denoised).toHaveLength(expected.length);
    denoised.forEach((value, i) => void expect(Math.abs(value - expected[i])).toBeLessThan(5e-5));
  }
});

it("the noise is the library's", () => {
  const shape = [3, 17, 5];
  runPython(`${NOISE}noise_of("Zoë", (3, 17, 5), 2).tofile("noise.f32")\n`);
  const expected = noiseOf("Zoë", shape, 2);
  floatsIn("noise.f32").forEach((value, i) => void expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(2e-7 * Math.abs(value)));
});

describe("the image", () => {
  /** The pixels of the image that the page's program writes, and those of the library. */
  async function both(model: Uint8Array, program: string, image: string, runtime: Runtime = onnxruntime({ ort })) {
    writeFileSync(inFolder("models/emoji/model-fp32.onnx"), model);
    runPython(`${NOISE}${DRAW}${program}`);
    const { data, ...written } = decode(readFileSync(inFolder(image)));
    const { pixels, width, height, channels } = await drawnBy(model, runtime);
    expect(written).toMatchObject({ width, height, channels });
    return Array.from(pixels, (byte, i) => Math.abs(byte - data[i]));
  }
  const shipped = (name: string, file: string) => readFileSync(join(ROOT, "wasm-model/models", name, file));

  it.each(["avatars", "fashion-mnist", "mnist", "cifar10"])("is the library's, within rounding: %s", async (name) => {
    expect(Math.max(...(await both(shipped(name, "model-fp32.onnx"), "", "alice.png")))).toBeLessThanOrEqual(1);
  });

  it("is the library's where the grid has a start of its own", async () => {
    const model = readModel(shipped("fashion-mnist", "model-fp32.onnx"));
    const { spec, sampling } = model.card;
    const means = Array.from({ length: spec.classes }, (_, k) => [-0.5, 0.1 * k, 0.5, -0.1 * k]);
    const start = {
      sigmaMax: 8,
      ...{ squares: 2, spread: 0.5, extrapolation: 1.2, means, factor: [0.5, 0.1, 0.5, 0, 0.1, 0.4, 0.2, 0, 0.1, 0.3] },
    };
    const { schedules: _, ...grid } = sampling;
    const started = writeModel({ ...model, card: { ...model.card, sampling: { ...grid, start, steps: 7 } } });
    expect(Math.max(...(await both(started, "", "alice.png")))).toBeLessThanOrEqual(1);
  });

  it("is nearly that of the int8 file on the library's own engine", async () => {
    const apart = await both(shipped("avatars", "model.onnx"), "", "alice.png", simd);
    expect(apart.reduce((sum, value) => sum + value, 0) / apart.length).toBeLessThan(6);
  });

  it("is cut out, and cropped, as by the library, on a grid of noise levels with ramps", async () => {
    const { card, ...model } = withFinishers(randomModel(DEEP["32x24 for 30x22, three levels"], 3, "fp32"), 2, "matte");
    const sampling = { ...card.sampling, steps: 5, churn: [0.9, 0.4], extrapolation: [1.2, 1.6] } as const;
    const file = writeModel({ card: { ...card, sampling, crop: { top: 1, left: 1, height: 30, width: 22 } }, ...model });
    expect(Math.max(...(await both(file, CUT_OUT, "cut-out.png")))).toBeLessThanOrEqual(1);
  });
});
