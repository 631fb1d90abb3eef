/** `npx anneal train` as its user meets it. */
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { chooseBackend } from "../../training/backend/index.ts";
import { trainingDataOf } from "../../training/data/dataset.ts";
import { loadDataset } from "../../training/data/load.ts";
import { ENLARGER } from "../../training/finishing/enlarger.ts";
import { learnedWeights, stateFrom } from "../../training/finishing/finisher.ts";
import { MOST_IMAGES } from "../../training/learning/defaults.ts";
import { judgeModel } from "../../training/measure/verdict.ts";
import { DEFAULT_SEED } from "../../training/run/config.ts";
import { RunFolder } from "../../training/run/folder.ts";
import { simd } from "../../wasm-model/engine/simd.ts";
import { loadModel } from "../../wasm-model/index.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { finished, refused, run, start, succeeded, words } from "../support/command-line.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { labelled, randomModel, SMALL as SMALL_NETWORK, TINY, withFinishers } from "../support/random-model.ts";
import { firstSave, readLog } from "../support/resume.ts";
import { writeTinyDataset } from "../support/tiny-dataset.ts";

const folder = temporaryFolder("train");
const data = join(folder, "data");

const SMALL = ["--size", "8", "--network", "s32", "--batch", "16", "--backend", "wasm"];
/** A run of tiny images that begins from `model`. */
const fromModel = (model: string, out: string, { images = 16, pictures = data } = {}): string[] =>
  words`--data ${pictures} --size 8 --out ${out} --from ${model} --images ${String(images)} --batch 16 --backend wasm`;

const readFile = (out: string, name = "model.onnx") => readModel(readFileSync(join(out, name)));

const spec = { ...TINY, classes: 4 };
const model = join(folder, "model-fp32.onnx");
const trained = join(folder, "run");
let printed: string;
beforeAll(async () => {
  writeTinyDataset(data);
  writeFileSync(model, writeModel(labelled(randomModel(spec, 5, "fp32"), ["0", "1", "2", "3"])));
  printed = (await succeeded(run("train", fromModel(model, trained, { images: 640 })))).stdout;
});

describe("a run", () => {
  it("learns, and counts to what it planned", () => {
    expect(printed).toContain("plan: at most 640 images in 40 steps of 16, reports: ");
    expect(printed).toMatch(/^training: 640\/640, .*, loss \d\.\d+, held out \d\.\d+$/m);
    const losses = readLog(join(trained, "run")).flatMap((entry) =>
      "heldOut" in entry ? [entry.heldOut.find(({ sigma }) => sigma === 1)!.loss] : [],
    );
    expect(losses.at(-1)!).toBeLessThan(losses[0] / 2);
  });

  it("leaves a model with its page, and its own state below it, and no temporary file", () => {
    expect(readdirSync(trained).toSorted()).toEqual(["README.md", "model-fp32.onnx", "model.onnx", "run", "samples.png"]);
    expect(readdirSync(join(trained, "run")).toSorted()).toEqual([
      "README.md",
      "checkpoint.best.safetensors",
      "checkpoint.safetensors",
      "config.json",
      "log.jsonl",
      "neighbours.png",
      "pretrained.safetensors",
      "progress.html",
      "sheet.png",
    ]);
    expect(JSON.parse(readFileSync(join(trained, "run/config.json"), "utf8"))).toMatchObject({
      ...{ name: "data", steps: 40, labels: ["0", "1", "2", "3"], spec },
    });
  });

  it("says what the images of its file are like, on its page too, and how its int8 network differs", async () => {
    const { tf } = await chooseBackend("wasm");
    const drawing = await loadModel(readFileSync(join(trained, "model.onnx")), { runtime: simd });
    const dataset = trainingDataOf(await loadDataset(data, { width: 8, height: 8 }));
    const { likeness } = new RunFolder(trained).readConfig();
    const { verdict } = await judgeModel(tf, drawing, dataset, { seed: DEFAULT_SEED, fell: undefined, likeness });
    const page = readFileSync(join(trained, "README.md"), "utf8");
    expect(printed).toContain(`\n${verdict}\n`);
    expect(page).toContain(`\n\n## How its images are\n\n${verdict} `);
    expect(page).toContain(
      "Denoising-score-matching loss of the averaged weights with the images' labels, over 50 test images, which chose nothing.",
    );
    expect(page).toMatch(/\| int8 against fp32 \| D differs by 0\.0\d+ at most /);
    expect(page).toMatch(/\nSHA-256 of its images: `[\da-f]{64}`\n$/);
  });

  it("is finished, and learns more by --images, in the place of its own files; the page before gets another name", async () => {
    expect((await succeeded(run("train", ["--resume", trained]))).stdout).toBe(
      `The run in \`${trained}\` is finished; with --images it learns so many more from its model\n`,
    );
    const more = words`--resume ${trained} --images 32 --backend wasm`;
    expect(printed).toContain(`\nto train it longer: npx anneal train --resume ${trained} --images 1280\n`);
    const page = join(trained, "README.md");
    writeFileSync(page, "mine");
    await succeeded(run("train", more));
    expect(readFileSync(join(trained, "README.earlier.md"), "utf8")).toBe("mine");
    const { name, training } = readFile(trained).card;
    expect([name, training.images, training.from]).toEqual(["data", 32, { name: "data", images: 640 }]);
    expect(readFileSync(page, "utf8")).toContain("32 images with repetition, from the weights of data, which had seen 640");
  });

  it("leads evaluate to its images, which says whether they are still those", async () => {
    const evaluate = () => run("evaluate", words`${trained} --backend wasm --out ${join(folder, "evaluated")}`);
    const { stdout } = await succeeded(evaluate());
    expect(stdout).toMatch(new RegExp(`^images: ${data}$`, "m"));
    expect(stdout).toMatch(
      /^held-out loss over 50 test images, .*\n\d+\.\d{4} at sigma 0\.05, .* at sigma 20\nIt has .*\nMemorization: .*\nNearest training images: .*neighbours\.png$/m,
    );
    expect(existsSync(join(folder, "evaluated/neighbours.png"))).toBe(true);
    const added = join(data, "train", "0", "added.png");
    copyFileSync(join(data, "test", "0", "000000.png"), added);
    expect((await succeeded(evaluate())).stdout).toContain(`images: ${data}, changed since the model learned from them, or others`);
    rmSync(added);
  });
});

