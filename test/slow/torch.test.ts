/** training/torch, which trains by the same recipe in PyTorch: its numbers are TypeScript's, and its commands those of training/README.md. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { chooseBackend } from "../../training/backend/index.ts";
import { type TrainingBatch, trainingBatches } from "../../training/learning/batches.ts";
import { encodeWeights } from "../../training/learning/checkpoint.ts";
import { layoutOf, networkGradient } from "../../training/learning/gradient.ts";
import { Optimizer } from "../../training/learning/optimizer.ts";
import { RECIPE } from "../../training/learning/recipe.ts";
import { decodeSafetensors, encodeSafetensors } from "../../training/learning/safetensors.ts";
import { fromTensorLayout, toTensorLayout } from "../../training/network/parameters.ts";
import { memorySplit } from "../../training/network/split.ts";
import { metadataOf } from "../../training/run/weights-file.ts";
import { loadModel, sample, simd } from "../../wasm-model/anneal.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { parametersOf } from "../../wasm-model/network/count.ts";
import { CHANGES } from "../../wasm-model/network/network.ts";
import { MAX_CODE, MAX_WEIGHT } from "../../wasm-model/network/quantization.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { torchPython } from "../setup/machine.ts";
import { untilPrinted, words } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { oracleDenoiser } from "../support/oracle.ts";
import { commandsIn, installInto, packInto, pinned } from "../support/packed.ts";
import { DEEP, randomInput, randomModel, relativeDifference, TINY, UNCONDITIONAL, withTraining } from "../support/random-model.ts";
import { normalValues } from "../support/random-numbers.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const TORCH = join(ROOT, "training/torch");
const place = temporaryFolder("torch");
/** Has the package installed, and what training needs. */
const folder = join(place, "fresh");
const inFolder = (name: string): string => join(folder, name);
const tensorsIn = (name: string) => decodeSafetensors(readFileSync(inFolder(name))).tensors;
const write = (
  name: string,
  tensors: Iterable<[string, { readonly shape: readonly number[]; readonly values: Float32Array }]>,
  metadata = {},
) => writeFileSync(inFolder(name), encodeSafetensors({ tensors: new Map(tensors), metadata }));

let bin: string;
beforeAll(async () => {
  bin = join(await torchPython(), "bin");
  const { succeed } = commandsIn({ ...process.env, npm_config_prefer_offline: "true" });
  const needed = ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm", "sharp"].map(pinned);
  await installInto(folder, succeed, await packInto(place, succeed), ...needed);
});

type Weights = Map<string, Float32Array>;
const GUIDANCE = { weight: 1.8, sigmaMax: 2 };

const environment = () => ({ ...process.env, PYTHONPATH: TORCH, PATH: `${bin}:${process.env.PATH}` });

