/** `npx anneal evaluate`, and `train-classifier`, `compare` and `tune` of the laboratory, from a tiny data set to reports. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSchedules } from "../../training/cli/parse-json.ts";
import { readRecord } from "../../training/record/record.ts";
import { run, runLab } from "../support/command-line.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const folder = mkdtempSync(join(tmpdir(), "anneal-evaluate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = join(folder, "data");
const classifier = join(folder, "classifier.safetensors");
const judge = join(folder, "judge.safetensors");
const cache = join(folder, "cache");
const int8 = join(folder, "model.onnx");
const fp32 = join(folder, "model-fp32.onnx");
const common = ["--data", data, "--backend", "wasm"];
const few = [...common, "--cache", cache, "--count", "128"];
const tuning = [...few, "--classifier", classifier];
const measuring = [...few, "--classifier", judge];

beforeAll(async () => {
  writeTinyDataset(data, 800);
  for (const [file, form] of [
    [int8, "int8"],
    [fp32, "fp32"],
  ] as const)
    writeFileSync(file, randomModelFile({ ...TINY, classes: 4 }, 5, form));
  writeFileSync(join(folder, "three.onnx"), randomModelFile(TINY, 5, "int8"));
  const { code, stdout, stderr } = await runLab("train-classifier", [...common, "--images", "12800", "--out", classifier]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/accuracy on the 200 test images of data: 100.00 %\nwrote .*classifier.safetensors, \d+ kB\n$/);
  const judging = await runLab("train-classifier", [...common, "--network", "deep", "--images", "1280", "--out", judge]);
  expect(judging.code, judging.stderr).toBe(0);
});

describe("npm run lab -- train-classifier", () => {
  const goOn = (...words: string[]) =>
    runLab("train-classifier", [...common, "--images", "128", "--out", join(folder, "more.safetensors"), ...words]);

  it("continues from a classifier, whose images count too", async () => {
    const { code, stdout, stderr } = await goOn("--init", classifier, "--learning-rate", "0.001");
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("accuracy on the 200 test images of data: 100.00 %");
    expect(readFileSync(join(folder, "more.safetensors"), "latin1")).toContain('"trainingImages":"12928"');
  });

  it("does not continue from a classifier of another shape", async () => {
    const stderr = "Expected a classifier of shape large for `init` but received small\n";
    expect(await goOn("--init", classifier, "--network", "large")).toMatchObject({ code: 2, stderr });
  });

  it("refuses to train a judging classifier with the augmentation of tuning classifiers", async () => {
    const stderr = "Expected 0 for `shift` and `noise` of a judging classifier but received 2 and 0\n";
    expect(await goOn("--network", "deep", "--shift", "2")).toMatchObject({ code: 2, stderr });
  });
});

describe("npx anneal evaluate", () => {
  it("prints all figures, keeps them as JSON and draws the loss", async () => {
    const out = join(folder, "report");
    const { code, stdout, stderr } = await run("evaluate", [int8, ...measuring, "--steps", "2", "--guidance", "2", "--out", out]);
    expect(code, stderr).toBe(0);
    for (const line of [
      /^random, int8, run by simd$/m,
      /^langevin, 2 noise levels from .*, guidance 2: 4 evaluations$/m,
      /^128 images of the seeds evaluate\/0 to evaluate\/127, classes as often as in the training set$/m,
      /^held against the 800 training images of data, .* its judging classifier, .* \d+\.\d\d % of the 200 test images correctly$/m,
      /^ +generated +real \(128\) +ratio$/m,
      /^FID( +\d+\.\d{4}){2} *$/m,
      /^class accuracy .* 100.0 %/m,
      /^sigma +0.05 /m,
      /^loss( +\d+\.\d{4}){8}$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
    expect(report).toMatchObject({ precision: expect.anything(), count: 128, seed: "evaluate", guidance: 2, nfe: 4 });
    expect(report.generated.fid).toBeGreaterThan(report.real.fid); // random weights draw no squares
    expect(report.imagesByClass.reduce((sum: number, n: number) => sum + n)).toBe(128);
    expect(report.heldOut).toHaveLength(8);
    expect(report.neighbours).toMatchObject({ pictures: 64, distance: expect.any(Number) });
    expect(decode(readFileSync(join(out, "neighbours.png")))).toMatchObject({ width: 8 * 8, height: 16 * 8 });
    expect(readFileSync(join(out, "loss.svg"), "utf8")).toMatch(/^<svg /);
  });

  it("continues with the images that an earlier run drew, to the same figures", async () => {
    const args = [int8, ...measuring, "--steps", "3", "--seed", "resumed", "--out", join(folder, "resumed")];
    const report = () => JSON.parse(readFileSync(join(folder, "resumed", "report.json"), "utf8"));
    await run("evaluate", args);
    const whole = report();
    const batches = readdirSync(cache, { recursive: true, encoding: "utf8" })
      .filter((name) => /langevin-3-.*images-\d+\.u8$/.test(name))
      .toSorted()
      .map((name) => join(cache, name))
      .filter((path) => statSync(path).size !== 64 * 64); // those whose copies are looked for
    const bytes = batches.map((path) => readFileSync(path));
    expect(bytes.map(({ length }) => length)).toEqual([100 * 64, 28 * 64]);
    truncateSync(batches[1], 20 * 64 + 17); // cut off in the middle of an image
    const { stdout } = await run("evaluate", args);
    expect(stdout).toMatch(/drawing with langevin, 3 evaluations: 128\/128/);
    expect(batches.map((path) => readFileSync(path))).toEqual(bytes);
    expect(report()).toEqual(whole);
  });

  it("repeats the measurement with other seeds, and keeps the figures of each set", async () => {
    const report = async (...words: string[]) => {
      const out = join(folder, "repeated");
      const { code, stderr, stdout } = await run("evaluate", [int8, ...measuring, "--steps", "2", "--out", out, ...words]);
      expect(code, stderr).toBe(0);
      return { ...JSON.parse(readFileSync(join(out, "report.json"), "utf8")), stdout };
    };
    const both = await report("--repeat", "2", "--seed", "set");
    const [first, second] = both.sets;
    expect([first.seed, second.seed]).toEqual(["set", "set-2"]);
    expect(both.generated.fid).toBeCloseTo((first.generated.fid + second.generated.fid) / 2, 9);
    expect(both.imagesByClass.reduce((sum: number, n: number) => sum + n)).toBe(2 * 128);
    expect(both.stdout).toMatch(/^128 images of the seeds set\/0 to set\/127, and as many of set-2\/0, .* standard errors of the 2 sets$/m);
    expect(both.stdout).toMatch(/^FID +\d+\.\d{4} ± \d+\.\d{4} +\d+\.\d{4} *$/m);
    const alone = await report("--seed", "set-2");
    expect(alone.sets).toBeUndefined();
    expect(second).toEqual({ seed: "set-2", generated: alone.generated });
  });

  it.each(["onnxruntime", "tfjs"])("measures fp32 models by %s, to about the same figures", async (runtime) => {
    const out = join(folder, runtime);
    const { code, stderr } = await run("evaluate", [fp32, ...measuring, "--steps", "2", "--runtime", runtime, "--out", out]);
    expect(code, stderr).toBe(0);
    const { generated, heldOut } = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
    expect(generated.fid).toBeGreaterThan(0);
    if (runtime === "tfjs") {
      const other = JSON.parse(readFileSync(join(folder, "onnxruntime", "report.json"), "utf8"));
      expect(Math.abs(generated.fid / other.generated.fid - 1)).toBeLessThan(0.01);
      for (const [i, { loss }] of heldOut.entries()) expect(Math.abs(loss / other.heldOut[i].loss - 1)).toBeLessThan(1e-4);
    }
  });

  it("reports only the loss without a classifier, and how to get one", async () => {
    const { code, stdout, stderr } = await run("evaluate", [fp32, ...common, "--cache", cache]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^no FID, precision, recall and class accuracy: they need a `--classifier` of the data, /m);
    expect(stdout).toMatch(
      /held-out loss of random over the 200 test images of data\nsigma +0.05 .*\nloss( +\d+\.\d{4}){8}\n(drawing .*\n)*memorization: .*neighbours\.png\n(drawing .*\n)*alike: \d+ pairs of 200 images .*\nwrote .*\n$/,
    );
  });

  it.each([
    ["a missing file", ["none.onnx"], /^Expected a model's file for `model.onnx` but received ".*none.onnx": ENOENT.*\n$/],
    [
      "an fp32 model for our engine",
      ["model-fp32.onnx", "--runtime", "simd"],
      /^Expected a model that `runtime` can run .*Expected an int8 model.*\n$/,
    ],
    [
      "an int8 model for TensorFlow.js",
      ["model.onnx", "--runtime", "tfjs"],
      /^Expected a model that `runtime` can run .*Expected an fp32 model.*\n$/,
    ],
    [
      "data of other classes",
      ["three.onnx"],
      /^Expected data of 8 x 8 x 1 pixels and 3 classes, like those of the model `.*`, but received .* 4 classes\n$/,
    ],
    ["too many steps", ["model.onnx", "--steps", "65"], /^Expected an integer from 1 to 64 for `steps` but received 65\n$/],
    ["too few images", ["model.onnx", "--count", "5"], /Expected a whole number from 128 to 1000000 for `count` but received "5"\n$/],
    ["another classifier", ["model.onnx", "--classifier", "model.onnx"], /^Expected a classifier of data at `.*` but .*\n$/],
  ])("answers %s with one clear line and exit code 2", async (_, [file, ...args], message) => {
    const others = measuring.filter((_, i) => !args.includes(measuring[i - (i % 2)])); // flags and values in turn, each flag once
    const { code, stderr } = await run("evaluate", [join(folder, file), ...others, ...args]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe("--card", () => {
  const card = join(folder, "card");
  const page = () => readFileSync(join(card, "README.md"), "utf8");
  const sectionsOf = () =>
    page()
      .split(/^## /m)
      .slice(1)
      .map((section) => section.split("\n")[0]);

  it("puts what was printed into the model card, once", async () => {
    mkdirSync(card);
    copyFileSync(int8, join(card, "model.onnx"));
    const exported = { psnr: 40, maxError: 1e-6, bytes: {} };
    const record = { commands: ["npm start"], export: exported, quality: [], effects: [], notes: ["Mine."] };
    writeFileSync(join(card, "record.json"), JSON.stringify(record));
    writeFileSync(join(card, "README.md"), "# random\n\nBy hand.\n");
    for (const args of [
      [int8, ...measuring, "--steps", "2", "--card", card],
      [int8, ...measuring, "--steps", "2", "--seed", "other", "--card", card],
    ]) {
      const { code, stdout, stderr } = await run("evaluate", args);
      expect(code, stderr).toBe(0);
      expect(stdout.includes("kept ")).toBe(!args.includes("other")); // the page that was no rendering
    }
    expect(sectionsOf()).toEqual(["Figures", "How it was made", "Files"]);
    expect(page()).toContain("\n\n```sh\nnpm start\n```\n\nMine.\n\n## Files");
    expect(readFileSync(join(card, "README.before.md"), "utf8")).toBe("# random\n\nBy hand.\n");
    expect(page()).toMatch(/^npx anneal evaluate .*--seed other/m); // the later one
    const { quality } = readRecord(card);
    expect(quality).toMatchObject([
      {
        ...{ precision: "int8", runtime: "simd" },
        images: { count: 128, seed: "other", reference: { classifier: "judging" } },
      },
    ]);
    const rendered = await run("card", [card, "--json"]);
    expect(JSON.parse(rendered.stdout)).toEqual({ folder: card, page: join(card, "README.md") });
  });

  it("is refused in another model's folder, whose figures they would not be", async () => {
    const before = readFileSync(join(card, "record.json"), "utf8");
    const { code, stderr } = await run("evaluate", [fp32, ...measuring, "--steps", "2", "--card", card]);
    expect(stderr).toMatch(/^Expected the folder of ".*model-fp32.onnx" for `card` but received `.*card`, which holds other models\n$/);
    expect(code).toBe(2);
    expect(readFileSync(join(card, "record.json"), "utf8")).toBe(before);
  });

  it("is refused, before any work, where there is no card", async () => {
    const { code, stderr } = await run("evaluate", [int8, ...measuring, "--card", join(folder, "nowhere")]);
    expect(stderr).toMatch(/^Expected the record.json of an export in `.*nowhere` but ENOENT.*\n$/);
    expect(code).toBe(2);
  });
});

describe("npm run lab -- compare", () => {
  it("compares samplers in int8 and fp32 at the same numbers of evaluations, and plots the result", async () => {
    const out = join(folder, "compare");
    const args = ["--samplers", "langevin,heun", "--nfe", "2,4", "--tune-count", "128", "--out", out];
    const { code, stdout, stderr } = await runLab("compare", [int8, fp32, ...tuning, "--judge", judge, ...args]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^FID at NFE +2 +4\nlangevin, int8( +\d[\d.]{2,4}){2}\n {2}by the tuning classifier( +\d[\d.]{2,4}){2}\nlangevin, fp32( +\d[\d.]{2,4}){2}\n.*\nheun, int8( +\d[\d.]{2,4}){2}\n.*\nheun, fp32/m,
    );
    expect(stdout).toMatch(
      /^ {2}int8, heun, 3 noise levels .*: 5 evaluations: FID \d+\.\d{3}, class accuracy \d+\.\d %, 128 images \(by the tuning classifier \d+\.\d{3}, \d+\.\d %\)$/m,
    );
    const { entries, realFids } = JSON.parse(readFileSync(join(out, "comparison.json"), "utf8"));
    expect(entries).toHaveLength(8);
    expect(realFids).toEqual([{ count: 128, fid: expect.any(Number) }]);
    expect(readFileSync(join(out, "fid.svg"), "utf8")).toMatch(/^<svg /);
  });

  it.each([
    [["--samplers", "ddim"], /^Expected one of langevin, .* for `samplers` but received "ddim"\n$/],
    [["--nfe", "4,,8"], /^Expected values with commas between them for `nfe` but received "4,,8"\n$/],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await runLab("compare", [int8, ...tuning, "--judge", judge, ...args]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe("npm run lab -- tune", () => {
  it("searches a schedule with a Gaussian start, which a card accepts", async () => {
    const out = join(folder, "tune-start");
    const args = ["--nfe", "2", "--candidates", "1", "--gaussian-start", "--out", out];
    const { code, stdout, stderr } = await runLab("tune", [int8, ...tuning, ...args]);
    expect(code, stderr).toBe(0);
    const [{ sigmas, start }] = readSchedules(join(out, "schedules.json"), "schedules");
    expect(sigmas[0]).toBe(8);
    expect(start).toMatchObject({ squares: 4, spread: 1.2, extrapolation: 1.4 });
    expect(stdout).toMatch(
      /^on new seeds: FID .*, langevin, 2 noise levels 8 [\d.]+, from a Gaussian of 4x4 squares, spread 1.2, extrapolation 1.4, .*: 2 evaluations$/m,
    );
  });
});