describe("a run from the base, in training", () => {
  const [own, out] = [join(folder, "own-data"), join(folder, "interrupted")];

  it("says nothing of the base's classes, is saved by SIGTERM, and says how to continue", async () => {
    writeTinyDataset(own);
    const child = start("train", words`--data ${own} --out ${out} --size 8 --images 100000 --batch 16 --checkpoint-every 1 --backend wasm`);
    const end = finished(child);
    await firstSave(out);
    expect(readdirSync(join(out, "run")).filter((name) => name.startsWith("lock."))).toHaveLength(1);
    child.kill("SIGTERM");
    const { code, stdout } = await end;
    expect(code).toBe(143);
    expect(stdout).toContain("s32x3 from base");
    expect(stdout).not.toContain("classes that");
    expect(stdout).toMatch(/stopped at step [1-9]\d* of 6250; continue with: npx anneal train --resume .*interrupted\n/);
    expect(readdirSync(out)).toEqual(["run"]);
    expect(readdirSync(join(out, "run")).filter((name) => name.startsWith("lock."))).toEqual([]);
  });

  it("cannot be resumed with other images", async () => {
    expect(await refused(run("train", words`--seed x --resume ${out}`))).toBe(
      "option '--seed <text>' cannot be used with option '--resume <folder>'\n",
    );
    const images = join(own, "train", "0");
    copyFileSync(join(images, "000004.png"), join(images, "000000.png"));
    expect(await refused(run("train", words`--resume ${out} --backend wasm`))).toMatch(
      /^The run in `.*interrupted` cannot continue: the images in `.*own-data` are not those that it began with, or an earlier version split them \(SHA-256 \w{64}, then \w{64}\)\n$/,
    );
  });
});

it("a run of a single picture says nothing of held-out ones, which there are none of", async () => {
  const [one, out] = [join(folder, "one"), join(folder, "of-one")];
  mkdirSync(one);
  copyFileSync(join(data, "test", "0", "000000.png"), join(one, "1.png"));
  const { stdout } = await succeeded(run("train", [...fromModel(model, out, { pictures: one }), "--crop", "cover"]));
  expect(stdout).toContain("\nloss over 1 training image:\n");
  expect(stdout).toContain("\nFrom 1 image it recombines rather than invents: ");
  expect(stdout).not.toMatch(/held-out image|never saw/);
});

