/** `npx anneal evaluate`, and that of the laboratory, from a tiny data set to reports. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../training/data/load.ts";
import { classifierSpec } from "../lab/classifiers/classifier.ts";
import { refused, run, runLab, succeeded } from "../support/command-line.ts";
import { temporaryFolder } from "../support/files.ts";
import { randomClassifierFile } from "../support/random-classifier.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";
import { wasmBackend } from "../support/wasm-backend.ts";

const folder = temporaryFolder("evaluate");

const data = join(folder, "data");
const judge = join(folder, "judge.safetensors");
const int8 = join(folder, "model.onnx");
const common = ["--data", data, "--backend", "wasm"];
const measuring = [...common, "--count", "128", "--classifier", judge];

/** Lines of what is measured without a classifier. */
const FIGURES = (count: number): RegExp[] => [
  /^random, int8, held-out loss over the 200 test images of data$/m,
  /^sigma +0.05 /m,
  /^loss( +\d+\.\d{4}){8}$/m,
  /^It has not learned yet what the pictures have in common\. /m,
  /^Memorization: .*neighbours\.png\.$/m,
  new RegExp(`^alike: \\d+ pairs of ${count} images `, "m"),
];

beforeAll(async () => {
  writeTinyDataset(data, 800);
  writeFileSync(int8, randomModelFile({ ...TINY, classes: 4 }, 5, "int8"));
  writeFileSync(join(folder, "three.onnx"), randomModelFile(TINY, 5, "int8"));
  const tf = await wasmBackend();
  const dataset = await loadDataset(data, { width: 8, height: 8 });
  writeFileSync(judge, randomClassifierFile(tf, classifierSpec(dataset, "deep"), dataset.test));
});

describe("npx anneal evaluate", () => {
  it("prints what needs no classifier, and keeps it as JSON", async () => {
    const out = join(folder, "plain");
    const { stdout } = await succeeded(run("evaluate", [int8, ...common, "--count", "20", "--out", out]));
    for (const line of FIGURES(20)) expect(stdout).toMatch(line);
    expect(stdout).not.toMatch(/FID|class accuracy/);
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
    expect(report).toMatchObject({ file: int8, precision: "int8", count: 20, seed: "evaluate" });
    expect(report).not.toHaveProperty("generated");
    expect(report.heldOut).toHaveLength(8);
    expect(report.neighbours).toMatchObject({ images: 64, distance: expect.any(Number) });
    expect(decode(readFileSync(join(out, "neighbours.png")))).toMatchObject({ width: 8 * 8, height: 16 * 8 });
  });

  it("answers data of other classes with one clear line and exit code 2", async () => {
    expect(await refused(run("evaluate", [join(folder, "three.onnx"), ...common, "--out", join(folder, "refused")]))).toMatch(
      /^Expected data of 8 x 8 x 1 pixels and 3 classes, like those of the model `.*`, but received .* 4 classes\n$/,
    );
  });
});

describe("npm run lab -- evaluate", () => {
  it("prints all figures and keeps them as JSON", async () => {
    const out = join(folder, "report");
    const { stdout } = await succeeded(runLab("evaluate", [int8, ...measuring, "--out", out]));
    for (const line of [...FIGURES(128), /^ +generated +real \(128\)$/m, /^FID( +\d+\.\d{4}){2}$/m, /^class accuracy .* [\d.]+ %$/m]) {
      expect(stdout).toMatch(line);
    }
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
    expect(report).toMatchObject({ precision: "int8", count: 128, seed: "evaluate", classifier: { network: "deep" } });
    expect(report.generated.fid).toBeGreaterThan(report.real.fid); // random weights draw no squares
  });
});