function runPython(program: string): void {
  writeFileSync(inFolder("program.py"), program);
  execFileSync(join(bin, "python"), ["program.py"], { cwd: folder, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
}

/** Weights with gains that are not 0, and those that only training needs. */
function writeWeights(name: string, spec: NetworkSpec, seed: number): Weights {
  const { floats } = withTraining(randomModel(spec, seed, "fp32")).weights;
  const weights = new Map([...floats].map(([path, values]) => [path, path === "logVariance.gain" ? Float32Array.of(0.3) : values]));
  write(name, encodeWeights(parametersOf(spec), weights).tensors, metadataOf(spec));
  return weights;
}

describe("the network is TypeScript's", () => {
  it.each([
    ["three levels, in colour", DEEP["32x32, three levels"]],
    ["two levels, in grey", TINY],
    ["no classes", UNCONDITIONAL],
  ])("within 2e-5 over three noise levels: %s", async (_, spec) => {
    const weights = writeWeights("network.safetensors", spec, 3);
    const denoiser = await oracleDenoiser(spec, { floats: weights, convolutions: new Map() });
    for (const sigma of [0.05, 0.5, 5]) {
      const { x, labels } = randomInput(spec, 2, sigma, 4);
      const { channels, height, width, classes } = spec;
      write("input.safetensors", [
        ["x", { shape: [2, channels, height, width], values: x }],
        ["label", { shape: [2, classes], values: labels }],
      ]);
      runPython(`import torch
from network import Network
from safetensors.torch import load_file, save_file
batch = load_file("input.safetensors")
with torch.no_grad():
    save_file({"denoised": Network("network.safetensors")(batch["x"], torch.full((2,), ${sigma}), batch["label"])}, "denoised.safetensors")
`);
      const denoised = tensorsIn("denoised.safetensors").get("denoised")!.values;
      const expected = await denoiser.denoise(x, sigma, labels);
      denoised.forEach((value, i) => void expect(Math.abs(value - expected[i])).toBeLessThan(2e-5));
    }
  });
});

/** A step's loss, and its gradient by the weights as they are stored, in TypeScript. */
async function gradientHere(spec: NetworkSpec, weights: Weights, pretrained: Weights, batch: TrainingBatch, isLate: boolean) {
  const { tf, compile } = await chooseBackend("wasm");
  const known = parametersOf(spec);
  const layout = layoutOf(known);
  const optimizer = new Optimizer(layout);
  for (const [path, values] of layout.parts(optimizer.vector("weights")))
    values.set(toTensorLayout(weights.get(path)!, known.get(path)!.shape));
  const unit = optimizer.normalize(RECIPE.filterEpsilon).slice();
  const constants = new Map([...weights].filter(([path]) => known.get(path)!.kind === "constant"));
  const { gradientOf, dispose } = networkGradient({ tf, compile, name: "wasm" }, spec, constants, GUIDANCE, pretrained);
  const mode = { fakeQuantization: isLate, isGuided: isLate };
  const { loss, objective } = await gradientOf(unit, batch, mode, optimizer.vector("gradient"));
  dispose();
  optimizer.step(RECIPE, 0, 1); // takes the gradient through the norms of filters
  const gradient = Array.from(layout.parts(optimizer.vector("gradient")), ([path, values]) => {
    return [path, fromTensorLayout(values, known.get(path)!.shape)] as const;
  });
  return { loss, objective, gradient };
}

describe("a step's loss and gradient are TypeScript's", () => {
  const spec = DEEP["32x24 for 30x22, three levels"];
  const size = 6;
  const shape = { height: 30, width: 22, channels: 3 };
  const pixels = normalValues("pixels", size * 30 * 22 * 3).map((value) => 128 + 40 * value);
  const split = memorySplit(
    Uint8Array.from(pixels),
    Int32Array.from({ length: size }, (_, i) => i % spec.classes),
  );
  const recipe = { ...RECIPE, augmentation: 0.5, logSigma: { mean: 0.5, std: 1.4 } };
  const batch = trainingBatches(split, spec.classes, size, recipe, "s", { spec, crop: { top: 1, left: 1, ...shape } })(1);

  /** Relative to the largest value of a tensor. A map's value at the edge of two codes may be rounded to either. */
  it.each([
    ["of a stable step, with changes, within 1e-4", false, 1e-4],
    ["of the cool-down, with guidance and fake quantization, within 1e-2", true, 1e-2],
  ])("%s", async (_, isLate, tolerance) => {
    const [weights, pretrained] = [writeWeights("network.safetensors", spec, 3), writeWeights("guide.safetensors", spec, 8)];
    const images = (values: Float32Array) => ({ shape: [size, spec.height, spec.width, spec.channels], values });
    write("batch.safetensors", [
      ["clean", images(batch.clean)],
      ["noise", images(batch.noise)],
      ["sigma", { shape: [size], values: batch.sigma }],
      ["label", { shape: [size, spec.classes], values: batch.label }],
      ["change", { shape: [size, CHANGES], values: batch.change! }],
    ]);
    runPython(`import torch
from network import Network
from safetensors.torch import load_file, save_file
from train import objective
batch = load_file("batch.safetensors")
for name in ("clean", "noise"):
    batch[name] = batch[name].permute(0, 3, 1, 2)
network, guide = Network("network.safetensors"), Network("guide.safetensors")
network.normalize_(${RECIPE.filterEpsilon})
if ${isLate ? "True" : "False"}:
    network.rounding = {"codes": ${MAX_CODE}, "weights": ${MAX_WEIGHT}}
else:
    guide = None
value, loss = objective(network, guide, {"recipe": {"guidance": ${JSON.stringify(GUIDANCE)}}}, batch)
value.backward()
gradients = {path.replace("/", "."): w.grad for path, w in network.learned.items()}
save_file({"objective": value.detach(), "loss": loss, **gradients}, "gradient.safetensors")
`);
    const there = tensorsIn("gradient.safetensors");
    const { loss, objective, gradient } = await gradientHere(spec, weights, pretrained, batch, isLate);
    expect(Math.abs(there.get("loss")!.values[0] / loss - 1)).toBeLessThan(tolerance / 10);
    expect(Math.abs(there.get("objective")!.values[0] / objective - 1)).toBeLessThan(tolerance / 10);
    for (const [path, values] of gradient) expect(relativeDifference(there.get(path)!.values, values), path).toBeLessThan(tolerance);
  });
});

const README = readFileSync(join(ROOT, "training/README.md"), "utf8");
const [, COMMANDS] = /## On GPUs.*?```sh\n(.*?)```/s.exec(README)!;
const [PREPARE, INSTALL, TRAIN, FINISH] = COMMANDS.trim().split("\n");

/** Runs a command in the folder as it is typed. Prints its output where it fails. */
const typed = (command: string, ...flags: string[]): string =>
  execFileSync("bash", ["-c", [command, ...flags].join(" ")], { cwd: folder, env: environment(), encoding: "utf8" });

/** `train.py` in one process. */
const trainAlone = (from: string, out: string, ...flags: string[]) =>
  spawn(join(bin, "python"), [join(TORCH, "train.py"), from, ...words`--images 320 --out ${out}`, ...flags], { cwd: folder });

describe("a run that is handed over", () => {
  beforeAll(() => {
    writeTinyDataset(inFolder("emoji"));
    typed(PREPARE, "--size", "8", "--backend", "wasm");
  });

  it("learns in two processes, and comes back as a model that draws, by the commands of training/README.md", async () => {
    expect(typed(INSTALL)).toContain("Requirement already satisfied: torch>=2.5"); // by pip, in this environment
    const said = typed(TRAIN.replace("--images 60000", "--images 640"));
    expect(said).toMatch(/180 pictures, 2 x cpu, batch 32, step 0\/20\n/);
    expect(said).toMatch(/cooling down for 10 steps/);
    const end = typed(FINISH, "--backend", "wasm");
    expect(end).toMatch(/models\/emoji: a model, trained by PyTorch/);
    const file = readFileSync(inFolder("models/emoji/model.onnx"));
    const { card } = readModel(file);
    const { split } = decodeSafetensors(readFileSync(inFolder("emoji.safetensors"))).metadata;
    expect(card.training).toMatchObject({
      images: 640,
      by: { images: 640, split, sha256: sha256Hex(readFileSync(inFolder("emoji.safetensors"))) },
    });
    const page = readFileSync(inFolder("models/emoji/README.md"), "utf8");
    expect(page).toContain("| trained by | PyTorch");
    expect((await sample(await loadModel(file, { runtime: simd }), { seed: "alice" })).pixels).toHaveLength(8 * 8);
    expect(typed("npx anneal evaluate models/emoji", "--backend", "wasm")).toContain("held-out loss over");
  });

  it("equals in two processes what it is in one, within rounding, before it cools down", () => {
    cpSync(inFolder("emoji-run"), inFolder("stable"), { recursive: true });
    const config = JSON.parse(readFileSync(inFolder("stable/config.json"), "utf8"));
    writeFileSync(inFolder("stable/config.json"), JSON.stringify({ ...config, recipe: { ...config.recipe, stableShare: 1 } }));
    for (const count of [1, 2]) {
      const flags = `--images 192 --out ${count}.safetensors`;
      typed(`torchrun --nproc_per_node ${count} node_modules/anneal/training/torch/train.py stable ${flags}`);
    }
    const [one, two] = [1, 2].map((count) => tensorsIn(`${count}.safetensors`));
    const differences = Array.from(one, ([path, { values }]) => relativeDifference(two.get(path)!.values, values));
    expect(Math.max(...differences)).toBeLessThan(1e-4);
  });

  it("is the same to the bit where it was killed, and resumed", async () => {
    await once(trainAlone("emoji-run", "whole.safetensors"), "close");
    const killed = trainAlone("emoji-run", "killed.safetensors", "--keep-every", "3");
    await untilPrinted(killed, /step 7: held-out/);
    killed.kill("SIGKILL");
    await once(killed, "close");
    const resumed = trainAlone("emoji-run", "killed.safetensors", "--resume");
    await untilPrinted(resumed, /step 6\/10/);
    await once(resumed, "close");
    expect(tensorsIn("killed.safetensors")).toEqual(tensorsIn("whole.safetensors")); // the format orders metadata by chance
  });

  it.each([
    ["a folder of another kind", "models --images 32", /error: Expected a folder that --prepare wrote, .* there is no models\/config.json/],
    [
      "a batch that three processes cannot share",
      "emoji-run --batch 32",
      /error: Expected .*a --batch that 3 processes share, but .* and 32/,
    ],
    ["no state", "emoji-run --out new.safetensors --resume", /there is no new.safetensors.state/],
    [
      "the state of another run",
      "emoji-run --images 96 --out whole.safetensors --resume",
      /error: Expected the run in .*'images': 320.* for --resume/,
    ],
  ])("names %s", (name, flags, message) => {
    const env = { ...environment(), WORLD_SIZE: name.includes("three") ? "3" : "1" };
    const { stderr, status } = spawnSync(join(bin, "python"), [join(TORCH, "train.py"), ...flags.split(" ")], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it("says what to install where PyTorch is missing, and what it takes", () => {
    const without = spawnSync("python3", ["-S", join(TORCH, "train.py"), "emoji-run"], { cwd: folder, encoding: "utf8" });
    expect(without.stderr).toMatch(/^train.py needs torch: pip install -r .*requirements.txt\n$/);
    expect(execFileSync(join(bin, "python"), [join(TORCH, "train.py"), "--help"], { encoding: "utf8" })).toContain("--images");
  });
});