describe("--from", () => {
  it("starts from the model's weights, counts its images, and keeps its enlarger where the pictures are too small to learn one", async () => {
    const [start, out] = [join(folder, "own-enlarger.onnx"), join(folder, "from")];
    const given = withFinishers(labelled(randomModel(spec, 5, "fp32"), ["0", "1", "2", "3"]), 6, "enlarger");
    writeFileSync(start, writeModel(given));
    await succeeded(run("train", [...fromModel(start, out), "--learning-rate", "1e-6"]));
    const config = new RunFolder(out).readConfig();
    expect(config).toMatchObject({ network: "tiny", spec, source: { name: "random", images: 0 }, images: 16 });
    const received = readFile(out, "model-fp32.onnx").weights.floats;
    for (const [path, values] of given.weights.floats) {
      // One step of Adam at a learning rate of 1e-6, and float32 roundings of the scaling to unit norm.
      values.forEach((value, i) => {
        expect(Math.abs(received.get(path)![i] - value), path).toBeLessThan(1e-5);
      });
    }
    expect(config.enlarger).toBeUndefined();
    expect(readFile(out, "model-fp32.onnx").enlarger).toEqual(learnedWeights(ENLARGER, stateFrom(ENLARGER, given.enlarger!)));
    expect(readFile(trained).enlarger).toBeUndefined();
  });

  it("takes the folder of a model, of other classes and of another size, and says which are new, and without a folder `test` what chose the weights", async () => {
    const [other, out] = [join(folder, "other-start"), join(folder, "other-model")];
    const given = labelled(randomModel({ ...SMALL_NETWORK, classes: 3 }, 5, "fp32"), ["3", "2", "dog"]);
    writeFolder(other, { "model-fp32.onnx": writeModel(given), "model.onnx": "not read" });
    const { stdout } = await succeeded(run("train", fromModel(other, out, { images: 128, pictures: join(data, "train") })));
    expect(stdout).toContain("knows: 2, 3; new ones: 0, 1\n");
    const { labels, spec } = new RunFolder(out).readConfig();
    expect(labels).toEqual(["0", "1", "2", "3"]);
    expect(spec).toMatchObject({ height: 8, width: 8, widths: SMALL_NETWORK.widths });
    expect(stdout).toContain("\nheld-out loss over 20 held-out images, by which the run also chooses its weights and its end:\n");
  });

  it("refuses another network", async () => {
    const flags = ["--data", data, "--out", join(folder, "unfit"), "--from", model, "--network", "m32"];
    expect(await refused(run("train", flags))).toBe(
      "A run from a model keeps its network, here tiny: `--network m32` works with `--from none` only\n",
    );
  });
});

it("--dry-run says what would be learned, at what cost and until when, and writes no run", async () => {
  const out = join(folder, "dry");
  const { stdout } = await succeeded(run("train", words`--data ${data} --size 8 --images 9000 --out ${out} --backend wasm --dry-run`));
  expect(stdout).toMatch(/^backend: WASM, about 3 TIMES SLOWER than native \(--backend wasm\)\n/);
  expect(stdout).toMatch(/180 training, 20 validation and 50 test images, mean -?0\.\d+, std 0\.\d+/);
  expect(stdout).toMatch(/^network: 8x8 pixels, \d+\.\d MMAC per evaluation, \d\.\d+ M parameters$/m);
  expect(stdout).toMatch(/^expected end: in .+, .+ 20\d\d, \d\d:\d\d, at the speed that this machine has now with the wasm backend$/m);
  expect(stdout).toContain("plan: at most 9000 images in 282 steps of 32, reports: ");
  expect(stdout).toContain(`contact sheet: ${out}-data.png\n`);
  expect(existsSync(out)).toBe(false);
});

it("takes five minutes at most by default, its end included, and says what it leaves", async () => {
  const flags = words`--data ${data} --size 32 --from none --batch 4 --out ${join(folder, "long")} --dry-run --backend wasm`;
  const { stdout } = await succeeded(run("train", flags));
  const images = Number(/^plan: at most (\d+) images/m.exec(stdout)?.[1]);
  expect(images).toBeLessThan(MOST_IMAGES); // 500 a second
  expect(Number(images.toPrecision(2))).toBe(images);
  expect(stdout).toContain(
    `five minutes here, its end included, are ${images} images; with --images ${MOST_IMAGES} it learns longer, and better`,
  );
});

describe("a user's mistake gets one line and exit code 2", () => {
  const cases: [string, string[], RegExp][] = [
    ["no data", ["--out", "OUT"], /^`train` needs --data, a folder of images, or --resume, the folder of a model$/m],
    ["resume of nothing", ["--resume", "OUT"], /^`.*` is not the folder of a run: it has no run.config.json$/m],
    [
      "from no model",
      ["--out", "OUT", "--data", "DATA", "--from", "package.json"],
      /Expected a model \(.onnx\) for `from` but received "package.json"/,
    ],
  ];
  it.each(cases)("%s", async (_, flags, message) => {
    const out = join(folder, "mistake");
    const { code, stdout, stderr } = await run(
      "train",
      flags.map((flag) => ({ DATA: data, OUT: out })[flag] ?? flag),
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(existsSync(out)).toBe(false);
  });

  it("a full disk: nothing half-written", async () => {
    const out = join(folder, "full");
    // The shell's limit on the size of files stands for the disk.
    const command = `trap '' XFSZ; ulimit -f 16; exec "$0" training/anneal.ts train "$@"`;
    const flags = ["--data", data, "--out", out, "--images", "160", ...SMALL];
    const stderr = await refused(finished(spawn("bash", ["-c", command, process.execPath, ...flags])));
    expect(stderr).toMatch(/^`.*full.*` cannot be written: EFBIG/m);
    expect(readdirSync(folder).filter((name) => name.includes("full"))).toEqual([]);
  });
});
