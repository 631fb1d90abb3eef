/** The Python program of training/README.md: it draws what our own sampler draws from the same noise. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as ort from "onnxruntime-web/wasm";
import sharp from "sharp";
import { expect, it } from "vitest";
import { onnxruntime } from "../../wasm-model/engine/onnxruntime.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { langevin } from "../../wasm-model/sampling/langevin.ts";
import { karrasSigmas } from "../../wasm-model/sampling/noise-levels.ts";
import { runSampler } from "../../wasm-model/sampling/sampler.ts";
import { pythonWith } from "../setup/machine.ts";
import { temporaryFolder } from "../support/files.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MODEL = join(ROOT, "wasm-model/models/avatars/model-fp32.onnx"); // int8 codes at a border would be rounded in two ways
const PROGRAM = readFileSync(join(ROOT, "training/README.md"), "utf8").split("```python\n")[1].split("```")[0];

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

it("draws what the sampler draws from the same noise, but for rounding", async () => {
  const environment = await pythonWith("onnxruntime==1.23.2", "pillow==12.0.0");
  mkdirSync(join(folder, "models/emoji"), { recursive: true });
  copyFileSync(MODEL, join(folder, "models/emoji/model.onnx"));
  writeFileSync(join(folder, "draw.py"), `${RECORDING}${PROGRAM}np.concatenate(rng.draws).tofile("noise.f32")\n`);
  execFileSync(join(environment, "bin", "python"), ["draw.py"], { cwd: folder });
  const { data, info } = await sharp(join(folder, "python.png")).raw().toBuffer({ resolveWithObject: true });

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
