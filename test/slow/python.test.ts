/** The Python programs of training/README.md: they draw what our own sampler draws from the same noise, and cut it out as we do. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as ort from "onnxruntime-web/wasm";
import sharp from "sharp";
import { expect, it } from "vitest";
import { onnxruntime } from "../../wasm-model/engine/onnxruntime.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { finish } from "../../wasm-model/render/finish.ts";
import { langevin } from "../../wasm-model/sampling/langevin.ts";
import { karrasSigmas } from "../../wasm-model/sampling/noise-levels.ts";
import { runSampler } from "../../wasm-model/sampling/sampler.ts";
import { pythonWith } from "../setup/machine.ts";
import { temporaryFolder } from "../support/files.ts";
import { withFinishers } from "../support/random-finisher.ts";
import { DEEP, randomModel } from "../support/random-model.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MODEL = join(ROOT, "wasm-model/models/avatars/model-fp32.onnx"); // int8 codes at a border would be rounded in two ways
const [PROGRAM, CUT_OUT] = readFileSync(join(ROOT, "training/README.md"), "utf8")
  .split("```python\n")
  .slice(1)
  .map((text) => text.split("```")[0]);

/** Before the program: keeps all of its noise, in the order of its draws. */
const RECORDING = `
import numpy as np
make = np.random.default_rng
class Recorder:
    def __init__(self, seed): self.rng, self.draws = make(seed), []
    def standard_normal(self, shape):
        self.draws.append(self.rng.standard_normal(shape).astype("float32"))
        return self.draws[-1]
np.random.default_rng = Recorder
`;

const folder = temporaryFolder("python");

/** Runs a program on a model. Returns the pixels of the image that it writes. */
async function run(model: Uint8Array, program: string, image: string) {
  const environment = await pythonWith("onnxruntime==1.23.2", "pillow==12.0.0");
  mkdirSync(join(folder, "models/emoji"), { recursive: true });
  writeFileSync(join(folder, "models/emoji/model.onnx"), model);
  writeFileSync(join(folder, "draw.py"), program);
  execFileSync(join(environment, "bin", "python"), ["draw.py"], { cwd: folder });
  return sharp(join(folder, image)).raw().toBuffer({ resolveWithObject: true });
}

it("draws what the sampler draws from the same noise, but for rounding", async () => {
  const program = `${RECORDING}${PROGRAM}np.concatenate(rng.draws).tofile("noise.f32")\n`;
  const { data, info } = await run(readFileSync(MODEL), program, "python.png");

  const file = readModel(readFileSync(MODEL));
  const { spec, denoise } = await onnxruntime({ ort }).load(file);
  const { steps, sigmaMin, sigmaMax, rho, churn, extrapolation } = file.card.sampling;
  const { channels, height, width, classes } = spec;
  const [images, imageSize] = [8 * classes, channels * height * width];
  expect(info).toMatchObject({ width: images * width, height, channels });
  const noise = new Float32Array(new Uint8Array(readFileSync(join(folder, "noise.f32"))).buffer);
  const sigmas = karrasSigmas({ steps, sigmaMin, sigmaMax, rho });
  expect(noise).toHaveLength(sigmas.length * images * imageSize); // the last step has none
  const labels = Float32Array.from({ length: images * classes }, (_, i) => Number(Math.floor(i / classes / 8) === i % classes));
  const sampler = langevin({
    ...{ sigmas, churn: Array(steps - 1).fill(churn), extrapolation: Array(steps - 1).fill(extrapolation), images, imageSize },
    noise: (image, draw, out) => out.set(noise.subarray((draw * images + image) * imageSize).subarray(0, imageSize)),
  });
  const expected = await runSampler(sampler, (x, sigma) => denoise(x, sigma, labels));
  const drawn = (i: number): number => {
    const [row, column, channel] = [Math.floor(i / (images * width * channels)), Math.floor(i / channels) % (images * width), i % channels];
    const [image, x] = [Math.floor(column / width), column % width];
    return expected[((image * channels + channel) * height + row) * width + x];
  };
  data.forEach((byte, i) => void expect(Math.abs(byte - (127.5 + 127.5 * Math.min(1, Math.max(-1, drawn(i)))))).toBeLessThan(0.51));
});

it("cuts out what it has drawn, but for rounding", async () => {
  const model = writeModel(withFinishers(randomModel(DEEP["32x32, three levels"], 3, "fp32"), 2, "matte"));
  const { data, info } = await run(model, `${PROGRAM}${CUT_OUT}x.astype("float32").tofile("drawn.f32")\n`, "cut-out.png");
  const { card, ...file } = readModel(model);
  const [native, size] = [{ width: 32, height: 32 }, 3 * 32 * 32];
  const drawn = new Float32Array(new Uint8Array(readFileSync(join(folder, "drawn.f32"))).buffer);
  const network = await onnxruntime({ ort }).load({ card, ...file });
  const count = drawn.length / size;
  expect(info).toMatchObject({ width: 32 * count, height: 32, channels: 4 });
  for (let i = 0; i < count; i++) {
    const { pixels } = await finish(drawn.subarray(i * size, (i + 1) * size), native, card, network);
    for (let y = 0; y < 32; y++) {
      const [row, own] = [4 * 32 * (y * count + i), 4 * 32 * y];
      for (let at = 0; at < 4 * 32; at++) expect(Math.abs(data[row + at] - pixels[own + at])).toBeLessThanOrEqual(1);
    }
  }
});
