/** `npx anneal evaluate`, and that of the laboratory, from a tiny data set to reports. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../training/data/load.ts";
import { encodeSafetensors } from "../../training/learning/safetensors.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { refused, run, runLab, succeeded } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { randomClassifier } from "../support/random-classifier.ts";
import { labelled, randomModel, TINY } from "../support/random-model.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";
import { wasmBackend } from "../support/wasm-backend.ts";

const folder = temporaryFolder("evaluate");

const data = join(folder, "data");
const judge = join(folder, "judge.safetensors");
const int8 = join(folder, "model.onnx");
const common = ["--data", data, "--backend", "wasm"];
const measuring = [...common, "--count", "128", "--classifier", judge];

beforeAll(async () => {
  writeTinyDataset(data, 800);
  writeFileSync(int8, writeModel(labelled(randomModel({ ...TINY, classes: 4 }, 5, "int8"), ["0", "1", "2", "3"])));
  writeFileSync(join(folder, "three.onnx"), writeModel(labelled(randomModel(TINY, 5, "int8"), ["0", "1", "2"])));
  const tf = await wasmBackend();
  const dataset = await loadDataset(data, { width: 8, height: 8 });
  const { network, weights, testAccuracy } = randomClassifier(tf, dataset);
  writeFileSync(judge, encodeSafetensors({ tensors: weights, metadata: { network, testAccuracy: String(testAccuracy) } }));
});

describe("npx anneal evaluate", () => {
  it("says what the end of a run says, and keeps the nearest images", async () => {
    const out = join(folder, "plain");
    const { stdout } = await succeeded(run("evaluate", [int8, ...common, "--out", out]));
    expect(stdout).toMatch(
      /^held-out loss over 200 test images, which chose nothing:\nsigma +0\.05 .*\nloss( +\d+\.\d{4}){8}\nIt has not learned yet what the pictures have in common\. .*\nMemorization: .*\nNearest training images: .*neighbours\.png$/m,
    );
    expect(decode(readFileSync(join(out, "neighbours.png")))).toMatchObject({ width: 8 * 8, height: 16 * 8 });
  });

  it("answers data of other classes with one clear line that names both, and exit code 2", async () => {
    expect(await refused(run("evaluate", [join(folder, "three.onnx"), ...common, "--out", join(folder, "refused")]))).toMatch(
      /^Expected images of the classes of `.*three.onnx`, 0, 1, 2, in `.*` but received 0, 1, 2, 3\n$/,
    );
  });
});

describe("npm run lab -- evaluate", () => {
  it("prints all figures and keeps them as JSON", async () => {
    const out = join(folder, "report");
    const { stdout } = await succeeded(runLab("evaluate", [int8, ...measuring, "--out", out]));
    for (const line of [/^ +generated +real \(128\)$/m, /^FID( +\d+\.\d{4}){2}$/m, /^class accuracy .* [\d.]+ %$/m]) {
      expect(stdout).toMatch(line);
    }
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
    expect(report).toMatchObject({ count: 128, seed: "evaluate", classifier: { network: "deep" } });
    expect(report.generated.fid).toBeGreaterThan(report.real.fid); // random weights draw no squares
  });
});
