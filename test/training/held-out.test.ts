/** The held-out loss, and `npm run evaluate` that prints it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HELD_OUT_SIGMAS, heldOutLoss, heldOutTable } from "../../training/held-out.ts";
import { initialParameters } from "../../training/parameters.ts";
import { placeWeights, type Tf } from "../../training/score-network.ts";
import { gaussians, seedState } from "../../wasm-model/random.ts";
import { run } from "../support/command-line.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";
import { wasmBackend } from "../support/wasm-backend.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-held-out-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

describe("the held-out loss", () => {
  /** More than one batch of images, and no multiple of it, whose pixels are Gaussian with the standard deviation that TINY states. */
  const count = 600;
  const pixels = new Float32Array(count * TINY.height * TINY.width);
  gaussians(seedState("held-out images"), 0, pixels);
  const images = Uint8Array.from(pixels, (value) => Math.min(255, Math.max(0, Math.round((value * TINY.sigmaData + 1) * 127.5))));
  const split = { images, labels: new Uint8Array(count), count };

  it("is about 1 at every noise level for an untrained network on N(0, sigmaData^2), and the same each time", async () => {
    const weights = placeWeights(tf, TINY, initialParameters(TINY, "seed"));
    const seen: number[] = [];
    const losses = await heldOutLoss(tf, TINY, weights, split, count, (done) => {
      seen.push(done);
    });
    expect(losses.map(({ sigma }) => sigma)).toEqual([...HELD_OUT_SIGMAS]);
    // Bytes hold values to +-1 only, two standard deviations: 4.5 % of the pixels are cut there, which costs up to a tenth at the low noise levels.
    for (const { loss } of losses) expect(Math.abs(loss - 1)).toBeLessThan(0.15);
    expect(seen).toEqual([250, 500, 600]);
    expect(await heldOutLoss(tf, TINY, weights, split, count)).toEqual(losses);
    tf.dispose([...weights.values()]);
  });

  it("is printed in two lines", () => {
    expect(
      heldOutTable([
        { sigma: 0.05, loss: 0.37912 },
        { sigma: 20, loss: 1 },
      ]),
    ).toBe("sigma       0.05      20\nloss      0.3791  1.0000");
  });
});

describe("npm run evaluate", () => {
  const model = join(folder, "model-fp32.onnx");
  const data = join(folder, "data");
  beforeAll(() => {
    writeTinyDataset(data);
    writeFileSync(model, randomModelFile({ ...TINY, classes: 4 }, 5, "fp32"));
    writeFileSync(join(folder, "int8.onnx"), randomModelFile(TINY, 5, "int8"));
    writeFileSync(join(folder, "three.onnx"), randomModelFile(TINY, 5, "fp32"));
  });

  it("prints the loss of a model on the test images", async () => {
    const { code, stdout, stderr } = await run("evaluate", [model, "--data", data, "--backend", "wasm"]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/held-out loss of random over the 50 test images of .*data\nsigma +0.05 .*\nloss( +\d+\.\d{4}){8}\n$/);
  });

  it.each([
    ["a missing file", "none.onnx", /^Expected a model-fp32.onnx for `model-fp32.onnx` but received ".*none.onnx": ENOENT.*\n$/],
    ["an int8 model", "int8.onnx", /^Expected an fp32 model for `model-fp32.onnx` but received ".*", which is quantized\n$/],
    [
      "data of other classes",
      "three.onnx",
      /^Expected data of 8 x 8 x 1 pixels and 3 classes, as the model `.*` has, but received .* 4 classes\n$/,
    ],
  ])("answers %s with one clear line and exit code 2", async (_, file, message) => {
    const { code, stderr } = await run("evaluate", [join(folder, file), "--data", data, "--backend", "wasm"]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
